/** Helpers for matrices of rows. */
import type { Matrix } from './dataset.ts';

/** A matrix with the shape that it had in its file: [N, H, W] arrays are flattened to N rows of H × W columns. */
export interface ShapedMatrix extends Matrix {
  readonly shape: readonly number[];
}

/** The largest finite 32-bit float. */
export const largestFloat = 3.4028234663852886e38;

/** The same values as bytes when all of them are whole and between 0 and 255: a quarter of the memory. */
export function compact(values: Float32Array): Uint8Array | Float32Array {
  for (const value of values) if ((value & 0xff) !== value) return values;
  return Uint8Array.from(values);
}

/** The rows of the given numbers, in that order. */
export function pickRows(matrix: Matrix, rows: Int32Array): Matrix {
  const { columns, values } = matrix;
  const length = rows.length * columns;
  const picked = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  for (const [to, from] of rows.entries()) {
    picked.set(values.subarray(from * columns, (from + 1) * columns), to * columns);
  }
  return { rows: rows.length, columns, values: picked };
}
