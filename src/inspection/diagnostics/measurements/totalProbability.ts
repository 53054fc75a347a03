import type { Matrix } from '../../../data/dataset.ts';
import type { Measurement } from './measurement.ts';
import { sumOverRows } from './scoring.ts';

/** Most variables, by depth: each more doubles the rows. */
const DIMENSION = { facts: 0, cheap: 10, full: 16 } as const;

/** Σ p(x) over every binary row. */
export interface TotalProbability {
  readonly value: number;
  /** 2^D. */
  readonly rows: number;
}

/** Of models whose likelihood is exact: a bound's sum says nothing, and a loss has none. */
export const totalProbability: Measurement<TotalProbability> = {
  depth: 'cheap',
  applies: ({ support, quantity, dimension }, depth) =>
    support === 'binary' && quantity.kind === 'exact' && dimension <= DIMENSION[depth],
  async *measure(snapshot) {
    const { dimension } = snapshot.source.model;
    const rows = 2 ** dimension;
    const value = yield* sumOverRows(snapshot, rows, (from, to) => allBinaryRows(dimension, from, to), Math.exp);
    return { value, rows };
  },
};

/** Rows `from` … `to` − 1 of the list of all binary rows, in counting order, the first variable the highest bit. */
export function allBinaryRows(dimension: number, from: number, to: number): Matrix {
  const values = new Uint8Array((to - from) * dimension);
  for (let row = from, i = 0; row < to; row++) {
    for (let d = dimension - 1; d >= 0; d--, i++) values[i] = (row >>> d) & 1;
  }
  return { rows: to - from, columns: dimension, values };
}
