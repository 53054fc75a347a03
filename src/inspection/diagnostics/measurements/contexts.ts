/** What rows of the training data are conditioned on: a few different ones, under each of which a density has to be one. */
import type { Matrix } from '../../../data/dataset.ts';
import { rowsBetween } from '../../../data/matrix.ts';

/** Rows of data among which different contexts are looked for. */
const CONTEXT_ROWS = 1000;

/** The first few different rows of a context, one matrix each. */
export function differentRows(context: Matrix | undefined, most: number): Matrix[] {
  const seen = new Map<string, Matrix>();
  for (let row = 0; row < Math.min(CONTEXT_ROWS, context?.rows ?? 0) && seen.size < most; row++) {
    const one = rowsBetween(context!, row, row + 1);
    const key = one.values.join(' ');
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}

/** One row of a context, for so many rows. */
export function repeated({ columns, values }: Matrix, rows: number): Matrix & { readonly values: Float32Array } {
  const all = Float32Array.from({ length: rows * columns }, (_, i) => values[i % columns]!);
  return { rows, columns, values: all };
}
