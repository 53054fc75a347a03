/** Makes grey values binary, or brings them between 0 and 1. */
import { RandomGenerator } from '../random/generator.ts';
import type { RowsSpec } from '../spec/data.ts';
import { type Chances, DataError, type Matrix } from './dataset.ts';
import { withContext } from './matrix.ts';

export type Binarization = RowsSpec['binarize'];

/**
 * The value that stands for white: 1 where no value is larger, 255 where whole numbers go beyond 127 (eight-bit images
 * whose brightest pixel may be less), the largest value otherwise.
 */
export function rangeOf({ values }: Matrix): number {
  let largest = 0;
  let whole = true;
  for (const value of values) {
    if (value > largest) largest = value;
    if (!Number.isInteger(value)) whole = false;
  }
  if (largest <= 1) return 1;
  return whole && largest > 127 && largest <= 255 ? 255 : largest;
}

/**
 * `threshold`: 1 where a value is at least half the range; `stochastic`: 1 with probability value / range, at most 1
 * (Salakhutdinov & Murray 2008, "On the quantitative analysis of deep belief networks"); `dynamic`: one such draw, which
 * training rows stand for alone where a draw of every minibatch is not asked for (see {@link drawAnew}).
 *
 * What rows are conditioned on stays as it is.
 *
 * @param stream Names the split, so that each draws from a stream of its own.
 * @throws DataError for a negative value.
 */
export function binarize(
  matrix: Matrix,
  how: Binarization,
  o: { readonly range: number; readonly seed: number; readonly stream: string; readonly where: string },
): Matrix {
  if (how === 'none') return matrix;
  const { rows, columns, values } = matrix;
  const negative = values.findIndex((value) => value < 0);
  if (negative >= 0) {
    const place = `row ${Math.floor(negative / columns) + 1}, column ${(negative % columns) + 1}`;
    throw new DataError(
      `${o.where}, ${place}: is ${values[negative]}; binarize "${how}" takes values from 0 to ${o.range}`,
    );
  }
  const binary = new Uint8Array(values.length);
  if (how === 'threshold') {
    for (let i = 0; i < values.length; i++) binary[i] = 2 * values[i]! >= o.range ? 1 : 0;
  } else {
    const random = RandomGenerator.seeded(o.seed, `binarize/${o.stream}`);
    for (let i = 0; i < values.length; i++) binary[i] = random.uniform() * o.range < values[i]! ? 1 : 0;
  }
  return withContext({ rows, columns, values: binary }, matrix.context);
}

/** Training rows made binary once, with what fresh draws of them go by. */
export function withChances(once: Matrix, grey: Matrix, range: number): Matrix {
  return { ...once, chances: { values: grey.values, range } };
}

/**
 * Fresh binary values of some rows for one minibatch (Burda et al. 2016, appendix D): [rows, columns] row-major.
 *
 * @param step Names the draw together with the seed, so that a step can be taken again, and a run go on, bit for bit.
 */
export function drawAnew(
  { values, range }: Chances,
  { rows, columns, seed, step }: { rows: Int32Array; columns: number; seed: number; step: number },
): Float32Array {
  const random = RandomGenerator.seeded(seed, `binarize/step/${step}`);
  const drawn = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) {
    for (let d = 0; d < columns; d++) {
      const chance = values[row * columns + d]!;
      // Most pixels are black or white, and their draw is certain.
      if (chance > 0) drawn[i * columns + d] = chance >= range || random.uniform() * range < chance ? 1 : 0;
    }
  }
  return drawn;
}

/** Every value divided by the range. */
export function scaled(matrix: Matrix, range: number): Matrix {
  return { ...matrix, values: Float32Array.from(matrix.values, (value) => value / range) };
}
