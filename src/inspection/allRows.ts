/** Every row that there can be, where variables take few values. */
import type { Matrix } from '../data/dataset.ts';

/**
 * Rows `from` … `to` − 1 of the L^D rows of D variables of L levels, [to − from, D], in counting order, the first variable
 * the highest digit; with 2 levels of all binary rows.
 */
export function allRows(levels: number, dimension: number, from: number, to: number): Matrix {
  const length = (to - from) * dimension;
  const values = levels <= 256 ? new Uint8Array(length) : new Float32Array(length);
  for (let row = from, end = dimension; row < to; row++, end += dimension) {
    let rest = row;
    for (let i = end - 1; i >= end - dimension; i--) {
      values[i] = rest % levels;
      rest = Math.floor(rest / levels);
    }
  }
  return { rows: to - from, columns: dimension, values };
}
