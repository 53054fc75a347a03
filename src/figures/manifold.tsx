/** The latent manifold: a grid of decoded rows, even in the prior's probability, and one place of it large. */
import type { VNode } from 'preact';
import { normalCdf, normalQuantile } from '../distributions/standardNormal.ts';
import { FURTHEST, type ManifoldFrame, type ManifoldPointFrame } from '../inspection/frames/manifold.ts';
import type { SamplesFrame } from '../inspection/frames.ts';
import { wholeSource, type Box, type Drawing, type RasterMark } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { latentName } from './latentNames.ts';
import type { Pixels } from './pixels.ts';
import { tileLegend, tileOf, tilePixels, type Tile } from './rowTiles.ts';
import { sampleLegend } from './sampleGrid.tsx';
import { formatCount, formatFixed } from './text.ts';
import { textSize, type Theme } from './theme.ts';

export interface ManifoldOptions {
  readonly frame: ManifoldFrame;
  /** null until it has come. */
  readonly point: ManifoldPointFrame | null;
  readonly width: number;
  readonly theme: Theme;
}

export interface ManifoldFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  /** The grid, px. */
  readonly grid: Box;
  /** The two coordinates at a point, px, or null beside the grid. */
  readonly placeAt: (x: number, y: number) => readonly [u: number, v: number] | null;
  /** Where a place is drawn, px. */
  readonly pointOf: (u: number, v: number) => readonly [x: number, y: number];
}

const MARGIN = { left: 44, top: 6, bottom: 40 };
const GAP = 30;
/** Side of a picture by itself, about. */
const LARGE = 150;
const CAPTION = 34;
const LARGEST = 620;

export function manifoldFigure(o: ManifoldOptions): ManifoldFigure {
  const { frame, point, width, theme } = o;
  const { decoded, columns, rows, plane, latent } = frame;
  const tile = tileOf(decoded);
  const panel = { width: LARGE, height: 2 * (LARGE + CAPTION) };
  const beside = width >= 2 * LARGE + MARGIN.left + GAP + panel.width;
  const across = columns * (tile.size[1] + tile.gap) - tile.gap;
  const down = rows * (tile.size[0] + tile.gap) - tile.gap;
  const room = Math.min(LARGEST, (beside ? width - GAP - panel.width : width) - MARGIN.left - 4);
  const scale = wholeScale(Math.min(room / across, LARGEST / down));
  const grid: Box = { x: MARGIN.left, y: MARGIN.top, width: across * scale, height: down * scale };
  const pixels = gridPixels(decoded, columns, tile);
  const shareX = (u: number) => grid.x + normalCdf(u) * grid.width;
  const shareY = (v: number) => grid.y + (1 - normalCdf(v)) * grid.height;
  const besideX = grid.x + grid.width + GAP;
  const bottom = grid.y + grid.height + MARGIN.bottom;
  const at = beside ? { x: besideX, y: MARGIN.top + 12 } : { x: MARGIN.left, y: bottom + 12 };
  const large = point && largePictures(point, at, beside, theme);
  return {
    grid,
    pointOf: (u, v) => [shareX(u), latent === 1 ? grid.y + grid.height / 2 : shareY(v)],
    placeAt(x, y) {
      if (x < grid.x || y < grid.y || x > grid.x + grid.width || y > grid.y + grid.height) return null;
      return [placeOf((x - grid.x) / grid.width), latent === 1 ? 0 : placeOf(1 - (y - grid.y) / grid.height)];
    },
    legend: [
      ...sampleLegend(decoded),
      ...[tileLegend(decoded)].flatMap((label) => (label === null ? [] : [{ mark: 'outline' as const, label }])),
    ],
    drawing: {
      width: beside ? besideX + panel.width : Math.max(grid.x + grid.width + 4, 2 * LARGE + GAP + MARGIN.left),
      height: beside ? Math.max(bottom, at.y + panel.height) : bottom + LARGE + CAPTION + 16,
      rasters: [{ ...grid, pixels, source: wholeSource(pixels), hatched: false }, ...(large?.rasters ?? [])],
      marks: (
        <>
          <rect
            x={grid.x - 0.5}
            y={grid.y - 0.5}
            width={grid.width + 1}
            height={grid.height + 1}
            fill="none"
            stroke={theme.rule}
          />
          <ShareAxis
            side="bottom"
            at={grid.y + grid.height}
            label={latentName(plane.across)}
            place={shareX}
            end={grid.x + grid.width}
            theme={theme}
          />
          {latent > 1 && (
            <ShareAxis
              side="left"
              at={grid.x}
              label={latentName(plane.down)}
              place={shareY}
              end={grid.y}
              theme={theme}
            />
          )}
          {large?.marks}
        </>
      ),
    },
  };
}

/** A pointer that moves asks for the same grid again and again. */
const known = new WeakMap<SamplesFrame, Pixels>();

