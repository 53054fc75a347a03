import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { logAbsDet } from '../../../src/flows/determinant.ts';
import { conditionNumber, luFactors, randomRotation } from '../../../src/flows/linear.ts';
import { mixing, mixingMatrix } from '../../../src/flows/mixing.ts';
import { triangularSolve } from '../../../src/layers/triangularSolve.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { comparedGradient, proveBijectors, weightedSum } from './bijectorProofs.ts';
import { jacobians, tensorsOf, tried } from './proofs.ts';

const seeded = (seed: number) => RandomGenerator.seeded(seed, 'mixing');
const layers = [
  ['of one variable', mixing({ dimension: 1 })],
  ['of two', mixing({ dimension: 2 })],
  ['of three', mixing({ dimension: 3 })],
  ['of five', mixing({ dimension: 5 })],
  ['as a 1×1 convolution', mixing({ dimension: 12, channels: 3 })],
] as const;

proveBijectors(
  'mixing',
  layers.map(([name, layer]) => ({ name, layer })),
);

/** A B of square matrices. */
function product(a: Float64Array, b: Float64Array): Float64Array {
  const size = Math.sqrt(a.length);
  return Float64Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return Array.from({ length: size }, (_, k) => a[i * size + k]! * b[k * size + j]!).reduce((x, y) => x + y);
  });
}

const transpose = (a: Float64Array) => {
  const size = Math.sqrt(a.length);
  return a.map((_, at) => a[(at % size) * size + Math.floor(at / size)]!);
};

const identity = (size: number) =>
  Float64Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

/** R₁ diag(σ) R₂, of singular values σ. */
function withSingularValues(sigma: readonly number[]): Float64Array {
  const size = sigma.length;
  const [left, right] = [randomRotation(size, seeded(1)), randomRotation(size, seeded(2))];
  return product(
    left.map((entry, at) => entry * sigma[at % size]!),
    right,
  );
}

onEveryBackend('mixing', () => {
  it.each(layers)('starts as a rotation: no row longer or shorter, no volume lost: %s', async (_, layer) => {
    const one = tried(layer, { seed: 4, given: layer.initialise(seeded(8)) });
    for (const matrix of await jacobians(one)) {
      const { dimension } = layer;
      expect(furthest(product(matrix, transpose(matrix)), identity(dimension))).toBeLessThan(1e-5);
      expect(Math.abs(logAbsDet(matrix))).toBeLessThan(1e-5);
    }
  });

  it('multiplies by the matrix that its parameters are said to make, at every place', async () => {
    const layer = mixing({ dimension: 12, channels: 3 });
    const one = tried(layer, { seed: 6 });
    const named: NamedArrays = Object.fromEntries(
      layer.parameters.map(({ name, shape }) => [name, { shape, data: one.parameters[name]! }]),
    );
    // Entries beyond the triangles are drawn, too, and must not count.
    const masked = Object.fromEntries(
      Object.entries(named).map(([name, { shape, data }]) => {
        const mask = layer.masks[name]?.data;
        return [name, { shape, data: mask ? (data as Float32Array).map((own, at) => own * mask[at]!) : data }];
      }),
    );
    const matrix = mixingMatrix(named);
    expect(furthest(matrix, mixingMatrix(masked))).toBe(0);
    const [measured] = await jacobians(one);
    for (let place = 0; place < 4; place++) {
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j < 3; j++) {
          const found = measured![(3 * place + i) * 12 + 3 * place + j]!;
          expect(Math.abs(found - matrix[3 * i + j]!)).toBeLessThan(1e-5);
        }
      }
    }
  });

  it('is undone in float32 where rows are long', async () => {
    const layer = mixing({ dimension: 63 });
    const one = tried(layer, { seed: 4, given: layer.initialise(seeded(8)) });
    const back = await read(() => {
      const { x, inputs } = tensorsOf(one);
      return layer.inverse(layer.forward(x, inputs).y, inputs).x;
    });
    expect(furthest(back, one.x)).toBeLessThan(1e-4);
  });

  it.each(['lower', 'upper'] as const)(
    'solves systems with a %s triangle, and has their derivative',
    async (triangle) => {
      const size = 5;
      const random = seeded(3);
      // The other triangle holds what must not be read.
      const matrix = Float32Array.from({ length: size * size }, (_, at) => {
        const [i, j] = [Math.floor(at / size), at % size];
        if (i === j) return 2 + random.uniform();
        return (triangle === 'lower' ? j < i : j > i) ? random.normal() : 100;
      });
      const reads = (i: number, j: number) => (triangle === 'lower' ? j <= i : j >= i);
      const rows = Float32Array.from({ length: 3 * size }, () => random.normal());
      const z = await read(() =>
        triangularSolve(tf.tensor2d(matrix, [size, size]), tf.tensor2d(rows, [3, size]), triangle),
      );
      for (let n = 0; n < 3; n++) {
        for (let i = 0; i < size; i++) {
          let sum = 0;
          for (let j = 0; j < size; j++) if (reads(i, j)) sum += matrix[i * size + j]! * z[n * size + j]!;
          expect(Math.abs(sum - rows[n * size + i]!)).toBeLessThan(1e-5);
        }
      }
      const score = (m: tf.Tensor, b: tf.Tensor) =>
        weightedSum(triangularSolve(m as tf.Tensor2D, b as tf.Tensor2D, triangle), tf.zeros([3]));
      const ofMatrix = await comparedGradient({ shape: [size, size], values: matrix, entries: size * size }, (m) =>
        score(m, tf.tensor2d(rows, [3, size])),
      );
      for (const [at, slope] of ofMatrix.entries()) expect(slope !== 0).toBe(reads(Math.floor(at / size), at % size));
      await comparedGradient({ shape: [3, size], values: rows, entries: 3 * size }, (b) =>
        score(tf.tensor2d(matrix, [size, size]), b),
      );
    },
  );
});

