/** What stands in the plot of the learning curves. */
import type { VNode } from 'preact';
import { line } from 'd3';
import type { NumericScale } from './axis.tsx';
import { runStyle } from './colours.ts';
import type { Box } from './drawing.tsx';
import { decimate, firstAtLeast, type Point, type RunSeries } from './series.ts';
import { formatCount, formatFixed } from './text.ts';
import { textSize, type Theme } from './theme.ts';
import type { LossUnit } from './units.ts';

/** A run's curves: train raw and smoothed, validation, the best epoch. */
export function RunCurves({
  series,
  index,
  x,
  y,
  theme,
  smoothing,
}: {
  readonly series: RunSeries;
  readonly index: number;
  /** Minibatches that the smoothed curve averages over. */
  readonly smoothing: number;
  readonly x: NumericScale;
  readonly y: NumericScale;
  readonly theme: Theme;
}) {
  const path = line<Point>(
    (point) => x(point.x),
    (point) => y(point.y),
  ).digits(1);
  const [from, to] = x.domain() as [number, number];
  const begin = Math.max(0, firstAtLeast(series.x, from) - 1);
  const end = Math.min(series.x.length, firstAtLeast(series.x, to) + 1);
  // Where several minibatches share a pixel the raw curve becomes a band, and must not drown the others.
  const [left, right] = x.range() as [number, number];
  const crowded = end - begin > 4 * (right - left);
  const draw = (values: Float64Array) =>
    decimate(series.x, values, x, begin, end)
      .map((stretch) => path(stretch))
      .join('');
  const style = runStyle(theme.kind, index);
  const train = index === 0 ? theme.muted : style.colour;
  const points = series.validation;
  const best = series.best;
  return (
    <g fill="none" stroke-linejoin="round">
      <path d={draw(series.raw)} stroke={train} stroke-width={1} opacity={crowded ? 0.22 : 0.4} class="raw" />
      <path
        d={draw(series.smoothed)}
        stroke={train}
        stroke-width={1.75}
        stroke-dasharray={style.dash}
        class="smoothed"
      />
      <path
        d={onwards(series, smoothing, x, y)}
        stroke={train}
        stroke-width={1.25}
        stroke-dasharray="1 3"
        class="onwards"
      />
      <path
        d={path(points) ?? undefined}
        stroke={style.colour}
        stroke-width={2}
        stroke-dasharray={style.dash}
        class="validation"
      />
      {points.length <= 60 &&
        points.map((point) => <circle cx={x(point.x)} cy={y(point.y)} r={2.2} fill={style.colour} />)}
      {best && (
        <>
          <line
            x1={x(best.x)}
            x2={x(best.x)}
            y1={y(best.y) + 6}
            y2={y.range()[0]}
            stroke={style.colour}
            stroke-dasharray="2 3"
            opacity={0.8}
          />
          <circle cx={x(best.x)} cy={y(best.y)} r={5} stroke={style.colour} stroke-width={2} class="best" />
        </>
      )}
    </g>
  );
}

/**
 * From where the smoothed curve ends, half its span before the last minibatch, to the mean of the last ones, which stands
 * beside the plot.
 */
function onwards({ x: at, smoothed, raw }: RunSeries, smoothing: number, x: NumericScale, y: NumericScale): string {
  const end = smoothed.findLastIndex(Number.isFinite);
  const mean = meanOfFinite(raw.subarray(-smoothing));
  if (end < 0 || end === raw.length - 1 || mean === null) return '';
  const point = (index: number, value: number) => `${x(at[index]!).toFixed(1)},${y(value).toFixed(1)}`;
  return `M${point(end, smoothed[end]!)}L${point(raw.length - 1, mean)}`;
}

/** The level to beat, or an arrow to where it is. */
export function BaselineMark({
  y,
  value,
  label,
  plot,
  theme,
}: {
  readonly y: NumericScale;
  readonly value: number;
  readonly label: string;
  readonly plot: Box;
  readonly theme: Theme;
}) {
  const [low, high] = y.domain() as [number, number];
  const text = `${label}: ${formatFixed(value)}`;
  const common = { 'font-family': theme.font, 'font-size': textSize.small, fill: theme.muted };
  if (value > high || value < low) {
    const above = value > high;
    return (
      <text x={plot.x + 6} y={above ? plot.y + 10 : plot.y + plot.height - 6} {...common}>
        {`${above ? '↑' : '↓'} ${text}`}
      </text>
    );
  }
  return (
    <>
      <line
        x1={plot.x}
        x2={plot.x + plot.width}
        y1={y(value)}
        y2={y(value)}
        stroke={theme.muted}
        stroke-dasharray="2 4"
      />
      <text x={plot.x + 6} y={y(value) - 5} {...common}>
        {text}
      </text>
    </>
  );
}

const LABEL_GAP = 13;

/** Names and last values at the right end of the curves, pushed apart where they would overlap. */
export function EndLabels(o: {
  readonly series: readonly RunSeries[];
  readonly x: NumericScale;
  readonly y: NumericScale;
  readonly plot: Box;
  readonly theme: Theme;
  readonly unit: LossUnit;
  readonly names: readonly string[];
  /** Minibatches that the smoothed curve averages over. */
  readonly smoothing: number;
}): VNode {
  const { plot, theme } = o;
  const decimals = o.unit === 'nats' ? 2 : 3;
  const labels = o.series.flatMap((one, i) => {
    const style = runStyle(theme.kind, i);
    const named = o.series.length > 1 ? `${o.names[i]} ` : '';
    const last = one.raw.subarray(-o.smoothing);
    const train = meanOfFinite(last);
    const over = last.length > 1 ? `, last ${formatCount(last.length)}` : '';
    const validation = one.validation[one.validation.length - 1];
    return [
      ...(train === null
        ? []
        : [{ value: train, text: `${named}train${over}`, colour: i === 0 ? theme.muted : style.colour }]),
      ...(validation ? [{ value: validation.y, text: `${named}validation`, colour: style.colour }] : []),
    ];
  });
  const placed = labels
    .map((label) => ({ ...label, at: Math.min(plot.y + plot.height, Math.max(plot.y + 6, o.y(label.value))) }))
    .sort((a, b) => a.at - b.at);
  const apart = LABEL_GAP * 2;
  for (let i = 1; i < placed.length; i++) placed[i]!.at = Math.max(placed[i]!.at, placed[i - 1]!.at + apart);
  const over = Math.max(0, (placed[placed.length - 1]?.at ?? 0) + LABEL_GAP - (plot.y + plot.height));
  return (
    <g font-family={theme.font} font-size={textSize.label} class="end-labels">
      {placed.map(({ value, text, colour, at }) => (
        <text x={plot.x + plot.width + 10} y={at - over} fill={theme.foreground}>
          <tspan fill={colour} font-size={textSize.label} dominant-baseline="central">
            {text}
          </tspan>
          <tspan x={plot.x + plot.width + 10} dy={LABEL_GAP} dominant-baseline="central" font-weight="600">
            {formatFixed(value, decimals)}
          </tspan>
        </text>
      ))}
    </g>
  );
}

function meanOfFinite(values: Float64Array): number | null {
  const known = values.filter(Number.isFinite);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
