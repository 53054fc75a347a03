import { describe, expect, it } from 'vitest';
import { symmetricEigenvalues } from '../../../src/inspection/eigenvalues.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

function eigenvalues(matrix: readonly (readonly number[])[]): Float64Array {
  const work = symmetricEigenvalues(Float64Array.from(matrix.flat()));
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Q diag(λ) Qᵀ with a random rotation Q, made of reflections. */
function rotated(values: readonly number[], seed: number): number[][] {
  const random = RandomGenerator.seeded(seed, 'rotation');
  const size = values.length;
  let a = values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));
  for (let turn = 0; turn < 3; turn++) {
    const v = values.map(() => random.normal());
    const square = v.reduce((sum, one) => sum + one * one, 0);
    const h = v.map((x, i) => v.map((y, j) => (i === j ? 1 : 0) - (2 * x * y) / square));
    const times = (one: number[][], other: number[][]) =>
      one.map((row) => row.map((_, j) => row.reduce((sum, x, k) => sum + x * other[k]![j]!, 0)));
    a = times(times(h, a), h);
  }
  expect(a).toHaveLength(size);
  return a;
}

describe('eigenvalues', () => {
  it('are those that the matrix was made of, repeated, zero and negative ones included', () => {
    for (const values of [[3], [2, 1], [5, 5, 1, 0, 0, -2], Array.from({ length: 40 }, (_, i) => 1.3 ** (20 - i))]) {
      const found = eigenvalues(rotated(values, values.length));
      for (const [i, value] of values.entries()) expect(found[i]).toBeCloseTo(value, 9);
    }
  });

  it('are the diagonal of what is diagonal, falling', () => {
    expect([
      ...eigenvalues([
        [1, 0, 0],
        [0, 7, 0],
        [0, 0, 0],
      ]),
    ]).toEqual([7, 1, 0]);
  });

  it('are refused where there are no numbers', () => {
    expect(() => eigenvalues([[NaN]])).toThrow('not finite');
  });
});
