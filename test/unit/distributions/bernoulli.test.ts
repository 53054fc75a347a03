import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { bernoulliEntries, bernoulliMean, bernoulliNll } from '../../../src/distributions/bernoulli.ts';
import { sumOfRows } from '../../../src/distributions/sum.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { onImitatedToo } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';

const logits = [-100, -30, -9, -1, -1e-4, 0, 0.3, 4, 25, 100];

/** log σ(±z) in float64. */
function logProb(x: number, z: number): number {
  const s = (2 * x - 1) * z;
  return s > 0 ? -Math.log1p(Math.exp(-s)) : s - Math.log1p(Math.exp(s));
}

onImitatedToo('Bernoulli', () => {
  it('is exact in both tails, for both values', async () => {
    for (const x of [0, 1]) {
      const found = await read(() => bernoulliEntries(tf.fill([1, logits.length], x), tf.tensor2d([logits])));
      for (const [i, z] of logits.entries()) {
        const expected = logProb(x, z);
        expect(Math.abs(found[i]! - expected)).toBeLessThan(1e-6 + 1e-6 * Math.abs(expected));
      }
    }
  });

  it('gives p(0) + p(1) = 1', async () => {
    const sums = await read(() => {
      const z = tf.tensor2d([logits]);
      const [zero, one] = [0, 1].map((x) => tf.exp(bernoulliEntries(tf.fill([1, logits.length], x), z)));
      return tf.add(zero!, one!);
    });
    for (const sum of sums) expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
  });

  it('has the gradient σ(z) − x, weighted by row', async () => {
    const x = logits.map((_, i) => i % 2);
    const gradient = await read(() =>
      tf.grad((z: tf.Tensor) => bernoulliNll(tf.tensor2d([x, x]), z as Tensor2D))(
        tf.tensor2d([logits, logits]),
        tf.tensor1d([1, -3]),
      ),
    );
    for (const [i, z] of logits.entries()) {
      const expected = bernoulliMean(z) - x[i]!;
      expect(Math.abs(gradient[i]! - expected)).toBeLessThan(1e-6);
      expect(Math.abs(gradient[logits.length + i]! + 3 * expected)).toBeLessThan(3e-6);
    }
  });

  it('keeps NaN', async () => {
    const found = await read(() => bernoulliNll(tf.tensor2d([[1, 0, 1]]), tf.tensor2d([[0, NaN, 1]])));
    expect(found).toEqual([NaN]);
  });
});

onImitatedToo('sum of rows', () => {
  it.each([1, 3, 64, 65, 100, 784, 1009])('is right to float32 rounding over %i columns', async (columns) => {
    const random = RandomGenerator.seeded(columns, 'sum');
    const values = Float32Array.from({ length: 5 * columns }, () => -random.uniform());
    const found = await read(() => sumOfRows(tf.tensor2d(values, [5, columns])));
    for (let row = 0; row < 5; row++) {
      const exact = values.subarray(row * columns, (row + 1) * columns).reduce((a, b) => a + b, 0);
      expect(Math.abs(found[row]! - exact) / Math.abs(exact)).toBeLessThan(3e-7);
    }
  });
});
