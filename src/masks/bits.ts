/** Masks with one bit a weight: a million weights in 128 KB, and 32 of them followed at once. */
import type { MaskMatrix } from './matrix.ts';

/** Bit `column & 31` of word `row · ⌈columns / 32⌉ + (column >> 5)` is 1 where the weight exists. */
export interface BitMatrix {
  /** Units of the layer that receives. */
  readonly rows: number;
  /** Units of the layer that sends. */
  readonly columns: number;
  readonly words: Uint32Array;
}

/** Words that a row takes. */
export const wordsOf = (columns: number): number => (columns + 31) >>> 5;

/** The bits for which a predicate over (row, column) holds. */
export function bitsOf(rows: number, columns: number, allowed: (row: number, column: number) => boolean): BitMatrix {
  const stride = wordsOf(columns);
  const words = new Uint32Array(rows * stride);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) if (allowed(r, c)) words[r * stride + (c >> 5)]! |= 1 << (c & 31);
  }
  return { rows, columns, words };
}

export function packed({ rows, columns, cells }: MaskMatrix): BitMatrix {
  return bitsOf(rows, columns, (r, c) => cells[r * columns + c] === 1);
}

export function hasBit({ columns, words }: BitMatrix, row: number, column: number): boolean {
  return ((words[row * wordsOf(columns) + (column >> 5)]! >>> (column & 31)) & 1) === 1;
}

/** Number of weights that exist. */
export function countBits({ words }: BitMatrix): number {
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    for (let word = words[i]!; word !== 0; word &= word - 1) count++;
  }
  return count;
}

export function sameBits(a: BitMatrix, b: BitMatrix): boolean {
  if (a === b) return true;
  if (a.rows !== b.rows || a.columns !== b.columns) return false;
  for (let i = 0; i < a.words.length; i++) if (a.words[i] !== b.words[i]) return false;
  return true;
}

/** Calls `visit` with the column of every bit of a row, rising. */
export function forEachBit({ columns, words }: BitMatrix, row: number, visit: (column: number) => void): void {
  const stride = wordsOf(columns);
  for (let w = 0; w < stride; w++) {
    for (let word = words[row * stride + w]!; word !== 0; word &= word - 1) {
      visit((w << 5) + 31 - Math.clz32(word & -word));
    }
  }
}
