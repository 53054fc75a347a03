/** MAF and IAF: one divergence, measured from the data and from the base. */
import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import {
  equivalenceFigure,
  EquivalenceMark,
  type EquivalenceFigure,
  type Pointed,
} from '../../src/figures/equivalence.tsx';
import { equivalenceReading, momentOf, momentText, pairText, type Moment } from '../../src/figures/equivalenceWords.ts';
import { plural } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { EquivalenceFrame } from '../../src/inspection/frames.ts';
import { Checkbox } from '../controls.tsx';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { withMoment } from './equivalenceHistory.ts';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';

export function EquivalenceView(page: ViewProps): VNode {
  const frame = page.model.frames.equivalence;
  if (!frame) return <Waiting page={page} kind="equivalence" what="two divergences" />;
  if (frame.reason !== null) {
    return (
      <section class="empty">
        <h2>No two divergences</h2>
        <p>{equivalenceReading(frame)}</p>
      </section>
    );
  }
  return <Shown page={page} newest={frame} />;
}

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: EquivalenceFrame }): VNode {
  const { model, width, saved } = page;
  const { theme, metrics } = model;
  const [logY, setLogY] = saved('logY', false);
  const [kept, keep] = saved<readonly Moment[]>('moments', []);
  const [at, pointAt] = useState<Pointed | null>(null);
  const calm = useCalm(newest);
  const frame = calm.value;
  const moment = useMemo(() => momentOf(frame), [frame]);
  const moments = useMemo(() => (moment ? withMoment(kept, moment) : kept), [kept, moment]);
  useEffect(() => {
    if (moment && moments !== kept) keep(moments);
  }, [moment]);
  const epochs = useMemo(
    () =>
      frame.split === 'train'
        ? []
        : metrics.flatMap((metric) =>
            metric.type === 'epoch' && metric.validation !== null
              ? [{ epoch: metric.epoch, nats: metric.validation }]
              : [],
          ),
    [metrics, frame.split],
  );
  const height = Math.max(280, Math.min(420, page.height - 130));
  const draw = (own: Theme, wide: number) =>
    equivalenceFigure({ frame, moments, epochs, logY, width: wide, height, theme: own });
  const figure = useMemo(() => draw(theme, width), [frame, moments, epochs, logY, width, height, theme]);
  const reading = useMemo(() => equivalenceReading(frame), [frame]);
  const { drawing } = figure;
  const text = at && figure.placeOf(at).length > 0 ? textOf(at, frame, moments) : null;
  return (
    <FigureFrame
      page={page}
      title="KL in x and KL in u"
      reading={reading}
      topic="equivalence"
      name="equivalence"
      note={`${frameNote(frame, model)} · ${plural(frame.row.length, `${frame.split} row`)}`}
      legend={figure.legend}
      tools={
        <Checkbox checked={logY && figure.logLegal} onChange={setLogY} disabled={!figure.logLegal}>
          Log y over training
        </Checkbox>
      }
      figure={(own, wide) => {
        const { drawing: whole, legend } = draw(own, wide);
        return { title: `KL in x and KL in u: ${model.experiment}`, reading, drawing: whole, legend };
      }}
      table={() => momentTable(moments)}
      series={() => rowTable(frame)}
      json={() => ({ moments, rows: frame })}
    >
      <div
        class="graph"
        style={{ position: 'relative', width: `${drawing.width}px`, height: `${drawing.height}px` }}
        tabIndex={0}
        role="group"
        aria-roledescription="curves over training, and a scatter of rows"
        aria-label={`KL in x and KL in u. ${reading}`}
        onPointerMove={(event) => {
          calm.moved();
          const box = event.currentTarget.getBoundingClientRect();
          pointAt(figure.nearest(event.clientX - box.left, event.clientY - box.top));
        }}
        onPointerLeave={() => pointAt(null)}
        onBlur={() => pointAt(null)}
        onKeyDown={(event) => {
          const next = moved(event.key, at, figure, moments.length);
          if (next) {
            pointAt(next);
            page.announce(textOf(next, frame, moments));
          } else if (event.key === 'Escape') pointAt(null);
          else return;
          event.preventDefault();
        }}
      >
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          <DrawingMarks drawing={drawing} theme={theme} encode={canvasDataUri} />
          {at && <EquivalenceMark figure={figure} what={at} theme={theme} />}
        </svg>
      </div>
      <p class="readout" aria-hidden="true">
        {text ??
          'Point at a row or at a moment of training; or use the arrow keys: left and right through training, up and down through the rows. Curves grow while this view is open.'}
      </p>
    </FigureFrame>
  );
}

function textOf(what: Pointed, frame: EquivalenceFrame, moments: readonly Moment[]): string {
  return 'row' in what ? pairText(frame, what.row) : momentText(moments[what.moment]!);
}

/** What a key leads to: moments by left and right, rows by up and down; null where it leads nowhere. */
function moved(key: string, at: Pointed | null, { rows }: EquivalenceFigure, moments: number): Pointed | null {
  const clamp = (to: number, count: number) => Math.min(count - 1, Math.max(0, to));
  const along: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  const far = Math.max(1, Math.round(rows.length / 20));
  const across: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1, PageUp: far, PageDown: -far };
  const step = along[key];
  if (step !== undefined && moments > 0) {
    return { moment: clamp((at && 'moment' in at ? at.moment : moments - (step < 0 ? 0 : 1)) + step, moments) };
  }
  const over = across[key];
  if (over === undefined || rows.length === 0) return null;
  const from = at && 'row' in at ? rows.indexOf(at.row) : Math.floor(rows.length / 2);
  return { row: rows[clamp(from + over, rows.length)]! };
}

function momentTable(moments: readonly Moment[]): Table {
  return {
    columns: [
      'Step',
      'Epoch',
      'KL in x (nats)',
      'KL in u (nats)',
      'Difference (nats)',
      'Standard error (nats)',
      'Rows',
    ],
    rows: moments.map(({ step, epoch, inX, inU, error, rows }) => [step, epoch, inX, inU, inU - inX, error, rows]),
  };
}

function rowTable({ row, inX, inU, wayBack }: EquivalenceFrame): Table {
  return {
    columns: ['Row', 'In x (nats)', 'In u (nats)', 'Difference (nats)', 'Comes back to within'],
    rows: Array.from(row, (number, i) => [number + 1, inX[i]!, inU[i]!, inU[i]! - inX[i]!, wayBack[i]!]),
  };
}