describe('linear algebra in plain arrays', () => {
  it.each([1, 2, 3, 8, 40])('draws rotations of %i variables: orthogonal, and no reflections', (size) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const q = randomRotation(size, seeded(seed));
      expect(furthest(product(q, transpose(q)), identity(size))).toBeLessThan(1e-12);
      const { factors, rows } = luFactors(q);
      let determinant = signOf(rows);
      for (let i = 0; i < size; i++) determinant *= factors[i * size + i]!;
      expect(determinant).toBeCloseTo(1, 10);
    }
  });

  it('factors a matrix into a permutation and two triangles', () => {
    const a = Float64Array.from({ length: 36 }, () => 0).map((_, at) => Math.sin(1 + at * at));
    const { rows, factors } = luFactors(a);
    const lower = factors.map((own, at) => (at % 6 < Math.floor(at / 6) ? own : at % 7 === 0 ? 1 : 0));
    const upper = factors.map((own, at) => (at % 6 >= Math.floor(at / 6) ? own : 0));
    const lu = product(lower, upper);
    for (let i = 0; i < 6; i++) {
      expect(furthest(a.slice(i * 6, i * 6 + 6), lu.slice(rows[i]! * 6, rows[i]! * 6 + 6))).toBeLessThan(1e-12);
    }
    expect(Math.max(...lower.map(Math.abs))).toBe(1);
  });

  it.each([
    { name: 'a rotation', matrix: randomRotation(9, seeded(1)), expected: 1 },
    { name: 'one number', matrix: Float64Array.of(-3), expected: 1 },
    { name: 'a diagonal', matrix: Float64Array.of(2, 0, 0, -0.01), expected: 200 },
    { name: 'singular values from 8 to 10⁻³', matrix: withSingularValues([8, 3, 1, 0.5, 0.001]), expected: 8000 },
    { name: 'two alike at either end', matrix: withSingularValues([5, 5, 1, 0.1, 0.1]), expected: 50 },
    { name: 'the worst that stays above 0', matrix: withSingularValues([1, 1, 1, 1e-9]), expected: 1e9 },
  ])('finds the condition number of $name', ({ matrix, expected }) => {
    expect(conditionNumber(matrix) / expected).toBeCloseTo(1, 4);
  });

  it('finds no bound for a singular matrix, and nothing where there are no numbers', () => {
    expect(conditionNumber(Float64Array.of(1, 2, 2, 4))).toBe(Infinity);
    expect(conditionNumber(Float64Array.of(1, NaN, 2, 4))).toBeNaN();
  });
});

/** +1 or −1, by counting inversions. */
function signOf(permutation: Int32Array): number {
  let sign = 1;
  for (let i = 0; i < permutation.length; i++) {
    for (let j = 0; j < i; j++) if (permutation[j]! > permutation[i]!) sign = -sign;
  }
  return sign;
}
