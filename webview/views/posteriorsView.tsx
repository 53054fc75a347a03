/** Where the encoder puts rows. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { latentName } from '../../src/figures/latentNames.ts';
import { PosteriorMark, posteriorsFigure } from '../../src/figures/posteriors.tsx';
import { leadingCoordinates, posteriorText, posteriorsReading } from '../../src/figures/posteriorsWords.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { PosteriorsFrame } from '../../src/inspection/frames.ts';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { LatentChooser } from './latentChooser.tsx';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import './graph.css';
import './latent.css';

export function PosteriorsView(page: ViewProps): VNode {
  const frame = page.model.frames.posteriors;
  if (!frame) return <Waiting page={page} kind="posteriors" what="posteriors" />;
  return <Shown page={page} newest={frame} />;
}

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: PosteriorsFrame }): VNode {
  const { model, width, saved } = page;
  const { theme } = model;
  const calm = useCalm(newest);
  const frame = calm.value;
  const { latent } = frame;
  // Chosen once: axes that change with the weights could not be read.
  const [leading] = useState(() => leadingCoordinates(newest));
  const [wishedAcross, setAcross] = saved('across', leading[0]);
  const [wishedDown, setDown] = saved('down', leading[1]);
  const [pinnedRow, pin] = saved<number | null>('row', null);
  const [pointedRow, pointAt] = useState<number | null>(null);
  const across = Math.min(latent - 1, wishedAcross);
  const down = Math.min(latent - 1, wishedDown);
  const height = Math.max(320, page.height - 150);
  const draw = (own: Theme, wide: number) => posteriorsFigure({ frame, across, down, width: wide, height, theme: own });
  const figure = useMemo(() => draw(theme, width), [frame, across, down, width, height, theme]);
  const reading = useMemo(() => posteriorsReading(frame), [frame]);
  const { drawing } = figure;
  // Rows are known by their numbers in the split: a closer look has more of them.
  const indexOf = (row: number | null) => (row === null ? -1 : frame.row.indexOf(row));
  const [at, pinned] = [indexOf(pointedRow), indexOf(pinnedRow)];
  const tell = (i: number) => posteriorText(frame, i, latent === 1 ? [across] : [across, down]);
  const point = (i: number | null) => pointAt(i === null ? null : frame.row[i]!);
  return (
    <FigureFrame
      page={page}
      title="Posteriors"
      reading={reading}
      topic="posteriors"
      name="posteriors"
      note={`${frameNote(frame, model)} · ${frame.rows.toLocaleString('en')} of ${frame.allRows.toLocaleString('en')} rows`}
      legend={figure.legend}
      tools={
        latent > 2 && (
          <>
            <LatentChooser
              label="Across"
              latent={latent}
              value={across}
              onChoose={(next) => {
                if (next === down) setDown(across);
                setAcross(next);
              }}
            />
            <LatentChooser
              label="Down"
              latent={latent}
              value={down}
              onChoose={(next) => {
                if (next === across) setAcross(down);
                setDown(next);
              }}
            />
          </>
        )
      }
      figure={(own, wide) => ({ title: `Posteriors: ${model.experiment}`, reading, ...draw(own, wide) })}
      table={() => posteriorsTable(frame)}
      json={() => frame}
    >
      <div
        class="graph posteriors"
        style={{ position: 'relative', width: `${drawing.width}px`, height: `${drawing.height}px` }}
        role="group"
        tabIndex={0}
        aria-roledescription="chart of encoded rows"
        aria-label={`Posteriors. ${reading}`}
        onPointerMove={(event) => {
          calm.moved();
          const box = event.currentTarget.getBoundingClientRect();
          point(figure.rowAt(event.clientX - box.left, event.clientY - box.top));
        }}
        onPointerLeave={() => point(null)}
        onBlur={() => point(null)}
        onClick={() => {
          if (at >= 0) pin(pinned === at ? null : frame.row[at]!);
        }}
        onKeyDown={(event) => {
          const next = moved(event.key, figure.order, at >= 0 ? at : pinned);
          if (next !== null) {
            point(next);
            page.announce(tell(next));
          } else if (event.key === 'Enter' && at >= 0) pin(pinned === at ? null : frame.row[at]!);
          else if (event.key === 'Escape') {
            point(null);
            pin(null);
          } else return;
          event.preventDefault();
        }}
      >
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          <DrawingMarks drawing={drawing} theme={theme} encode={canvasDataUri} />
          {pinned >= 0 && <PosteriorMark figure={figure} index={pinned} pinned theme={theme} />}
          {at >= 0 && at !== pinned && <PosteriorMark figure={figure} index={at} pinned={false} theme={theme} />}
        </svg>
      </div>
      <p class="readout" aria-hidden="true">
        {at >= 0
          ? tell(at)
          : pinned >= 0
            ? `Pinned: ${tell(pinned)}`
            : 'Point at a row, or use the arrow keys, to see one standard deviation of its posterior; a click pins it.'}
      </p>
    </FigureFrame>
  );
}

/** The row that a key leads to, from left to right, or null where it leads nowhere. */
function moved(key: string, order: Int32Array, at: number): number | null {
  const far = Math.max(1, Math.round(order.length / 20));
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    PageUp: -far,
    PageDown: far,
    Home: -Infinity,
    End: Infinity,
  };
  const step = steps[key];
  if (step === undefined || order.length === 0) return null;
  const from = order.indexOf(at);
  const start = from >= 0 ? from : step > 0 ? -1 : order.length;
  return order[Math.min(order.length - 1, Math.max(0, start + step))]!;
}

/** One line a row: mean and deviation of every coordinate. */
function posteriorsTable({ rows, row, latent, mean, deviation, labels }: PosteriorsFrame): Table {
  const units = Array.from({ length: latent }, (_, k) => k);
  return {
    columns: [
      'Row',
      ...(labels ? ['Label'] : []),
      ...units.flatMap((k) => [`${latentName(k)}, mean`, `${latentName(k)}, standard deviation`]),
    ],
    rows: Array.from({ length: rows }, (_, i) => [
      row[i]! + 1,
      ...(labels ? [labels.names?.[labels.of[i]!] ?? labels.of[i]!] : []),
      ...units.flatMap((k) => [mean[i * latent + k]!, deviation[i * latent + k]!]),
    ]),
  };
}
