/** The most probable rows, each with its probability beside how often it occurs in the data. The rows are never themed. */
import type { VNode } from 'preact';
import type { ProbabilityFrame, RowSum } from '../inspection/probabilityFrame.ts';
import { channelsOf, type ImageSize } from '../spec/imageShape.ts';
import { visibleCharacter } from '../text/characters.ts';
import { runStyle } from './colours.ts';
import { wholeSource, type Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { imageGridPixels } from './pixels.ts';
import { formatValue } from './text.ts';
import { textSize, type Theme } from './theme.ts';
import { MONOSPACE } from './unitTextLayout.ts';

/** Where the rows stand: px. */
export interface MostLayout {
  readonly left: number;
  readonly top: number;
  /** Of one pixel or cell. */
  readonly cell: { readonly x: number; readonly y: number };
  readonly tile: ImageSize;
  /** From one row to the next. */
  readonly pitch: number;
  readonly count: number;
}

const TITLE = 22;
/** Height of a tile, about; of one in which something has to be found; of a row of cells. */
const TILE = 26;
const LARGE_TILE = 56;
/** Large tiles. */
const FEW = 6;
const CELL = 11;
/** Below, no letter can be read: the cells of a text are shades of grey then. */
const LEAST_LETTER = 6;
const WIDEST_TILE = 150;
const NUMBERS = 118;
const MIN_BARS = 40;

export function mostLayout(
  frame: ProbabilityFrame,
  sum: RowSum,
  at: { readonly x: number; readonly y: number; readonly width: number },
): MostLayout & { readonly gap: number } {
  const { image, dimension } = frame;
  const tile = image ?? ([1, dimension] as const);
  const large = image !== null && sum.given !== null;
  const scale = image ? Math.max(1, Math.floor((large ? LARGE_TILE : TILE) / image[0])) : CELL;
  const cell = image
    ? { x: scale, y: scale }
    : { x: Math.max(1, Math.min(CELL, Math.floor(WIDEST_TILE / dimension))), y: frame.characters ? CELL + 3 : CELL };
  // The gap between two rows of the raster, in its pixels.
  const gap = image ? Math.max(1, Math.ceil(6 / scale)) : 1;
  return {
    left: at.x,
    top: at.y + TITLE,
    cell,
    tile,
    gap,
    pitch: (tile[0] + gap) * cell.y,
    count: Math.min(sum.most.probability.length, large ? FEW : Infinity),
  };
}

/** Outlines of some variables in every row shown, just outside them; neighbours within a line share one. */
export function mostPath({ left, top, cell, tile, pitch, count }: MostLayout, variables: Iterable<number>): string {
  const channels = channelsOf(tile);
  const marked = [...new Set(Array.from(variables, (d) => Math.floor(d / channels)))].sort((a, b) => a - b);
  const runs: { readonly from: number; length: number }[] = [];
  for (const d of marked) {
    const last = runs[runs.length - 1];
    if (last && d === last.from + last.length && d % tile[1] !== 0) last.length++;
    else runs.push({ from: d, length: 1 });
  }
  let path = '';
  for (const { from, length } of runs) {
    const x = left + (from % tile[1]) * cell.x - 0.5;
    const width = length * cell.x + 1;
    for (let row = 0; row < count; row++) {
      const y = top + row * pitch + Math.floor(from / tile[1]) * cell.y - 0.5;
      path += `M${x} ${y}h${width}v${cell.y + 1}h${-width}z`;
    }
  }
  return path;
}

/** The characters of the rows, or null where they are none, or too small to be read. */
function letters(
  { characters, dimension }: ProbabilityFrame,
  { most }: RowSum,
  { left, top, cell, tile, pitch, count }: MostLayout,
  theme: Theme,
): VNode | null {
  if (!characters || cell.x < LEAST_LETTER) return null;
  return (
    <g font-family={MONOSPACE} font-size={Math.min(textSize.small, cell.x * 1.5)} fill={theme.foreground}>
      {Array.from({ length: count * tile[1] }, (_, i) => {
        const [row, d] = [Math.floor(i / tile[1]), i % tile[1]];
        const character = characters[most.values[row * dimension + d]!] ?? '';
        return (
          <text
            x={left + (d + 0.5) * cell.x}
            y={top + row * pitch + cell.y / 2}
            text-anchor="middle"
            dominant-baseline="central"
          >
            {visibleCharacter(character)}
          </text>
        );
      })}
    </g>
  );
}

export function mostProbable(
  frame: ProbabilityFrame,
  sum: RowSum,
  at: { readonly x: number; readonly y: number; readonly width: number },
  theme: Theme,
): { readonly drawing: Drawing; readonly legend: LegendItem[]; readonly layout: MostLayout } {
  const layout = mostLayout(frame, sum, at);
  const { count, tile, cell, pitch, left, top } = layout;
  const { probability, frequency, values } = sum.most;
  const pixels = imageGridPixels({
    values:
      sum.levels === 2
        ? values.map((value) => value * 255)
        : values.map((value) => Math.round((value * 255) / (sum.levels - 1))),
    count,
    image: tile,
    columns: 1,
    gap: layout.gap,
  });
  const written = letters(frame, sum, layout, theme);
  const wide = tile[1] * cell.x;
  const tall = tile[0] * cell.y;
  const start = left + wide + 12;
  const room = Math.max(MIN_BARS, at.width - wide - 12 - NUMBERS);
  const most = Math.max(...probability, ...(frequency ?? []), 1e-300);
  const bar = Math.max(3, Math.min(9, Math.floor(tall / 2) - 1));
  const own = runStyle(theme.kind, 0).colour;
  const data = runStyle(theme.kind, 1).colour;
  const what =
    frame.quantity.kind === 'exact' ? 'probability' : `exp(${frame.quantity.kind === 'loss' ? '−loss' : 'bound'})`;
  const title = sum.given
    ? 'The most probable ways to go on'
    : frame.quantity.kind === 'loss'
      ? 'The rows with the least loss'
      : 'The most probable rows';
  const marks = (
    <g font-family={theme.font} font-size={textSize.small} style="font-variant-numeric: tabular-nums">
      <text x={left} y={at.y + 10} font-size={textSize.label} font-weight="600" fill={theme.foreground}>
        {title}
      </text>
      {frequency && (
        <g fill={theme.muted} text-anchor="end">
          <text x={left + at.width - 58} y={at.y + 10}>
            {frame.quantity.kind === 'exact' ? 'p' : 'exp'}
          </text>
          <text x={left + at.width} y={at.y + 10}>
            in the data
          </text>
        </g>
      )}
      {Array.from(probability.subarray(0, count), (value, i) => {
        const y = top + i * pitch;
        const middle = y + tall / 2;
        const length = (own: number) => Math.max(0.5, (own / most) * room);
        return (
          <g>
            <rect x={left - 0.5} y={y - 0.5} width={wide + 1} height={tall + 1} fill="none" stroke={theme.rule} />
            <rect
              x={start}
              y={frequency ? middle - bar - 0.5 : middle - bar / 2}
              width={length(value)}
              height={bar}
              fill={own}
            />
            {frequency && (
              <rect
                x={start + 0.5}
                y={middle + 1}
                width={length(frequency[i]!)}
                height={bar - 1}
                fill="none"
                stroke={data}
              />
            )}
            <text
              x={left + at.width - (frequency ? 58 : 0)}
              y={middle}
              text-anchor="end"
              dominant-baseline="central"
              fill={theme.foreground}
            >
              {formatValue(value)}
            </text>
            {frequency && (
              <text x={left + at.width} y={middle} text-anchor="end" dominant-baseline="central" fill={theme.muted}>
                {formatValue(frequency[i]!)}
              </text>
            )}
          </g>
        );
      })}
      {written}
      {sum.given && (
        <path d={mostPath(layout, sum.given.variables)} fill="none" stroke={theme.accent} stroke-width={0.75} />
      )}
    </g>
  );
  const raster = { x: left, y: top, width: pixels.width * cell.x, height: pixels.height * cell.y };
  return {
    drawing: {
      width: at.width,
      height: TITLE + count * pitch,
      rasters:
        count === 0 || written !== null ? [] : [{ ...raster, pixels, source: wholeSource(pixels), hatched: false }],
      marks,
    },
    legend: [
      { mark: 'patch', label: what, colour: own },
      ...(frequency ? [{ mark: 'dot' as const, label: 'share of the training rows', colour: data, hollow: true }] : []),
      ...(sum.given ? [{ mark: 'line' as const, label: 'variables that took all values', colour: theme.accent }] : []),
    ],
    layout,
  };
}
