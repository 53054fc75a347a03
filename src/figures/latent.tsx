/** u of the data beside the base: one coordinate as histogram and QQ plot, all of them as small pictures. */
import type { VNode } from 'preact';
import { line, scaleLinear } from 'd3';
import type { LatentFrame } from '../inspection/frames/latent.ts';
import { Axis, type NumericScale } from './axis.tsx';
import { runStyle } from './colours.ts';
import type { Box, Drawing } from './drawing.tsx';
import { chanceOf, latentName } from './latentWords.ts';
import type { LegendItem } from './legend.tsx';
import { formatCount, formatValue } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export interface LatentFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  /** Coordinates that have a small picture, in its order. */
  readonly pictured: Int32Array;
  /** Small pictures in a row. */
  readonly columns: number;
  boxOf(index: number): Box;
}

const MARGIN = { left: 52, right: 12, top: 18, bottom: 38 };
const GAP = 16;
const PLOT = { lowest: 190, tallest: 260 };
/** From here on, px, histogram and QQ plot stand side by side. */
const BESIDE = 560;
const SMALL = { width: 92, height: 46, caption: 15, gap: 10 };
/** Room for the frame of the chosen one. */
const INSET = 4;
/** Rows of small pictures. */
const MOST_ROWS = 5;

export function latentFigure({
  frame,
  coordinate,
  order,
  width,
  theme,
}: {
  readonly frame: LatentFrame;
  readonly coordinate: number;
  /** Coordinates as the small pictures show them. */
  readonly order: Int32Array;
  readonly width: number;
  readonly theme: Theme;
}): LatentFigure {
  const beside = width >= BESIDE;
  const own = Math.min(460, beside ? Math.floor((width - GAP) / 2) : width);
  const tall = Math.max(PLOT.lowest, Math.min(PLOT.tallest, own * 0.62));
  const right = beside ? { x: own + GAP, y: 0 } : { x: 0, y: tall + GAP };
  const top = (beside ? tall : 2 * tall + GAP) + GAP;
  const columns = Math.max(1, Math.floor((width - 2 * INSET + SMALL.gap) / (SMALL.width + SMALL.gap)));
  const pictured = frame.dimension > 1 ? order.subarray(0, columns * MOST_ROWS) : order.subarray(0, 0);
  const more = frame.dimension > 1 ? frame.dimension - pictured.length : 0;
  const rows = Math.ceil(pictured.length / columns);
  const pitch = { x: SMALL.width + SMALL.gap, y: SMALL.height + SMALL.caption + SMALL.gap };
  const boxOf = (index: number): Box => ({
    x: INSET + (index % columns) * pitch.x,
    y: top + 18 + Math.floor(index / columns) * pitch.y,
    width: SMALL.width,
    height: SMALL.height + SMALL.caption,
  });
  const bottom = top + (rows > 0 ? 18 + rows * pitch.y + (more > 0 ? 14 : 0) : -GAP);
  return {
    pictured,
    columns,
    boxOf,
    drawing: {
      width,
      height: bottom,
      rasters: [],
      marks: (
        <>
          <Histogram frame={frame} d={coordinate} box={{ x: 0, y: 0, width: own, height: tall }} theme={theme} />
          <Quantiles frame={frame} d={coordinate} box={{ ...right, width: own, height: tall }} theme={theme} />
          {rows > 0 && (
            <text x={0} y={top + 8} font-family={theme.font} font-size={textSize.label} fill={theme.muted}>
              {`All coordinates, furthest from the base first, with their Kolmogorov–Smirnov distance`}
            </text>
          )}
          {Array.from(pictured, (d, index) => (
            <Small frame={frame} d={d} box={boxOf(index)} theme={theme} chosen={d === coordinate} />
          ))}
          {more > 0 && (
            <text x={0} y={bottom - 4} font-family={theme.font} font-size={textSize.small} fill={theme.muted}>
              {`and ${formatCount(more)} more, ${formatValue(frame.distance[order[pictured.length]!]!, 2)} or nearer`}
            </text>
          )}
        </>
      ),
    },
    legend: [
      { mark: 'patch', label: `${frame.split} rows, carried to u`, colour: dataColour(theme) },
      {
        mark: 'line',
        label: frame.base.draws === null ? frame.base.name : `draws from the base (${frame.base.name})`,
        colour: baseColour(theme),
        width: 2,
      },
    ],
  };
}

