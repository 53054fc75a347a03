/** What learning curves say at one place, as values and in words. */
import type { CurvesFigure } from './curves.tsx';
import { firstAtLeast, type EpochPoint, type RunSeries, type XAxis } from './series.ts';
import { formatCount, formatFixed } from './text.ts';
import type { LossScale } from './units.ts';

/** What the curves of a run say at one place. */
export interface CurveReadout {
  /** The minibatch that is read, along the axis that is drawn. */
  readonly x: number;
  readonly train: number | null;
  readonly smoothed: number | null;
  readonly validation: EpochReadout | null;
}
interface EpochReadout {
  readonly x: number;
  readonly epoch: number;
  readonly value: number;
  readonly best: boolean;
}

export function readCurves(series: RunSeries, at: number): CurveReadout | null {
  if (series.x.length === 0 && series.validation.length === 0) return null;
  const i = Math.min(series.x.length - 1, firstAtLeast(series.x, at));
  const x = i >= 0 ? series.x[i]! : at;
  let nearest: EpochPoint | null = null;
  for (const point of series.validation) {
    if (nearest === null || Math.abs(point.x - x) <= Math.abs(nearest.x - x)) nearest = point;
  }
  return {
    x,
    train: i >= 0 ? series.raw[i]! : null,
    // The mean around a minibatch near the end is not known yet.
    smoothed: i >= 0 && Number.isFinite(series.smoothed[i]) ? series.smoothed[i]! : null,
    validation: nearest && { x: nearest.x, epoch: nearest.epoch, value: nearest.y, best: nearest === series.best },
  };
}

type Axes = Pick<CurvesFigure, 'xLabel'>;

/** "epoch 3.25", "step 1,200", "120,000 training rows", "12.5 s of training". */
function placeText(x: number, axis: XAxis, { xLabel }: Axes): string {
  switch (axis) {
    case 'epoch':
      return `epoch ${formatFixed(x, 2)}`;
    case 'step':
      return `step ${formatCount(Math.round(x))}`;
    case 'rows':
      return `${formatCount(Math.round(x))} training rows`;
    case 'time':
      return `${formatFixed(x, 1)} ${/\((.*)\)/.exec(xLabel)?.[1] ?? ''} of training`;
  }
}

function valuesText({ train, smoothed, validation }: CurveReadout, { unit, decimals }: LossScale): string[] {
  const value = (loss: number) => formatFixed(loss, decimals);
  return [
    ...(train === null ? [] : [`train ${value(train)}`]),
    ...(smoothed === null ? [] : [`smoothed ${value(smoothed)}`]),
    ...(validation
      ? [`validation ${value(validation.value)} (epoch ${validation.epoch}${validation.best ? ', best' : ''})`]
      : []),
    unit,
  ];
}

/** "epoch 3.25 · train 91.2 · smoothed 90.8 · validation 92.1 (epoch 3, best) · nats". */
export function readoutText(readout: CurveReadout, axis: XAxis, figure: Axes, scale: LossScale): string {
  return [placeText(readout.x, axis, figure), ...valuesText(readout, scale)].join(' · ');
}

/** Where the curves of a run end; null where there are none. */
export function endOf({ x, validation }: RunSeries): number | null {
  const ends = [x.at(-1), validation.at(-1)?.x].filter((end) => end !== undefined);
  return ends.length === 0 ? null : Math.max(...ends);
}

/** A run among several that are read at one place. */
export interface ReadRun {
  readonly name: string;
  readonly series: RunSeries;
  readonly scale: LossScale;
}

/** What every run says at one place, or where it had ended by then. */
export function readTogether({ series }: ReadRun, at: number): CurveReadout | { readonly ended: number | null } {
  const ended = endOf(series);
  const readout = ended === null || at > ended ? null : readCurves(series, at);
  return readout ?? { ended };
}

/** "epoch 3.25 · A: train 91.2 · … · nats; B: ended at epoch 2.00". */
export function togetherText(runs: readonly ReadRun[], at: number, axis: XAxis, figure: Axes): string {
  const said = runs.map((run) => {
    const read = readTogether(run, at);
    if (!('ended' in read)) return `${run.name}: ${valuesText(read, run.scale).join(' · ')}`;
    return `${run.name}: ${read.ended === null ? 'not measured yet' : `ended at ${placeText(read.ended, axis, figure)}`}`;
  });
  return `${placeText(at, axis, figure)} · ${said.join('; ')}`;
}
