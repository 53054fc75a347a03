/** The repaired kernels of the webgpu backend, against the cpu backend. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import { read } from './read.ts';

const rung = inject('rungs').find(({ name }) => name === 'webgpu')!;
if (rung.available) describe('webgpu kernels', suite);
else it('webgpu kernels', (context) => context.skip(rung.reason));

function suite(): void {
  beforeAll(async () => {
    await startBackend('webgpu');
  });

  async function onBoth(compute: () => tf.Tensor): Promise<{ found: number[]; expected: number[] }> {
    await startBackend('cpu');
    const expected = await read(compute);
    await startBackend('webgpu');
    return { found: await read(compute), expected };
  }

  const ramp = (n: number) => Array.from({ length: n }, (_, i) => Math.sin(3 * i) + 0.1 * i);

  it.each([1, 2, 5, 8, 13, 40])('sums backwards over %i values, whatever was summed before', async (n) => {
    for (const exclusive of [false, true]) {
      const { found, expected } = await onBoth(() => tf.cumsum(tf.tensor2d(ramp(3 * n), [3, n]), 1, exclusive, true));
      for (const [i, value] of expected.entries())
        expect(Math.abs(found[i]! - value)).toBeLessThan(1e-6 * (1 + Math.abs(value)));
    }
  });

  it('counts, with and without weights, and leaves out what is too large', async () => {
    const x = [0, 2, 2, 5, 1, 2, 9];
    for (const weights of [[], [0.5, 1.5, -2, 3, 4, 0.25, 7]]) {
      const { found, expected } = await onBoth(() => tf.bincount(tf.tensor1d(x, 'int32'), tf.tensor1d(weights), 6));
      expect(found).toEqual(expected);
    }
  });

  it.each(['exp', 'expm1', 'elu', 'sigmoid', 'softplus', 'tanh'] as const)(
    '%s keeps NaN and nothing else',
    async (name) => {
      // More values than are computed on the processor instead.
      const values = Float32Array.from({ length: 2000 }, (_, i) =>
        i % 7 === 3 ? NaN : i === 4 ? -Infinity : (i % 50) / 10 - 2,
      );
      const tensor = tf.tensor1d(values);
      const { found, expected } = await onBoth(() => tf[name](tf.add(tensor, 0)));
      for (const [i, value] of expected.entries()) {
        if (Number.isNaN(value)) expect(found[i]).toBeNaN();
        else expect(Math.abs(found[i]! - value)).toBeLessThan(2e-5 * Math.max(1, Math.abs(value)));
      }
      tensor.dispose();
    },
  );
}
