/**
 * Weights of one layer as pixels, a million in a few milliseconds: one look-up a cell in a palette of the 255 values
 * that a quantised weight can have, and one comparison of degrees to know whether the weight exists.
 */
import type { WeightMatrix } from '../inspection/frames.ts';
import type { Rgb } from './colours.ts';
import { inversePermutation, sortedByDegree } from './dependencies.ts';
import type { Pixels } from './pixels.ts';
import { binOf, isBinned } from './weights.ts';

/** One side of a matrix: the degrees of its units, and the units in the order shown. */
export interface Side {
  readonly degrees: Int32Array;
  readonly units: Int32Array;
}

export interface WeightPixelOptions {
  /** null draws every weight that exists in the colour of 0. */
  readonly matrix: WeightMatrix | null;
  readonly receivers: Side;
  readonly senders: Side;
  /** Whether a degree must be larger than the one below, as into outputs, or may be equal. */
  readonly strict: boolean;
  /** Receivers along x instead of along y. */
  readonly turned: boolean;
  /** Colour of a weight by its share of `largest`, −1 … 1. */
  readonly colour: (share: number) => Rgb;
  readonly largest: number;
}

const VALUES = 127;

/** One pixel a weight; what does not exist is transparent. */
export function weightPixels(o: WeightPixelOptions): Pixels {
  const { matrix, receivers, senders, strict, turned } = o;
  const [across, down] = turned ? [receivers, senders] : [senders, receivers];
  const [width, height] = [across.units.length, down.units.length];
  const palette = paletteOf(o);
  const values = matrix?.values ?? new Int8Array(1);
  const columns = matrix?.binnedColumns ?? 0;
  // Where a unit's values are: the receiver's row of the matrix, the sender's column in it.
  const rowStart = matrix ? indicesOf(receivers, isBinned(matrix), matrix.binnedRows, columns) : nowhere(receivers);
  const column = matrix ? indicesOf(senders, isBinned(matrix), matrix.binnedColumns, 1) : nowhere(senders);
  const [acrossAt, downAt] = turned ? [rowStart, column] : [column, rowStart];
  const acrossDegrees = Int32Array.from(across.units, (unit) => across.degrees[unit]!);
  const data = new Uint32Array(width * height);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const base = downAt[y]!;
    const own = down.degrees[down.units[y]!]!;
    for (let x = 0; x < width; x++, at++) {
      const gap = turned ? acrossDegrees[x]! - own : own - acrossDegrees[x]!;
      if (strict ? gap > 0 : gap >= 0) data[at] = palette[values[base + acrossAt[x]!]! + VALUES]!;
    }
  }
  return { width, height, data: new Uint8ClampedArray(data.buffer) };
}

const nowhere = ({ units }: Side) => new Int32Array(units.length);

/** For each position shown, where its values begin: by unit, or by the bin of its place among units sorted by degree. */
function indicesOf({ degrees, units }: Side, binned: boolean, bins: number, stride: number): Int32Array {
  if (!binned) return units.map((unit) => unit * stride);
  const place = inversePermutation(sortedByDegree(degrees));
  return units.map((unit) => binOf(place[unit]!, units.length, bins) * stride);
}

/** RGBA of every quantised value, as the machine stores it. */
function paletteOf({ matrix, colour, largest }: WeightPixelOptions): Uint32Array {
  const bytes = new Uint8Array((2 * VALUES + 1) * 4);
  const unit = matrix && largest > 0 ? matrix.scale / VALUES / largest : 0;
  for (let value = -VALUES; value <= VALUES; value++) {
    bytes.set([...colour(value * unit), 255], (value + VALUES) * 4);
  }
  return new Uint32Array(bytes.buffer);
}
