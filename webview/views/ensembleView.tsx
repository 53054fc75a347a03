/** The ensemble curve: what averaging the densities of more masks brings. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { EnsembleCursor, ensembleCurve, type EnsembleFigure } from '../../src/figures/ensembleCurve.tsx';
import { ensembleAt, ensembleReading, ensembleText, meanOfMasks } from '../../src/figures/ensembleCurveWords.ts';
import { plural } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { lossIn, lossUnitLabel, type LossUnit } from '../../src/figures/units.ts';
import type { EnsembleFrame } from '../../src/inspection/frames.ts';
import { Checkbox } from '../controls.tsx';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';

export function EnsembleView(page: ViewProps): VNode {
  const frame = page.model.frames.ensemble;
  if (!frame) return <Waiting page={page} kind="ensemble" what="ensemble curve" />;
  if (frame.reason !== null || frame.curve.length < 2) return <Alone page={page} frame={frame} />;
  return <Shown page={page} newest={frame} />;
}

/** One mask, or no density: said, not drawn. */
function Alone({ page, frame }: { readonly page: ViewProps; readonly frame: EnsembleFrame }): VNode {
  const { model } = page;
  const dimension = model.run?.manifest.dimension ?? 1;
  return (
    <section class="empty">
      <h2>No ensemble</h2>
      <p>{ensembleReading(frame, model.lossUnit, dimension)}</p>
      {frame.reason === null && (
        <p>
          A MADE with several masks (<code>masks</code>) that is trained in any order (<code>orderAgnostic</code>) has
          one, and an EoNADE with several <code>orders</code>.
        </p>
      )}
    </section>
  );
}

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: EnsembleFrame }): VNode {
  const { model, width, saved } = page;
  const { theme, lossUnit: unit } = model;
  const [logX, setLogX] = saved('logX', false);
  const [at, pointAt] = useState<number | null>(null);
  const calm = useCalm(newest);
  const frame = calm.value;
  const dimension = model.run?.manifest.dimension ?? 1;
  const height = Math.max(260, Math.min(460, page.height - 110));
  const draw = (own: Theme, wide: number) =>
    ensembleCurve({ frame, unit, dimension, logX, width: wide, height, theme: own });
  const figure = useMemo(() => draw(theme, width), [frame, unit, dimension, logX, width, height, theme]);
  const reading = ensembleReading(frame, unit, dimension);
  const masks = frame.curve.length;
  const text = at === null ? null : ensembleText(ensembleAt(frame, at), unit, dimension);
  return (
    <FigureFrame
      page={page}
      title="Ensemble curve"
      reading={reading}
      topic="ensemble"
      name="ensemble"
      note={`${frameNote(frame, model)} · ${plural(frame.rows, `${frame.split} row`)}`}
      legend={figure.legend}
      tools={
        <Checkbox checked={logX} onChange={setLogX}>
          Log x
        </Checkbox>
      }
      figure={(own, wide) => {
        const { drawing, legend } = draw(own, wide);
        return { title: `Ensemble curve: ${model.experiment}`, reading, drawing, legend };
      }}
      table={() => ensembleTable(frame, unit, dimension)}
      json={() => frame}
    >
      <svg
        class="curves"
        width={width}
        height={height}
        tabIndex={0}
        role="slider"
        aria-label="Number of masks averaged"
        aria-orientation="horizontal"
        aria-valuemin={1}
        aria-valuemax={masks}
        aria-valuenow={at ?? masks}
        aria-valuetext={text ?? reading}
        onPointerMove={(event) => {
          calm.moved();
          pointAt(masksAt(event.clientX - event.currentTarget.getBoundingClientRect().left, figure, masks));
        }}
        onPointerLeave={() => pointAt(null)}
        onBlur={() => pointAt(null)}
        onKeyDown={(event) => {
          const next = moved(event.key, at, masks);
          if (next !== null) pointAt(next);
          else if (event.key === 'Escape') pointAt(null);
          else return;
          event.preventDefault();
        }}
      >
        <DrawingMarks drawing={figure.drawing} theme={theme} encode={canvasDataUri} />
        {at !== null && (
          <EnsembleCursor figure={figure} frame={frame} masks={at} unit={unit} dimension={dimension} theme={theme} />
        )}
      </svg>
      <p class="readout" aria-hidden="true">
        {text ?? 'Point at the curve, or focus it and use the arrow keys, to read what so many masks come to.'}
      </p>
    </FigureFrame>
  );
}

/** The number of masks that a pixel is nearest to; null beside the plot. */
function masksAt(px: number, { x, plot }: EnsembleFigure, masks: number): number | null {
  if (px < plot.x || px > plot.x + plot.width) return null;
  return Math.min(masks, Math.max(1, Math.round(x.invert(px))));
}

function moved(key: string, at: number | null, masks: number): number | null {
  const far = Math.max(1, Math.round(masks / 10));
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowDown: -1,
    ArrowUp: 1,
    PageDown: -far,
    PageUp: far,
    Home: -Infinity,
    End: Infinity,
  };
  const step = steps[key];
  if (step === undefined) return null;
  return Math.min(masks, Math.max(1, (at ?? masks) + step));
}

function ensembleTable(frame: EnsembleFrame, unit: LossUnit, dimension: number): Table {
  const mean = meanOfMasks(frame);
  const shown = (nats: number) => lossIn(unit, nats, dimension);
  const of = `(${lossUnitLabel(unit)})`;
  return {
    columns: [
      'Masks',
      `Together ${of}`,
      `Random orders, 5 % ${of}`,
      `Random orders, 95 % ${of}`,
      `Mean of theirs ${of}`,
      `This mask alone ${of}`,
    ],
    rows: Array.from(frame.curve, (nats, m) => [
      m + 1,
      ...[nats, frame.low[m]!, frame.high[m]!, mean[m]!, frame.single[m]!].map(shown),
    ]),
  };
}