const dataColour = (theme: Theme) => runStyle(theme.kind, 0).colour;
const baseColour = (theme: Theme) => runStyle(theme.kind, 1).colour;

/** Part d of an array of as many parts as there are coordinates, or of one for all of them. */
function partOf(all: Float32Array, d: number, length: number): Float32Array {
  return all.length === length ? all : all.subarray(d * length, (d + 1) * length);
}

interface Part {
  readonly frame: LatentFrame;
  readonly d: number;
  readonly box: Box;
  readonly theme: Theme;
}

/** Densities: shares over the width of a bin. */
function densities({ histogram, expected, bins, low, high }: LatentFrame, d: number) {
  const width = (high - low) / bins;
  const over = (shares: Float32Array) => shares.map((share) => share / width);
  return { data: over(partOf(histogram, d, bins)), base: over(partOf(expected, d, bins)) };
}

/** Bars from `y0` up, one path. */
function barsPath({ low, high, bins }: LatentFrame, data: Float32Array, x: NumericScale, y: NumericScale): string {
  const width = (high - low) / bins;
  const y0 = y(0);
  return Array.from(data, (value, k) => {
    const [from, to] = [x(low + k * width), x(low + (k + 1) * width)];
    return value > 0 ? `M${from.toFixed(1)},${y0}V${y(value).toFixed(1)}H${(to - 0.5).toFixed(1)}V${y0}Z` : '';
  }).join('');
}

/** The base: through the middles of its bins where it is a density, as steps where it is draws. */
function basePath(frame: LatentFrame, base: Float32Array, x: NumericScale, y: NumericScale): string {
  const { low, high, bins } = frame;
  const width = (high - low) / bins;
  if (frame.base.draws !== null) {
    return Array.from(
      base,
      (value, k) => `${k === 0 ? 'M' : 'L'}${x(low + k * width)},${y(value)}H${x(low + (k + 1) * width)}`,
    ).join('');
  }
  return (
    line<number>(
      (_, k) => x(low + (k + 0.5) * width),
      (value) => y(value),
    ).digits(1)(base) ?? ''
  );
}

function Histogram({ frame, d, box, theme }: Part): VNode {
  const { data, base } = densities(frame, d);
  const right = box.x + box.width - MARGIN.right;
  const bottom = box.y + box.height - MARGIN.bottom;
  const left = box.x + MARGIN.left;
  const peak = Math.max(...data, ...base) * 1.06 || 1;
  const x = scaleLinear([frame.low, frame.high], [left, right]);
  const y = scaleLinear([0, peak], [bottom, box.y + MARGIN.top]);
  const name = latentName(d);
  return (
    <g class="histogram">
      <text x={left} y={box.y + 10} font-family={theme.font} font-size={textSize.label} fill={theme.foreground}>
        {`${name}: Kolmogorov–Smirnov distance ${formatValue(frame.distance[d]!)}`}
      </text>
      <Axis
        scale={y}
        side="left"
        at={left}
        label="density"
        theme={theme}
        ticks={4}
        grid={right - left}
        labelOffset={40}
      />
      <Axis scale={x} side="bottom" at={bottom} label={name} theme={theme} ticks={6} />
      <path d={barsPath(frame, data, x, y)} fill={dataColour(theme)} fill-opacity={0.55} stroke="none" />
      <path d={basePath(frame, base, x, y)} fill="none" stroke={baseColour(theme)} stroke-width={2} />
    </g>
  );
}

