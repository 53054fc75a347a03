/** Axes as pure drawings over d3's scales: ticks, labels with units, a thin grid. Values may be negative. */
import type { VNode } from 'preact';
import type { ScaleContinuousNumeric } from 'd3';
import { formatValue } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export type NumericScale = ScaleContinuousNumeric<number, number>;

export interface AxisProps {
  readonly scale: NumericScale;
  readonly side: 'bottom' | 'left';
  /** Where the axis stands: its y (bottom) or x (left). */
  readonly at: number;
  /** What is measured, with its unit. */
  readonly label: string;
  readonly theme: Theme;
  /** About how many ticks. */
  readonly ticks: number;
  /** Length of grid lines across the plot; 0 for none. */
  readonly grid?: number;
  /** Room for the tick labels on the left, px. */
  readonly labelOffset?: number;
}

/** Ticks that fit: d3's, thinned where a logarithmic scale gives too many. */
export function tickValues(scale: NumericScale, count: number): number[] {
  const ticks = scale.ticks(count);
  if (ticks.length <= count * 2) return ticks;
  const decades = ticks.filter((value) => Number.isInteger(Math.log10(Math.abs(value))));
  return decades.length >= 2 ? decades : ticks.filter((_, i) => i % Math.ceil(ticks.length / count) === 0);
}

/** Writes ticks with as many digits as tell them apart; d3 would write logarithmic ones with SI prefixes. */
function tickWriter(scale: NumericScale, ticks: number): (value: number) => string {
  if ('base' in scale) return (value) => formatValue(value);
  const format = scale.tickFormat(ticks);
  return (value) => format(value).replace(/^-/, '−');
}

export function Axis({ scale, side, at, label, theme, ticks, grid = 0, labelOffset = 44 }: AxisProps): VNode {
  const values = tickValues(scale, ticks);
  const write = tickWriter(scale, ticks);
  const [from, to] = scale.range() as [number, number];
  const middle = (from + to) / 2;
  const text = { 'font-size': textSize.small, fill: theme.muted, stroke: 'none' };
  return (
    <g font-family={theme.font} stroke={theme.rule} stroke-width={1} class="axis">
      {values.map((value) => {
        const p = scale(value);
        return side === 'bottom' ? (
          <>
            {grid > 0 && <line x1={p} x2={p} y1={at} y2={at - grid} opacity={0.5} />}
            <line x1={p} x2={p} y1={at} y2={at + 4} />
            <text x={p} y={at + 15} text-anchor="middle" {...text}>
              {write(value)}
            </text>
          </>
        ) : (
          <>
            {grid > 0 && <line x1={at} x2={at + grid} y1={p} y2={p} opacity={0.5} />}
            <text x={at - 6} y={p} text-anchor="end" dominant-baseline="central" {...text}>
              {write(value)}
            </text>
          </>
        );
      })}
      {side === 'bottom' && <line x1={from} x2={to} y1={at} y2={at} />}
      {side === 'bottom' ? (
        <text x={to} y={at + 31} text-anchor="end" {...text} font-size={textSize.label}>
          {label}
        </text>
      ) : (
        <text
          transform={`translate(${at - labelOffset},${middle}) rotate(-90)`}
          text-anchor="middle"
          {...text}
          font-size={textSize.label}
        >
          {label}
        </text>
      )}
    </g>
  );
}
