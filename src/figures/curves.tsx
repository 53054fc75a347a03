/** Learning curves: train raw and smoothed, validation, the best epoch, a baseline. */
import { extent, scaleLinear, scaleLog } from 'd3';
import type { Metric } from '../runs/metrics.ts';
import type { MeasuredQuantity } from '../text/measure.ts';
import { Axis, type NumericScale } from './axis.tsx';
import { runStyle } from './colours.ts';
import { BaselineMark, EndLabels, RunCurves } from './curveMarks.tsx';
import type { Box, Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { firstAtLeast, runSeries, SMOOTHING_BATCHES, type Point, type RunSeries, type XAxis } from './series.ts';
import type { Theme } from './theme.ts';
import { lossScale, type LossUnit } from './units.ts';

export interface CurveRun {
  readonly name: string;
  readonly metrics: readonly Metric[];
  readonly dimension: number;
  /** What its curves are of; left out where that is a likelihood. */
  readonly quantity?: MeasuredQuantity | undefined;
}

/** A level to beat, in nats a row. */
export interface Baseline {
  readonly label: string;
  readonly nats: number;
}

export interface CurvesOptions {
  readonly runs: readonly CurveRun[];
  readonly unit: LossUnit;
  readonly axis: XAxis;
  readonly logX: boolean;
  readonly logY: boolean;
  /** All values instead of those after the first steep descent. */
  readonly wholeRange: boolean;
  /** Minibatches that the smoothed curve averages over. */
  readonly smoothing?: number;
  readonly baseline?: Baseline | null;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  /** Part of the x axis that is shown, in epochs, steps, rows or seconds; all of it without. */
  readonly window?: readonly [number, number] | null;
}

export interface CurvesFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  readonly series: readonly RunSeries[];
  readonly x: NumericScale;
  readonly y: NumericScale;
  readonly plot: Box;
  /** All of the x axis, whatever window of it is shown. */
  readonly wholeX: readonly [number, number];
  /** One unit of the x axis in epochs, steps, rows or seconds. */
  readonly xUnit: number;
  /** What the x axis measures, with its unit. */
  readonly xLabel: string;
  /** Whether a logarithmic axis may be drawn: every value on it is positive. */
  readonly logLegal: { readonly x: boolean; readonly y: boolean };
}

const MARGIN = { left: 58, right: 104, top: 10, bottom: 38 };
/** Share of the x axis left out of the y range at the start, where the loss falls steeply. */
const TRANSIENT = 0.04;
/** The same of a logarithmic axis, on which the start is drawn out. */
const LOG_TRANSIENT = 0.3;

export function axisLabel(axis: XAxis, scale: TimeScale): string {
  switch (axis) {
    case 'epoch':
      return 'epochs';
    case 'step':
      return 'steps (minibatches)';
    case 'rows':
      return 'training samples evaluated (rows)';
    case 'time':
      return `training time (${scale.unit})`;
  }
}

interface TimeScale {
  readonly unit: string;
  readonly seconds: number;
}

function timeScale(axis: XAxis, seconds: number): TimeScale {
  if (axis !== 'time') return { unit: '', seconds: 1 };
  if (seconds < 180) return { unit: 's', seconds: 1 };
  return seconds < 3 * 3600 ? { unit: 'min', seconds: 60 } : { unit: 'h', seconds: 3600 };
}