function Quantiles({ frame, d, box, theme }: Part): VNode {
  const count = frame.probabilities.length;
  const own = partOf(frame.quantiles, d, count);
  const base = partOf(frame.baseQuantiles, d, count);
  const left = box.x + MARGIN.left;
  const right = box.x + box.width - MARGIN.right;
  const bottom = box.y + box.height - MARGIN.bottom;
  const top = box.y + MARGIN.top;
  const [low, high] = [
    Math.min(frame.low, ...own.filter(Number.isFinite)),
    Math.max(frame.high, ...own.filter(Number.isFinite)),
  ];
  const x = scaleLinear([frame.low, frame.high], [left, right]);
  const y = scaleLinear([low, high], [bottom, top]);
  const points = Array.from(own, (value, q) => [x(base[q]!), y(value)] as const).filter(([px, py]) =>
    Number.isFinite(px + py),
  );
  return (
    <g class="quantiles">
      <text x={left} y={box.y + 10} font-family={theme.font} font-size={textSize.label} fill={theme.foreground}>
        {`QQ: on the line where ${latentName(d)} is as the base`}
      </text>
      <Axis
        scale={y}
        side="left"
        at={left}
        label={`quantile of ${latentName(d)}`}
        theme={theme}
        ticks={5}
        grid={right - left}
        labelOffset={40}
      />
      <Axis scale={x} side="bottom" at={bottom} label="quantile of the base" theme={theme} ticks={6} />
      <line
        x1={x(frame.low)}
        y1={y(frame.low)}
        x2={x(frame.high)}
        y2={y(frame.high)}
        stroke={baseColour(theme)}
        stroke-width={1.75}
      />
      <path
        d={points.map(([px, py]) => `M${px.toFixed(1)},${py.toFixed(1)}h0`).join('')}
        stroke={theme.background}
        stroke-width={8}
        stroke-linecap="round"
      />
      <path
        d={points.map(([px, py]) => `M${px.toFixed(1)},${py.toFixed(1)}h0`).join('')}
        stroke={dataColour(theme)}
        stroke-width={5.5}
        stroke-linecap="round"
      />
    </g>
  );
}

function Small({ frame, d, box, theme, chosen }: Part & { readonly chosen: boolean }): VNode {
  const { data, base } = densities(frame, d);
  const top = box.y + SMALL.caption;
  const x = scaleLinear([frame.low, frame.high], [box.x, box.x + box.width]);
  const y = scaleLinear([0, Math.max(...data, ...base) * 1.05 || 1], [top + SMALL.height, top]);
  const far = frame.distance[d]! > 3 * chanceOf(frame);
  const text = { y: box.y + 10, 'font-family': theme.font, 'font-size': textSize.small };
  return (
    <g class="small">
      <text x={box.x} {...text} fill={theme.foreground} font-weight={chosen ? 600 : 400}>
        {latentName(d)}
      </text>
      <text
        x={box.x + box.width}
        {...text}
        text-anchor="end"
        fill={far ? theme.foreground : theme.muted}
        font-weight={far ? 600 : 400}
      >
        {formatValue(frame.distance[d]!, 2)}
      </text>
      <path d={barsPath(frame, data, x, y)} fill={dataColour(theme)} fill-opacity={0.55} />
      <path d={basePath(frame, base, x, y)} fill="none" stroke={baseColour(theme)} stroke-width={1.25} />
      <line x1={box.x} x2={box.x + box.width} y1={top + SMALL.height} y2={top + SMALL.height} stroke={theme.rule} />
      {chosen && (
        <rect
          x={box.x - 3}
          y={box.y - 2}
          width={box.width + 6}
          height={box.height + 6}
          rx={2}
          fill="none"
          stroke={theme.accent}
          stroke-width={1.5}
        />
      )}
    </g>
  );
}
