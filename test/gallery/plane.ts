/** Squares of the plane as pixels: where each pixel is, rows counted in them, and values as shades of the project's ramp. */
import { encode } from 'fast-png';
import { magnitudeRamp } from '../../src/figures/ramps.ts';

/** A square of the plane, in the units of the data. */
export interface Square {
  readonly left: number;
  readonly bottom: number;
  readonly size: number;
}

/** Room around the rows, as a share of their extent. */
const MARGIN = 0.05;

/** The smallest square around all rows, with a margin. @param rows [N, 2] row-major. */
export function squareAround(rows: ArrayLike<number>): Square {
  const ends = [0, 1].map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (let at = axis; at < rows.length; at += 2) {
      low = Math.min(low, rows[at]!);
      high = Math.max(high, rows[at]!);
    }
    return { middle: (low + high) / 2, length: high - low };
  });
  const size = (1 + 2 * MARGIN) * Math.max(...ends.map(({ length }) => length));
  const [x, y] = ends.map(({ middle }) => middle - size / 2);
  return { left: x!, bottom: y!, size };
}

/** The middles of all pixels, [side², 2], the top row of the picture first. */
export function pixelMiddles({ left, bottom, size }: Square, side: number): Float32Array {
  const points = new Float32Array(side * side * 2);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const [row, column] = [Math.floor(pixel / side), pixel % side];
    points[2 * pixel] = left + ((column + 0.5) / side) * size;
    points[2 * pixel + 1] = bottom + ((side - row - 0.5) / side) * size;
  }
  return points;
}

/** How many rows are in each pixel, [side²] in the order of `pixelMiddles`; those outside the square are left out. */
export function countRows(rows: ArrayLike<number>, { left, bottom, size }: Square, side: number): Float64Array {
  const counts = new Float64Array(side * side);
  for (let at = 0; at < rows.length; at += 2) {
    const column = Math.floor(((rows[at]! - left) / size) * side);
    const row = side - 1 - Math.floor(((rows[at + 1]! - bottom) / size) * side);
    if (column >= 0 && column < side && row >= 0 && row < side) counts[row * side + column]! += 1;
  }
  return counts;
}

/** Few enough for small files, too many to be told apart. */
const SHADES = 64;

/**
 * Shades 0 … 63 by the root of the values, so that thin parts are seen.
 * @param values At least 0. @param full What gets the brightest shade, with all above it.
 * @throws RangeError for a value that is negative or no number.
 */
export function shadesOf(values: Float64Array, full: number): Uint8Array {
  return Uint8Array.from(values, (value) => {
    if (!(value >= 0)) throw new RangeError(`a density or count is at least 0, found ${value}`);
    return Math.round((SHADES - 1) * Math.sqrt(Math.min(1, value / full)));
  });
}

/** The value that all but the largest `share` of the positive ones stay below: one spike does not darken the rest. */
export function fullShadeAt(values: Float64Array, share: number): number {
  const sorted = values.filter((value) => value > 0).sort();
  if (sorted.length === 0) throw new RangeError('nothing to draw: every value is 0');
  return sorted[Math.floor((1 - share) * (sorted.length - 1))]!;
}

/** A square picture of shades, viridis from dark to bright, as PNG with a palette. */
export function shadedPng(shades: Uint8Array): Uint8Array {
  const side = Math.sqrt(shades.length);
  const ramp = magnitudeRamp();
  const palette = Array.from({ length: SHADES }, (_, shade) => {
    const at = Math.round((shade / (SHADES - 1)) * 255) * 3;
    return [ramp[at]!, ramp[at + 1]!, ramp[at + 2]!];
  });
  return encode({ width: side, height: side, data: shades, channels: 1, depth: 8, palette }, { zlib: { level: 9 } });
}
