import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { uniform } from '../../../src/flows/bases.ts';
import type { BijectorInputs } from '../../../src/flows/bijector.ts';
import { flowLogProb, type Flow } from '../../../src/flows/flow.ts';
import { levelScaling, logit } from '../../../src/flows/pixels.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { proveBijectors } from './bijectorProofs.ts';

const nothing: BijectorInputs = { parameters: {}, masks: {}, context: null };

proveBijectors('a layer for pixels', [
  { name: 'levels scaled to 0 … 1', layer: levelScaling(3, 5) },
  { name: 'levels of one variable', layer: levelScaling(1, 256) },
  // An α for which the rows of the proof, some of them −2 or 3, lie inside.
  { name: 'a logit', layer: logit(3, 0.45) },
]);

/** Levels of a byte with their noise, and both ends. */
function dequantised(rows: number, dimension: number): Float32Array {
  const random = RandomGenerator.seeded(11, 'pixels');
  const drawn = Float32Array.from({ length: rows * dimension }, () => random.integer(0, 255) + random.uniform());
  drawn[0] = 0;
  drawn[1] = 255.999;
  return drawn;
}

onEveryBackend('pixels', () => {
  it.each([1, 4, 784, 3072])(
    'read exactly 8 bits for each of %i variables where all levels are as likely',
    async (d) => {
      const flow: Flow = {
        dimension: d,
        base: uniform(d),
        layers: [{ kind: 'pixels', title: 'Levels', about: '', bijector: levelScaling(d, 256) }],
      };
      const rows = 3;
      const logProb = await read(
        () => flowLogProb(flow, tf.tensor2d(dequantised(rows, d), [rows, d]), nothing).logProb,
      );
      for (const nats of logProb) expect((-nats / (d * Math.LN2)).toFixed(6)).toBe('8.000000');
    },
  );

  it('come to 8 bits through the logit as well, with the density that the uniform one becomes', async () => {
    // σ'(y)/(1 − 2α) is the density of logit(α + (1 − 2α)x) for even x on [0, 1].
    const [rows, d, alpha] = [4, 6, 0.05];
    const [levels, logits] = [levelScaling(d, 256), logit(d, alpha)];
    const x = dequantised(rows, d);
    const logProb = await read(() => {
      const scaled = levels.forward(tf.tensor2d(x, [rows, d]), nothing);
      const { y, logDet } = logits.forward(scaled.y, nothing);
      const log = tf.neg(tf.add(tf.softplus(y), tf.softplus(tf.neg(y))));
      const base = tf.sum<tf.Tensor1D>(tf.sub(log, Math.log(1 - 2 * alpha)), 1);
      return tf.add(tf.add(base, logDet), scaled.logDet);
    });
    for (const nats of logProb) expect(-nats / (d * Math.LN2)).toBeCloseTo(8, 5);
  });

  it('are as exact at the ends as float32 is, for the α of digits', async () => {
    const alpha = 1e-6;
    const x = Float32Array.of(0, 1, 2 ** -24, 1 - 2 ** -24, 0.25, 0.999);
    const layer = logit(1, alpha);
    const found = await read(() => {
      const { y, logDet } = layer.forward(tf.tensor2d(x, [x.length, 1]), nothing);
      return tf.concat([y, tf.expandDims<Tensor2D>(logDet, 1)], 1);
    });
    for (const [n, value] of x.entries()) {
      const [p, rest] = [alpha + (1 - 2 * alpha) * value, alpha + (1 - 2 * alpha) * (1 - value)];
      const [y, logDet] = [Math.log(p / rest), Math.log((1 - 2 * alpha) / (p * rest))];
      expect(Math.abs(found[2 * n]! - y)).toBeLessThan(1e-5);
      expect(Math.abs(found[2 * n + 1]! - logDet)).toBeLessThan(1e-5);
    }
  });
});

describe('a layer for pixels', () => {
  it('refuses what is no number of levels, and an α that leaves nothing', () => {
    expect(() => levelScaling(4, 1)).toThrow('pixels of 1 levels cannot be scaled');
    expect(() => levelScaling(4, 2.5)).toThrow('there are two levels at least');
    expect(() => logit(4, 0)).toThrow('α is 0; it has to lie above 0 and below 0.5');
    expect(() => logit(4, 0.5)).toThrow('α is 0.5');
  });
});
