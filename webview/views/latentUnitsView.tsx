/** What each latent unit carries, and the bound in its parts. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { BoxOutline } from '../../src/figures/boxOutline.tsx';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { latentName } from '../../src/figures/latentNames.ts';
import { latentUnitsFigure } from '../../src/figures/latentUnits.tsx';
import { byDivergence, latentUnitsReading, unitText } from '../../src/figures/latentUnitsWords.ts';
import type { Theme } from '../../src/figures/theme.ts';
import { ACTIVE, type LatentUnitsFrame } from '../../src/inspection/frames.ts';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { useHeldOrder } from './heldOrder.ts';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import './graph.css';
import './latent.css';

export function LatentUnitsView(page: ViewProps): VNode {
  const frame = page.model.frames.latentUnits;
  if (!frame) return <Waiting page={page} kind="latentUnits" what="latent units" />;
  return <Shown page={page} newest={frame} />;
}

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: LatentUnitsFrame }): VNode {
  const { model, width, saved } = page;
  const { theme } = model;
  const calm = useCalm(newest);
  const frame = calm.value;
  const [pinned, pin] = saved<number | null>('unit', null);
  const [at, pointAt] = useState<number | null>(null);
  const [within, enter] = useState(false);
  const sorted = useMemo(() => byDivergence(frame), [frame]);
  const order = useHeldOrder(sorted, within);
  const marked = at ?? pinned;
  const draw = (own: Theme, wide: number, unit: number | null) =>
    latentUnitsFigure({ frame, order, marked: unit, width: wide, theme: own });
  const figure = useMemo(() => draw(theme, width, marked), [frame, order, marked, width, theme]);
  const reading = useMemo(() => latentUnitsReading(frame), [frame]);
  const { drawing } = figure;
  const leave = () => {
    enter(false);
    pointAt(null);
  };
  const box = marked === null ? null : figure.boxOf(order.indexOf(marked));
  return (
    <FigureFrame
      page={page}
      title="Latent units"
      reading={reading}
      topic="latentUnits"
      name="latent-units"
      note={`${frameNote(frame, model)} · ${frame.rows.toLocaleString('en')} of ${frame.allRows.toLocaleString('en')} rows`}
      legend={figure.legend}
      figure={(own, wide) => ({ title: `Latent units: ${model.experiment}`, reading, ...draw(own, wide, null) })}
      table={() => unitsTable(frame)}
      series={() => momentsTable(frame)}
      json={() => frame}
    >
      <div
        class="graph latent-units"
        style={{ position: 'relative', width: `${drawing.width}px`, height: `${drawing.height}px` }}
        role="group"
        tabIndex={0}
        aria-roledescription="chart of latent units"
        aria-label={`Latent units. ${reading}`}
        onPointerEnter={() => enter(true)}
        onPointerMove={(event) => {
          calm.moved();
          const place = event.currentTarget.getBoundingClientRect();
          const found = figure.placeAt(event.clientX - place.left, event.clientY - place.top);
          pointAt(found === null ? null : order[found]!);
        }}
        onPointerLeave={leave}
        onFocus={() => enter(true)}
        onBlur={leave}
        onClick={() => {
          if (at !== null) pin(pinned === at ? null : at);
        }}
        onKeyDown={(event) => {
          const next = moved(event.key, order, marked);
          if (next !== null) {
            pointAt(next);
            page.announce(unitText(frame, next));
          } else if (event.key === 'Enter' && at !== null) pin(pinned === at ? null : at);
          else if (event.key === 'Escape') {
            pointAt(null);
            pin(null);
          } else return;
          event.preventDefault();
        }}
      >
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          <DrawingMarks drawing={drawing} theme={theme} encode={canvasDataUri} />
          {box && <BoxOutline box={box} away={2} colour={theme.accent} />}
        </svg>
      </div>
      <p class="readout" aria-hidden="true">
        {marked === null
          ? 'Point at a unit’s bar, or use the arrow keys; a click pins it.'
          : `${at === null ? 'Pinned: ' : ''}${unitText(frame, marked)}`}
      </p>
    </FigureFrame>
  );
}

function moved(key: string, order: Int32Array, at: number | null): number | null {
  const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  const step = steps[key];
  if (step === undefined) return null;
  const from = at === null ? (step > 0 ? -1 : order.length) : order.indexOf(at);
  return order[Math.min(order.length - 1, Math.max(0, from + step))]!;
}

function unitsTable(frame: LatentUnitsFrame): Table {
  return {
    columns: ['Unit', 'KL, nats', 'Cov(E[z|x])', 'Active'],
    rows: Array.from(byDivergence(frame), (unit) => [
      latentName(unit),
      frame.perUnit[unit]!,
      frame.activity[unit]!,
      frame.activity[unit]! > ACTIVE ? 'yes' : 'no',
    ]),
  };
}

/** One line an epoch, and one a look at the run since. */
function momentsTable({ moments, latent }: LatentUnitsFrame): Table {
  return {
    columns: [
      'Step',
      'Epoch',
      'Reconstruction, nats',
      'KL, nats',
      'Active units',
      'Variance of estimator A',
      'Variance of estimator B',
      ...Array.from({ length: latent }, (_, k) => `KL of ${latentName(k)}`),
    ],
    rows: moments.map((own) => [
      own.step,
      own.epoch,
      own.reconstruction,
      own.divergence,
      own.active,
      own.varianceA,
      own.varianceB,
      ...(own.perUnit ?? Array.from({ length: latent }, () => null)),
    ]),
  };
}
