/** Makes grey values binary. */
import { RandomGenerator } from '../random/generator.ts';
import type { DataSpec } from '../spec/data.ts';
import { DataError, type Matrix } from './dataset.ts';
import { withContext } from './matrix.ts';

export type Binarization = DataSpec['binarize'];

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
 * (Salakhutdinov & Murray 2008, "On the quantitative analysis of deep belief networks").
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
