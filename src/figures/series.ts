/** Metrics as series to draw: the axis asked for, smoothing, thinning to what a screen can show. */
import { bisector } from 'd3';
import type { Metric } from '../runs/metrics.ts';

/** `rows`: training rows evaluated, each as often as it was in a minibatch (the axis of Kingma & Welling 2014, figure 2). */
export const xAxes = ['epoch', 'step', 'rows', 'time'] as const;
export type XAxis = (typeof xAxes)[number];

/** Why curves cannot be drawn along an axis, in words; null where they can. */
export function axisMissing(axis: XAxis, metrics: readonly Metric[]): string | null {
  if (axis !== 'rows' || metrics.length === 0 || metrics.some(({ rows }) => rows !== undefined)) return null;
  return 'the training rows were not counted when this run was trained, by an earlier version';
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One epoch's end. */
export interface EpochPoint extends Point {
  readonly epoch: number;
  readonly step: number;
}

/** The curves of one run. Raw and smoothed share x. */
export interface RunSeries {
  readonly x: Float64Array;
  readonly raw: Float64Array;
  readonly smoothed: Float64Array;
  readonly train: readonly EpochPoint[];
  readonly validation: readonly EpochPoint[];
  readonly best: EpochPoint | null;
}

/** Batches over which the smoothed curve averages. */
export const SMOOTHING_BATCHES = 50;
/** Minibatches that one may choose to average over; 1 is no smoothing. */
export const smoothingSpans: readonly number[] = [1, 2, 5, 10, 20, SMOOTHING_BATCHES, 100, 200, 500, 1000];
/** A smoothed curve stays a line, and becomes no band, while it has one independent value every so many pixels. */
const PIXELS_A_SPAN = 3;

/** Mean of the last minibatches' train NLL, or loss, and of how many; null before the first. */
export function recentTrain(
  metrics: readonly Metric[],
  most = SMOOTHING_BATCHES,
): { readonly mean: number; readonly batches: number } | null {
  let [sum, batches] = [0, 0];
  for (let i = metrics.length - 1; i >= 0 && batches < most; i--) {
    const metric = metrics[i]!;
    if (metric.type !== 'batch') continue;
    sum += metric.train;
    batches++;
  }
  return batches === 0 ? null : { mean: sum / batches, batches };
}

/** The span until one is chosen: longer the longer a run gets. @param width of the plot in pixels. */
export function fittingSpan(batches: number, width: number): number {
  const needed = Math.max(SMOOTHING_BATCHES, (batches * PIXELS_A_SPAN) / Math.max(1, width));
  return smoothingSpans.find((span) => span >= needed) ?? smoothingSpans.at(-1)!;
}

/** Where each metric stands along an axis. */
function placing(axis: XAxis, metrics: readonly Metric[]): (metric: Metric) => number {
  switch (axis) {
    case 'epoch':
      return ({ epoch }) => epoch;
    case 'step':
      return ({ step }) => step;
    case 'time':
      return ({ seconds }) => seconds;
    case 'rows': {
      // A run that an earlier version began has counts from where it went on: every epoch is of as many rows.
      const counted = metrics.findLast(({ rows }) => rows !== undefined);
      const rowsPerEpoch = counted ? counted.rows! / counted.epoch : NaN;
      return ({ rows, epoch }) => rows ?? Math.round(epoch * rowsPerEpoch);
    }
  }
}

/** Without any points where the axis is {@link axisMissing}. */
export function runSeries(
  known: readonly Metric[],
  axis: XAxis,
  /** A value as the run keeps it, in the unit that is drawn. */
  inUnit: (value: number) => number,
  smoothing = SMOOTHING_BATCHES,
): RunSeries {
  const metrics = axisMissing(axis, known) === null ? known : [];
  const along = placing(axis, metrics);
  const batches = metrics.reduce((n, metric) => n + (metric.type === 'batch' ? 1 : 0), 0);
  const x = new Float64Array(batches);
  const raw = new Float64Array(batches);
  const train: EpochPoint[] = [];
  const validation: EpochPoint[] = [];
  let best: EpochPoint | null = null;
  let at = 0;
  for (const metric of metrics) {
    const place = along(metric);
    if (metric.type === 'batch') {
      x[at] = place;
      raw[at++] = inUnit(metric.train);
      continue;
    }
    const common = { x: place, epoch: metric.epoch, step: metric.step };
    train.push({ ...common, y: inUnit(metric.train) });
    if (metric.validation === null) continue;
    const point = { ...common, y: inUnit(metric.validation) };
    validation.push(point);
    if (metric.best) best = point;
  }
  return { x, raw, smoothed: smooth(raw, smoothing), train, validation, best };
}

/**
 * Means over windows of `span` values (one more if even) around each: no lag behind a curve that falls. The window shrinks towards
 * the start, where curves are steep. Where it would reach beyond the last value there is no mean (NaN): of what is there alone
 * it would be flat, and of other values than the ones around it. What is not finite is left out and stays a gap.
 */
export function smooth(values: Float64Array, span: number): Float64Array {
  const count = values.length;
  const sums = new Float64Array(count + 1);
  const finite = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) {
    const known = Number.isFinite(values[i]!);
    sums[i + 1] = sums[i]! + (known ? values[i]! : 0);
    finite[i + 1] = finite[i]! + (known ? 1 : 0);
  }
  const half = Math.floor(span / 2);
  return values.map((value, i) => {
    if (!Number.isFinite(value)) return NaN;
    const reach = Math.min(half, i);
    const from = i - reach;
    const to = i + reach + 1;
    if (to > count) return NaN;
    return (sums[to]! - sums[from]!) / (finite[to]! - finite[from]!);
  });
}

/** Index of the first x not smaller than `value`. */
export function firstAtLeast(x: Float64Array, value: number): number {
  return bisector((d: number) => d).left(x, value);
}

/**
 * Thins a curve to at most four points a pixel column, its first, lowest, highest and last: drawn, it looks as the
 * whole curve would. Gaps (not finite) end a stretch. Works on rising x.
 */
export function decimate(
  x: Float64Array,
  y: Float64Array,
  toPixel: (x: number) => number,
  from = 0,
  to = x.length,
): Point[][] {
  const stretches: Point[][] = [];
  let stretch: Point[] = [];
  let column = NaN;
  let members: number[] = [];
  const flush = () => {
    if (members.length === 0) return;
    let [low, high] = [members[0]!, members[0]!];
    for (const i of members) {
      if (y[i]! < y[low]!) low = i;
      if (y[i]! > y[high]!) high = i;
    }
    const kept = [...new Set([members[0]!, low, high, members[members.length - 1]!])].sort((a, b) => a - b);
    for (const i of kept) stretch.push({ x: x[i]!, y: y[i]! });
    members = [];
  };
  for (let i = from; i < to; i++) {
    if (!Number.isFinite(y[i]!)) {
      flush();
      if (stretch.length > 0) stretches.push(stretch);
      stretch = [];
      column = NaN;
      continue;
    }
    const own = Math.floor(toPixel(x[i]!));
    if (own !== column) {
      flush();
      column = own;
    }
    members.push(i);
  }
  flush();
  if (stretch.length > 0) stretches.push(stretch);
  return stretches;
}
