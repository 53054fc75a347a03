import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasFused, runFused } from '../../../src/backends/fused.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { hasFusedNade } from '../../../src/layers/nadeFused.ts';
import { assembled } from './assembled.ts';

/** z of one row of one variable: v · g(base), eight units. */
function one(base: readonly number[], activation: 'sigmoid' | 'relu'): number[] {
  return Array.from(base, (value) =>
    tf.tidy(() => {
      const units = Array.from({ length: 8 }, (_, i) => (i === 3 ? value : 0));
      const onlyThird = Array.from({ length: 8 }, (_, i) => (i === 3 ? 1 : 0));
      const inputs = {
        x: tf.tensor2d([[1]]),
        w: tf.tensor2d([units]),
        base: tf.tensor2d([units]),
        v: tf.tensor2d([onlyThird]),
      };
      return runFused('nadeForward', inputs, { activation, inputs: false })![0]!.dataSync()[0]!;
    }),
  );
}

// What the kernels compute is compared with the definition in test/unit/layers/nade.test.ts, on wasm as on the others.
describe('fused NADE on wasm', () => {
  beforeAll(async () => {
    await startBackend('wasm');
  });

  it('is there for sigmoid and relu with one hidden layer', () => {
    expect(hasFusedNade({ activation: 'sigmoid', further: [] })).toBe(true);
    expect(hasFusedNade({ activation: 'relu', further: [] })).toBe(true);
    expect(hasFusedNade({ activation: 'tanh', further: [] })).toBe(false);
    tf.tidy(() => {
      const layer = { weight: tf.zeros<tf.Rank.R2>([1, 1]), bias: tf.zeros<tf.Rank.R1>([1]) };
      expect(hasFusedNade({ activation: 'relu', further: [layer] })).toBe(false);
    });
  });

  it('has a sigmoid as exact as float32 over its whole range, saturated beyond, and keeps NaN', () => {
    const points = Array.from({ length: 4001 }, (_, i) => Math.fround((i - 2000) / 23));
    const found = one(points, 'sigmoid');
    for (const [i, point] of points.entries()) {
      const exact = 1 / (1 + Math.exp(-point));
      // Where float32 has numbers of full precision.
      expect(Math.abs(found[i]! - exact)).toBeLessThan(4e-7 * exact + 1e-38);
    }
    expect(one([-Infinity, Infinity, 200, -200], 'sigmoid').map((value) => value + 1)).toEqual([1, 2, 2, 1]);
    expect(one([NaN], 'sigmoid')).toEqual([NaN]);
    expect(one([NaN, -3, 0, 2.5, Infinity], 'relu')).toEqual([NaN, 0, 0, 2.5, Infinity]);
  });

  it('refuses units that do not fill its lanes', () => {
    tf.tidy(() => {
      const matrix = tf.zeros([1, 7]);
      const inputs = { x: tf.zeros([1, 1]), w: matrix, base: matrix, v: matrix };
      expect(() => runFused('nadeForward', inputs, { activation: 'relu', inputs: false })).toThrow(
        '7 hidden units, expected a multiple of 8',
      );
    });
  });

  it('is what nade.wat says; `npx vitest run test/unit/backends/fusedNade -u` assembles it anew', async () => {
    await expect(await assembled('nade')).toMatchFileSnapshot('../../../src/backends/wasm/nadeModule.ts');
  });

  it('is not there on the cpu backend, which takes tensor operations', async () => {
    await startBackend('cpu');
    expect(hasFused('nadeForward')).toBe(false);
  });
});