function gridPixels(decoded: SamplesFrame, columns: number, tile: Tile): Pixels {
  const pixels = known.get(decoded) ?? tilePixels(decoded, columns, tile);
  known.set(decoded, pixels);
  return pixels;
}

/** Whole pixels of the screen where there is room for one each. */
const wholeScale = (scale: number) => (scale >= 1 ? Math.floor(scale) : scale);

/** z at a share of the probability, to two decimals: one place is one choice. */
function placeOf(share: number): number {
  const z = normalQuantile(Math.min(1, Math.max(0, share)));
  return Math.round(100 * Math.max(-FURTHEST, Math.min(FURTHEST, z))) / 100;
}

const TICKS = [-2, -1, 0, 1, 2];

/** An axis on which equal lengths are equal shares of the probability. */
function ShareAxis(o: {
  readonly side: 'bottom' | 'left';
  readonly at: number;
  readonly label: string;
  readonly place: (z: number) => number;
  readonly end: number;
  readonly theme: Theme;
}): VNode {
  const { side, at, label, place, end, theme } = o;
  const text = { 'font-size': textSize.small, fill: theme.muted, stroke: 'none' };
  return (
    <g font-family={theme.font} stroke={theme.rule} class="axis">
      {TICKS.map((z) => {
        const p = place(z);
        const word = z < 0 ? `−${-z}` : String(z);
        return side === 'bottom' ? (
          <>
            <line x1={p} x2={p} y1={at} y2={at + 4} />
            <text x={p} y={at + 15} text-anchor="middle" {...text}>
              {word}
            </text>
          </>
        ) : (
          <>
            <line x1={at - 4} x2={at} y1={p} y2={p} />
            <text x={at - 7} y={p} text-anchor="end" dominant-baseline="central" {...text}>
              {word}
            </text>
          </>
        );
      })}
      {side === 'bottom' ? (
        <text x={end} y={at + 30} text-anchor="end" {...text} font-size={textSize.label}>
          {`${label}, even in the prior’s probability`}
        </text>
      ) : (
        <text x={at - 32} y={(place(0) + end) / 2} text-anchor="middle" {...text} font-size={textSize.label}>
          {label}
        </text>
      )}
    </g>
  );
}

interface Placed {
  readonly rasters: readonly RasterMark[];
  readonly marks: VNode;
}

/** What is decoded at the place, and the training row that is nearest to it. */
function largePictures(
  { decoded, nearest }: ManifoldPointFrame,
  at: { readonly x: number; readonly y: number },
  beside: boolean,
  theme: Theme,
): Placed {
  const second = beside ? { x: at.x, y: at.y + LARGE + CAPTION } : { x: at.x + LARGE + GAP, y: at.y };
  const one = picture(decoded, at, ['decoded here, E[x|z]'], theme);
  const other = picture(
    nearest.shown,
    second,
    [`training row ${formatCount(nearest.row + 1)}`, `differs by ${formatFixed(nearest.distance, 3)} (RMS)`],
    theme,
  );
  return {
    rasters: [...one.rasters, ...other.rasters],
    marks: (
      <>
        {one.marks}
        {other.marks}
      </>
    ),
  };
}

function picture(
  frame: SamplesFrame,
  at: { readonly x: number; readonly y: number },
  captions: readonly string[],
  theme: Theme,
): Placed {
  const tile = tileOf(frame);
  const pixels = tilePixels(frame, 1, tile);
  const scale = Math.min(48, wholeScale(LARGE / Math.max(...tile.size)));
  const box = { ...at, width: tile.size[1] * scale, height: tile.size[0] * scale };
  return {
    rasters: [{ ...box, pixels, source: wholeSource(pixels), hatched: false }],
    marks: (
      <g font-family={theme.font} font-size={textSize.small} fill={theme.muted}>
        <rect
          x={box.x - 0.5}
          y={box.y - 0.5}
          width={box.width + 1}
          height={box.height + 1}
          fill="none"
          stroke={theme.rule}
        />
        {captions.map((caption, i) => (
          <text x={box.x} y={box.y + box.height + 13 + 13 * i}>
            {caption}
          </text>
        ))}
      </g>
    ),
  };
}

/** Where the large picture is decoded: seen on black, on white and on grey. */
export function ManifoldMark({
  figure,
  place: [u, v],
  held,
  theme,
}: {
  readonly figure: Pick<ManifoldFigure, 'pointOf'>;
  readonly place: readonly [number, number];
  readonly held: boolean;
  readonly theme: Theme;
}): VNode {
  const [x, y] = figure.pointOf(u, v);
  return (
    <g fill="none" pointer-events="none" class="place">
      <circle cx={x} cy={y} r={7} stroke="#000000" stroke-width={4} />
      <circle cx={x} cy={y} r={7} stroke="#ffffff" stroke-width={2} />
      {held && <circle cx={x} cy={y} r={2.5} fill={theme.accent} stroke="#ffffff" />}
    </g>
  );
}