export function curves(o: CurvesOptions): CurvesFigure {
  const { theme, smoothing = SMOOTHING_BATCHES } = o;
  const scales = o.runs.map((run) => lossScale(o.unit, run.dimension, run.quantity));
  const whole = o.runs.map((run, i) => runSeries(run.metrics, o.axis, scales[i]!.of, smoothing));
  const time = timeScale(o.axis, Math.max(0, ...whole.map((series) => series.x[series.x.length - 1] ?? 0)));
  const series = time.seconds === 1 ? whole : whole.map((one) => rescaled(one, 1 / time.seconds));
  const plot: Box = {
    x: MARGIN.left,
    y: MARGIN.top,
    width: Math.max(40, o.width - MARGIN.left - MARGIN.right),
    height: Math.max(40, o.height - MARGIN.top - MARGIN.bottom),
  };
  const xs = series.flatMap((one) => [
    one.x[0],
    one.x[one.x.length - 1],
    one.train[0]?.x,
    one.train[one.train.length - 1]?.x,
  ]);
  const [firstX = 0, lastX = 1] = extent(xs.filter((value) => value !== undefined));
  const logLegal = { x: firstX > 0, y: allPositive(series) };
  const wholeX: readonly [number, number] = [o.logX && logLegal.x ? firstX : 0, lastX > 0 ? lastX : 1];
  const window = o.window?.map((end) => end / time.seconds);
  // A window that was chosen on a linear axis may begin where a logarithmic one has no place.
  const xDomain: [number, number] = window ? [Math.max(window[0]!, wholeX[0]), window[1]!] : [...wholeX];
  const xLabel = axisLabel(o.axis, time);
  const x = scaleFor(o.logX && logLegal.x, xDomain, [plot.x, plot.x + plot.width]);
  const baseline = o.baseline ? (scales[0]?.of(o.baseline.nats) ?? null) : null;
  const range = yRange(series, xDomain, o.wholeRange, baseline, o.logX && logLegal.x);
  const y = scaleFor(o.logY && logLegal.y && range[0] > 0, range, [plot.y + plot.height, plot.y]);
  const clip = `curves-clip-${o.theme.kind}`;

  const marks = (
    <>
      <defs>
        <clipPath id={clip}>
          <rect x={plot.x} y={plot.y} width={plot.width} height={plot.height} />
        </clipPath>
      </defs>
      <Axis
        scale={y}
        side="left"
        at={plot.x}
        label={[...new Set(scales.map(({ axis }) => axis))].join('; ')}
        theme={theme}
        ticks={Math.max(3, Math.round(plot.height / 48))}
        grid={plot.width}
      />
      <Axis
        scale={x}
        side="bottom"
        at={plot.y + plot.height}
        label={xLabel}
        theme={theme}
        ticks={Math.max(3, Math.round(plot.width / 80))}
      />
      {baseline !== null && o.baseline && (
        <BaselineMark y={y} value={baseline} label={o.baseline.label} plot={plot} theme={theme} />
      )}
      <g clip-path={`url(#${clip})`}>
        {series.map((one, i) => (
          <RunCurves series={one} index={i} x={x} y={y} theme={theme} smoothing={smoothing} />
        ))}
      </g>
      <EndLabels
        series={series}
        x={x}
        y={y}
        plot={plot}
        theme={theme}
        unit={o.unit}
        names={o.runs.map((run) => run.name)}
        smoothing={smoothing}
      />
    </>
  );
  const first = runStyle(theme.kind, 0).colour;
  const legend: LegendItem[] = [
    { mark: 'line', label: 'train, each minibatch', colour: theme.muted, width: 1, opacity: 0.6 },
    { mark: 'line', label: `train, averaged over ${smoothing} minibatches`, colour: theme.muted, width: 1.75 },
    { mark: 'line', label: 'validation', colour: first, width: 2 },
    { mark: 'dot', label: 'best epoch', colour: first, hollow: true },
    ...(baseline === null
      ? []
      : [{ mark: 'line' as const, label: o.baseline!.label, colour: theme.muted, dash: '2 4' }]),
  ];
  return {
    drawing: { width: o.width, height: o.height, rasters: [], marks },
    legend,
    series,
    x,
    y,
    plot,
    wholeX,
    xUnit: time.seconds,
    xLabel,
    logLegal,
  };
}

function rescaled(series: RunSeries, factor: number): RunSeries {
  const scale = <P extends Point>(point: P): P => ({ ...point, x: point.x * factor });
  return {
    ...series,
    x: series.x.map((value) => value * factor),
    train: series.train.map(scale),
    validation: series.validation.map(scale),
    best: series.best && scale(series.best),
  };
}

function scaleFor(logarithmic: boolean, domain: readonly [number, number], range: [number, number]): NumericScale {
  return logarithmic ? scaleLog(domain, range) : scaleLinear(domain, range);
}

function allPositive(series: readonly RunSeries[]): boolean {
  return series.every(
    (one) =>
      one.raw.every((value) => !(value <= 0)) &&
      one.validation.every(({ y }) => y > 0) &&
      one.train.every(({ y }) => y > 0),
  );
}

/** Values to fit on the y axis: what is in the window, without the steep start unless all is asked for. */
export function yRange(
  series: readonly RunSeries[],
  [from, to]: readonly [number, number],
  wholeRange: boolean,
  baseline: number | null,
  logX = false,
): [number, number] {
  const descended = logX ? from * (to / from) ** LOG_TRANSIENT : from + TRANSIENT * (to - from);
  const start = wholeRange ? from : descended;
  const values: number[] = [];
  for (const one of series) {
    const begin = firstAtLeast(one.x, start);
    const end = firstAtLeast(one.x, to + (to - from) * 1e-9);
    const source = wholeRange ? one.raw : one.smoothed;
    const first = Math.min(begin, Math.max(0, end - 1));
    // The smoothed curve ends before the raw one: a window beyond its end shows the latter alone.
    const shown = source.subarray(first, end).some(Number.isFinite) ? source : one.raw;
    for (let i = first; i < end; i++) values.push(shown[i]!);
    for (const point of [...one.train, ...one.validation]) {
      if (point.x >= from && point.x <= to && (wholeRange || point.x >= start || series.length === 0))
        values.push(point.y);
    }
  }
  let [low, high] = extent(values.filter(Number.isFinite));
  if (low === undefined || high === undefined) [low, high] = baseline === null ? [0, 1] : [baseline, baseline];
  if (baseline !== null && (wholeRange || Math.abs(baseline - (low + high) / 2) < 1.5 * (high - low))) {
    low = Math.min(low, baseline);
    high = Math.max(high, baseline);
  }
  // Raw values scatter around the smoothed curve: leave room for most of them.
  const pad = (high - low || Math.abs(high) * 0.1 || 1) * (wholeRange ? 0.04 : 0.12);
  const padded: [number, number] = [low - pad, high + pad];
  // A positive quantity's axis does not go below zero for the sake of padding, so that it may be logarithmic.
  if (low > 0 && padded[0] <= 0) padded[0] = low * 0.9;
  return padded;
}
