import { expect, it } from 'vitest';
import { logAbsDet, logAbsDetInSteps } from '../../../src/flows/determinant.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

const random = RandomGenerator.seeded(2, 'matrices');
const normals = (count: number) => Float64Array.from({ length: count }, () => random.normal());

/** By expansion along the first row: nothing in common with elimination. */
function determinant(a: readonly number[][]): number {
  if (a.length === 0) return 1;
  return a[0]!.reduce((sum, entry, j) => {
    const minor = a.slice(1).map((row) => row.filter((_, column) => column !== j));
    return sum + (j % 2 === 0 ? 1 : -1) * entry * determinant(minor);
  }, 0);
}

it('is the logarithm of the determinant by expansion', () => {
  for (const size of [1, 2, 3, 5, 6]) {
    const matrix = normals(size * size);
    const rows = Array.from({ length: size }, (_, i) => [...matrix.subarray(i * size, (i + 1) * size)]);
    expect(logAbsDet(matrix)).toBeCloseTo(Math.log(Math.abs(determinant(rows))), 10);
  }
});

it('needs pivots where the diagonal begins with 0, and leaves the matrix as it was', () => {
  const matrix = Float64Array.of(0, 2, 0, 0, 0, 3, 4, 0, 0);
  expect(logAbsDet(matrix)).toBeCloseTo(Math.log(24), 12);
  expect([...matrix]).toEqual([0, 2, 0, 0, 0, 3, 4, 0, 0]);
});

it('is the sum of two of a product of large matrices, in several steps', () => {
  const size = 260;
  const [a, b] = [normals(size * size), normals(size * size)];
  const product = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      for (let j = 0; j < size; j++) product[i * size + j]! += a[i * size + k]! * b[k * size + j]!;
    }
  }
  expect(logAbsDet(product) / (logAbsDet(a) + logAbsDet(b))).toBeCloseTo(1, 9);
  let steps = 0;
  const work = logAbsDetInSteps(a);
  while (!work.next().done) steps++;
  expect(steps).toBeGreaterThan(0);
});

it('is −∞ of a singular matrix, NaN where an entry is not finite, 0 of none', () => {
  expect(logAbsDet([1, 2, 2, 4])).toBe(-Infinity);
  expect(logAbsDet([0, 0, 0, 0])).toBe(-Infinity);
  // Even where elimination would never come to it.
  expect(logAbsDet([1, NaN, 0, 1])).toBeNaN();
  expect(logAbsDet([1, 0, Infinity, 1])).toBeNaN();
  expect(logAbsDet([])).toBe(0);
  expect(() => logAbsDet([1, 2, 3])).toThrow('a matrix of 3 entries is not square');
});
