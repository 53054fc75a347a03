/** Helpers for matrices of rows. */
import type { Matrix } from './dataset.ts';

/** A matrix with the shape that it had in its file: [N, H, W] arrays are flattened to N rows of H × W columns. */
export interface ShapedMatrix extends Matrix {
  readonly shape: readonly number[];
}

/** Images plane after plane, [N, C, H, W], turned into images pixel after pixel, [N, H, W, C]. */
export function pixelByPixel({ rows, columns, values, shape }: ShapedMatrix): ShapedMatrix {
  const [, channels = 1, height = 1, width = 1] = shape;
  const pixels = height * width;
  const turned = values.slice();
  for (let row = 0, at = 0; row < rows; row++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let c = 0; c < channels; c++, at++) turned[at] = values[row * columns + c * pixels + pixel]!;
    }
  }
  return { rows, columns, values: turned, shape: [rows, height, width, channels] };
}

/** The largest finite 32-bit float. */
export const largestFloat = 3.4028234663852886e38;

/** The largest value, 0 where all are below. */
export function largestOf({ values }: Pick<Matrix, 'values'>): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}

/** The same values as bytes when all of them are whole and between 0 and 255: a quarter of the memory. */
export function compact(values: Float32Array): Uint8Array | Float32Array {
  for (const value of values) if ((value & 0xff) !== value) return values;
  return Uint8Array.from(values);
}

/** The rows of the given numbers, in that order, with what they are conditioned on. */
export function pickRows(matrix: Matrix, rows: Int32Array): Matrix {
  const { columns, values, context } = matrix;
  const length = rows.length * columns;
  const picked = values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  for (const [to, from] of rows.entries()) {
    picked.set(values.subarray(from * columns, (from + 1) * columns), to * columns);
  }
  return withContext({ rows: rows.length, columns, values: picked }, context && pickRows(context, rows));
}

/** Rows `from` … `to` − 1 with what they are conditioned on; shares their memory. */
export function rowsBetween({ columns, values, context }: Matrix, from: number, to: number): Matrix {
  const rows = { rows: to - from, columns, values: values.subarray(from * columns, to * columns) };
  return withContext(rows, context && rowsBetween(context, from, to));
}

/** The rows with this context, or as they are where there is none. */
export function withContext(rows: Matrix, context: Matrix | undefined): Matrix {
  return context === undefined ? rows : { ...rows, context };
}
