/** Splits rows at random. */
import { RandomGenerator } from '../random/generator.ts';
import type { SplitName } from '../spec/data.ts';
import { DataError, type Matrix } from './dataset.ts';
import { pickRows } from './matrix.ts';

export const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];

/**
 * Draws the shares of `matrix` without replacement, by the seed. A share of 0 gives null; shares that do not add up to 1
 * leave rows out.
 *
 * @throws DataError for shares above 1 together, none to train on, or a share too small for a single row.
 */
export function splitRows(
  matrix: Matrix,
  shares: Readonly<Record<SplitName, number>>,
  o: { readonly seed: number; readonly where: string },
): Record<SplitName, Matrix | null> {
  checkShares(shares, o.where);
  const order = RandomGenerator.seeded(o.seed, 'split').permutation(matrix.rows);
  let share = 0;
  const parts = splitNames.map((name): [SplitName, Matrix | null] => {
    const begin = boundary(share, matrix.rows);
    share += shares[name];
    const rows = order.subarray(begin, boundary(share, matrix.rows));
    if (shares[name] === 0) return [name, null];
    if (rows.length === 0) {
      throw new DataError(`${o.where}: ${shares[name]} of ${matrix.rows} rows is no row for ${name}; give it more`);
    }
    return [name, pickRows(matrix, rows)];
  });
  return Object.fromEntries(parts) as Record<SplitName, Matrix | null>;
}

/** @throws DataError for shares above 1 together, or none to train on. */
export function checkShares(shares: Readonly<Record<SplitName, number>>, where: string): void {
  const total = splitNames.reduce((sum, name) => sum + shares[name], 0);
  // Shares such as 0.7 + 0.2 + 0.1 are not exact in binary.
  if (total > 1 + 1e-9) throw new DataError(`${where}: the shares of split add up to ${total}; at most 1 is there`);
  if (shares.train === 0) throw new DataError(`${where}: split gives no row to train on`);
}

/** Rounding the sums of shares, not each share, leaves no row between two splits. */
function boundary(share: number, rows: number): number {
  return Math.min(rows, Math.round(share * rows));
}
