/**
 * Weights of one layer as pixels, a million in a few milliseconds: one bit of the mask says whether a weight exists,
 * one look-up in a palette of the 255 values that a quantised weight can have which colour it is.
 */
import type { WeightMatrix } from '../inspection/frames.ts';
import { decodeWeight, WEIGHT_CODES } from '../inspection/weightCodes.ts';
import { hasBit, wordsOf, type BitMatrix } from '../masks/bits.ts';
import { arrangedUnits, inversePermutation } from '../masks/sorting.ts';
import type { Rgb } from './colours.ts';
import type { Pixels } from './pixels.ts';
import { binOf, isBinned } from './weights.ts';

/** One side of a matrix: the degrees of its units, if they have any, and the units in the order shown. */
export interface Side {
  readonly degrees: Int32Array | null;
  readonly units: Int32Array;
}

export interface WeightPixelOptions {
  /** null draws every weight that exists in the colour of 0. */
  readonly matrix: WeightMatrix | null;
  /** Which weights exist: receivers as rows. */
  readonly mask: BitMatrix;
  /** Weights in a colour of their own, whatever their value: those that leak. */
  readonly flagged: { readonly mask: BitMatrix | null; readonly colour: Rgb };
  readonly receivers: Side;
  readonly senders: Side;
  /** Receivers along x instead of along y. */
  readonly turned: boolean;
  /** Colour of a weight by its share of `largest`, −1 … 1. */
  readonly colour: (share: number) => Rgb;
  readonly largest: number;
}

const VALUES = WEIGHT_CODES;

/** One pixel a weight; what does not exist is transparent. */
export function weightPixels(o: WeightPixelOptions): Pixels {
  const { matrix, mask, receivers, senders, turned } = o;
  const [width, height] = turned
    ? [receivers.units.length, senders.units.length]
    : [senders.units.length, receivers.units.length];
  const palette = paletteOf(o);
  const values = matrix?.values ?? new Int8Array(1);
  const columns = matrix?.binnedColumns ?? 0;
  // Where a unit's values are: the receiver's row of the matrix, the sender's column in it.
  const rowStart = matrix ? indicesOf(receivers, isBinned(matrix), matrix.binnedRows, columns) : nowhere(receivers);
  const column = matrix ? indicesOf(senders, isBinned(matrix), matrix.binnedColumns, 1) : nowhere(senders);
  const data = new Uint32Array(width * height);
  const stride = wordsOf(mask.columns);
  // From one sender to the next, and from one receiver to the next.
  const [along, across] = turned ? [width, 1] : [1, width];
  for (let r = 0; r < receivers.units.length; r++) {
    const start = receivers.units[r]! * stride;
    const base = rowStart[r]!;
    for (let s = 0, at = r * across; s < senders.units.length; s++, at += along) {
      const sender = senders.units[s]!;
      if (((mask.words[start + (sender >> 5)]! >>> (sender & 31)) & 1) === 1) {
        data[at] = palette[values[base + column[s]!]! + VALUES]!;
      }
    }
  }
  const pixels = { width, height, data: new Uint8ClampedArray(data.buffer) };
  if (o.flagged.mask) flag(pixels, o, o.flagged.mask);
  return pixels;
}

function flag({ width, data }: Pixels, { receivers, senders, turned, flagged }: WeightPixelOptions, mask: BitMatrix) {
  for (const [r, receiver] of receivers.units.entries()) {
    for (const [s, sender] of senders.units.entries()) {
      if (hasBit(mask, receiver, sender)) data.set(flagged.colour, 4 * (turned ? s * width + r : r * width + s));
    }
  }
}

const nowhere = ({ units }: Side) => new Int32Array(units.length);

/** For each position shown, where its values begin: by unit, or by the bin of its place among units sorted by degree. */
function indicesOf({ degrees, units }: Side, binned: boolean, bins: number, stride: number): Int32Array {
  if (!binned) return units.map((unit) => unit * stride);
  const place = inversePermutation(arrangedUnits({ units: units.length, degrees }));
  return units.map((unit) => binOf(place[unit]!, units.length, bins) * stride);
}

/** RGBA of every quantised value, as the machine stores it. */
function paletteOf({ matrix, colour, largest }: WeightPixelOptions): Uint32Array {
  const bytes = new Uint8Array((2 * VALUES + 1) * 4);
  const share = matrix && largest > 0 ? matrix.scale / largest : 0;
  for (let value = -VALUES; value <= VALUES; value++) {
    bytes.set([...colour(decodeWeight(value, share)), 255], (value + VALUES) * 4);
  }
  return new Uint32Array(bytes.buffer);
}
