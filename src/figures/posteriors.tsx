/** Means of the posteriors of rows, two coordinates at a time, and the aggregated posterior beside the prior along each. */
import { extent, scaleLinear } from 'd3';
import type { VNode } from 'preact';
import type { PosteriorsFrame } from '../inspection/frames/posteriors.ts';
import { Axis, type NumericScale } from './axis.tsx';
import { runStyle } from './colours.ts';
import type { Box, Drawing } from './drawing.tsx';
import { latentName } from './latentNames.ts';
import type { LegendItem } from './legend.tsx';
import { Points, pointsLegend } from './posteriorsPoints.tsx';
import { textSize, type Theme } from './theme.ts';

export interface PosteriorsOptions {
  readonly frame: PosteriorsFrame;
  /** Coordinates from 0; of one latent variable the second axis is the deviation. */
  readonly across: number;
  readonly down: number;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}

export interface PosteriorsFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  /** Indices into the rows, from left to right. */
  readonly order: Int32Array;
  /** The row nearest to a point, px; null where none is near. */
  readonly rowAt: (x: number, y: number) => number | null;
  /** Middle of a row's posterior, and one standard deviation along each axis, px; of one latent no second. */
  readonly ellipseOf: (i: number) => {
    readonly x: number;
    readonly y: number;
    readonly rx: number;
    readonly ry: number;
  };
}

const MARGIN = { left: 56, right: 8, top: 8, bottom: 40 };
const HISTOGRAM = 74;
const GAP = 8;
const LARGEST = 520;
const NEAR = 14;
/** Half of a side at least, in standard deviations of the prior. */
const LEAST = 2.6;

export function posteriorsFigure(o: PosteriorsOptions): PosteriorsFigure {
  const { frame, across, down, width, height, theme } = o;
  const { mean, deviation, latent, rows } = frame;
  const single = latent === 1;
  const side = Math.max(
    150,
    Math.min(LARGEST, width - MARGIN.left - MARGIN.right - HISTOGRAM - GAP, height - MARGIN.bottom - HISTOGRAM - GAP),
  );
  const plot: Box = { x: MARGIN.left, y: MARGIN.top + HISTOGRAM + GAP, width: side, height: side };
  const xs = Float32Array.from({ length: rows }, (_, i) => mean[i * latent + across]!);
  const ys = Float32Array.from({ length: rows }, (_, i) => (single ? deviation[i]! : mean[i * latent + down]!));
  const reach = Math.max(LEAST, reachOf(xs), single ? 0 : reachOf(ys));
  const x: NumericScale = scaleLinear([-reach, reach], [plot.x, plot.x + side]);
  const yDomain = single ? [0, Math.max(1.1, extent(ys)[1] ?? 1)] : [-reach, reach];
  const y: NumericScale = scaleLinear(yDomain, [plot.y + side, plot.y]);
  const order = Int32Array.from({ length: rows }, (_, i) => i).sort((a, b) => xs[a]! - xs[b]!);
  const finite = (i: number) => Number.isFinite(xs[i]! + ys[i]!);
  return {
    order: order.filter(finite),
    rowAt(px, py) {
      let [found, least] = [-1, NEAR];
      for (let i = 0; i < rows; i++) {
        const distance = Math.hypot(x(xs[i]!) - px, y(ys[i]!) - py);
        if (distance < least) [found, least] = [i, distance];
      }
      return found < 0 ? null : found;
    },
    ellipseOf: (i) => ({
      x: x(xs[i]!),
      y: y(ys[i]!),
      rx: x(deviation[i * latent + across]!) - x(0),
      ry: single ? 0 : y(0) - y(deviation[i * latent + down]!),
    }),
    legend: legendOf(frame, theme),
    drawing: {
      width: plot.x + side + GAP + (single ? 0 : HISTOGRAM) + MARGIN.right,
      height: plot.y + side + MARGIN.bottom,
      rasters: [],
      marks: (
        <>
          <rect x={plot.x} y={plot.y} width={side} height={side} fill="none" stroke={theme.rule} />
          <PriorRings {...{ x, y, single, theme }} />
          <Points {...{ frame, x: [x, xs], y: [y, ys], finite, within: plot, theme }} />
          <Histogram {...{ frame, coordinate: across, scale: x, at: plot.y - GAP, side: 'top', theme }} />
          {!single && (
            <Histogram {...{ frame, coordinate: down, scale: y, at: plot.x + side + GAP, side: 'right', theme }} />
          )}
          <Axis scale={x} side="bottom" at={plot.y + side} label={latentName(across)} theme={theme} ticks={7} />
          <Axis
            scale={y}
            side="left"
            at={plot.x}
            label={single ? `σ of q(${latentName(0)}|x)` : latentName(down)}
            theme={theme}
            ticks={7}
            labelOffset={38}
          />
        </>
      ),
    },
  };
}

function reachOf(values: Float32Array): number {
  return 1.06 * values.reduce((most, own) => (Number.isFinite(own) ? Math.max(most, Math.abs(own)) : most), 0);
}

/** One and two standard deviations of the prior. */
function PriorRings({
  x,
  y,
  single,
  theme,
}: {
  readonly x: NumericScale;
  readonly y: NumericScale;
  readonly single: boolean;
  readonly theme: Theme;
}): VNode {
  if (single) {
    const [from, to] = x.range() as [number, number];
    return <line x1={from} x2={to} y1={y(1)} y2={y(1)} stroke={theme.muted} stroke-dasharray="3 3" />;
  }
  return (
    <g fill="none" stroke={theme.muted} stroke-dasharray="3 3">
      {[1, 2].map((r) => (
        <circle cx={x(0)} cy={y(0)} r={x(r) - x(0)} />
      ))}
    </g>
  );
}

/** Shares of the aggregated posterior as bars, the prior's as a line, along one axis of the scatter. */
function Histogram(o: {
  readonly frame: PosteriorsFrame;
  readonly coordinate: number;
  readonly scale: NumericScale;
  readonly at: number;
  readonly side: 'top' | 'right';
  readonly theme: Theme;
}): VNode {
  const { frame, coordinate, scale, at, side, theme } = o;
  const { bins, low, high, expected } = frame;
  const own = frame.histogram.subarray(coordinate * bins, (coordinate + 1) * bins);
  const most = Math.max(...own, ...expected) || 1;
  const [from, to] = [...scale.range()].sort((a, b) => a - b) as [number, number];
  const edge = (bin: number) => Math.min(to, Math.max(from, scale(low + ((high - low) * bin) / bins)));
  const length = (share: number) => (share / most) * (HISTOGRAM - 4);
  const place = (along: number, out: number): readonly [number, number] =>
    side === 'top' ? [along, at - out] : [at + out, along];
  const path = (shares: Float32Array) =>
    Array.from(shares, (share, bin) => {
      const [a, b] = [place(edge(bin), length(share)), place(edge(bin + 1), length(share))];
      return `${bin === 0 ? 'M' : 'L'}${a[0].toFixed(1)},${a[1].toFixed(1)}L${b[0].toFixed(1)},${b[1].toFixed(1)}`;
    }).join('');
  const ends = [place(edge(bins), 0), place(edge(0), 0)].map(([a, b]) => `L${a.toFixed(1)},${b.toFixed(1)}`).join('');
  return (
    <g class="aggregate">
      <path d={`${path(own)}${ends}z`} fill={theme.neutral} fill-opacity={0.55} stroke={theme.neutral} />
      <path d={path(expected)} fill="none" stroke={runStyle(theme.kind, 1).colour} stroke-width={2} />
    </g>
  );
}

function legendOf(frame: PosteriorsFrame, theme: Theme): LegendItem[] {
  return [
    ...pointsLegend(frame, theme),
    { mark: 'patch', label: 'aggregated posterior', colour: theme.neutral },
    { mark: 'line', label: 'prior N(0, 1)', colour: runStyle(theme.kind, 1).colour, width: 2 },
    { mark: 'line', label: '1σ and 2σ of the prior', colour: theme.muted, dash: '3 3' },
  ];
}

/** One standard deviation of a row's posterior. */
export function PosteriorMark({
  figure,
  index,
  pinned,
  theme,
}: {
  readonly figure: PosteriorsFigure;
  readonly index: number;
  readonly pinned: boolean;
  readonly theme: Theme;
}): VNode {
  const { x, y, rx, ry } = figure.ellipseOf(index);
  const shape = { cx: x, cy: y, rx: Math.max(1.5, rx), ry: Math.max(1.5, ry), fill: 'none' };
  return (
    <g pointer-events="none" class="ellipse" font-size={textSize.label}>
      <ellipse {...shape} stroke={theme.background} stroke-width={5} />
      <ellipse {...shape} stroke={theme.accent} stroke-width={pinned ? 3 : 2} />
      <circle cx={x} cy={y} r={3.5} fill={theme.accent} stroke={theme.background} />
    </g>
  );
}
