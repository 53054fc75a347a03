import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { activate, activationFunctions } from '../../../src/layers/activations.ts';
import { glorotUniform } from '../../../src/layers/initial.ts';
import { maskedDense } from '../../../src/layers/maskedDense.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { ActivationName } from '../../../src/spec/activation.ts';
import { onImitatedToo } from '../backends/everyBackend.ts';
import { read, readAll } from '../backends/read.ts';

const names = Object.keys(activationFunctions) as ActivationName[];
/** Away from the kinks of relu and elu at 0. */
const points = [-80, -12, -3, -0.7, -0.01, 0.01, 0.4, 2, 9, 80];

onImitatedToo('activations', () => {
  it.each(names)('%s equals its formula', async (name) => {
    const found = await read(() => activate(name, tf.tensor2d([points])));
    for (const [i, z] of points.entries()) {
      expect(Math.abs(found[i]! - activationFunctions[name].scalar(z))).toBeLessThan(1e-5 * Math.max(1, Math.abs(z)));
    }
  });

  it.each(names)('%s has the derivative of its formula', async (name) => {
    const gradient = tf.grad((z: tf.Tensor) => activate(name, z as Tensor2D));
    const found = await read(() => gradient(tf.tensor2d([points])));
    const { scalar } = activationFunctions[name];
    for (const [i, z] of points.entries()) {
      const measured = (scalar(z + 1e-4) - scalar(z - 1e-4)) / 2e-4;
      expect(Math.abs(found[i]! - measured)).toBeLessThan(1e-4);
    }
  });

  it.each(names)('%s keeps NaN, of either sign, however many there are', async (name) => {
    for (const bits of [0x7fc00000, 0xffc00000]) {
      const values = new Float32Array(new Uint32Array(40).fill(bits).buffer);
      const found = await read(() => activate(name, tf.tensor2d(values, [4, 10])));
      expect(found.every(Number.isNaN)).toBe(true);
    }
  });
});

onImitatedToo('masked dense layer', () => {
  const random = RandomGenerator.seeded(1, 'layer');
  const matrix = (rows: number, columns: number) => Array.from({ length: rows * columns }, () => random.normal());
  const [N, I, J, O] = [3, 4, 2, 5];
  const x = matrix(N, I);
  const y = matrix(N, J);
  const W = matrix(O, I);
  const V = matrix(O, J);
  const b = matrix(1, O);
  const maskW = W.map((_, i) => (i % 3 === 0 ? 0 : 1));
  const maskV = V.map((_, i) => i % 2);
  const dz = matrix(N, O);

  /** Σ dz ∘ z in float64, of plain numbers. */
  function reference(values: { W: number[]; V: number[]; b: number[]; y: number[] }): number {
    let total = 0;
    for (let n = 0; n < N; n++) {
      for (let o = 0; o < O; o++) {
        let z = values.b[o]!;
        for (let i = 0; i < I; i++) z += values.W[o * I + i]! * maskW[o * I + i]! * x[n * I + i]!;
        for (let j = 0; j < J; j++) z += values.V[o * J + j]! * maskV[o * J + j]! * values.y[n * J + j]!;
        total += dz[n * O + o]! * z;
      }
    }
    return total;
  }

  const layer = (w: Tensor2D, v: Tensor2D, bias: Tensor1D, second: Tensor2D) =>
    maskedDense(
      [
        { input: tf.tensor2d(x, [N, I]), weight: w, mask: tf.tensor2d(maskW, [O, I]), constant: true },
        { input: second, weight: v, mask: tf.tensor2d(maskV, [O, J]), constant: false },
      ],
      bias,
    );
  const tensors = () =>
    [tf.tensor2d(W, [O, I]), tf.tensor2d(V, [O, J]), tf.tensor1d(b), tf.tensor2d(y, [N, J])] as const;

  it('adds what comes over every path', async () => {
    const [total] = await read(() => tf.sum(tf.mul(layer(...tensors()), tf.tensor2d(dz, [N, O]))));
    expect(total).toBeCloseTo(reference({ W, V, b, y }), 4);
  });

  it('has the gradients of finite differences, exactly 0 where the mask is', async () => {
    const gradients = await readAll(() =>
      tf.grads((...args: tf.Tensor[]) => layer(...(args as unknown as ReturnType<typeof tensors>)))(
        [...tensors()],
        tf.tensor2d(dz, [N, O]),
      ),
    );
    const values = { W, V, b, y };
    for (const [which, name] of (['W', 'V', 'b', 'y'] as const).entries()) {
      for (const i of values[name].keys()) {
        const at = (delta: number) =>
          reference({ ...values, [name]: values[name].map((v, j) => (j === i ? v + delta : v)) });
        expect(gradients[which]![i]).toBeCloseTo((at(1e-4) - at(-1e-4)) / 2e-4, 3);
      }
    }
    for (const [i, cell] of maskW.entries()) if (cell === 0) expect(gradients[0]![i] === 0).toBe(true);
    for (const [i, cell] of maskV.entries()) if (cell === 0) expect(gradients[1]![i] === 0).toBe(true);
  });

  it('keeps no tensors, with or without gradients', () => {
    const before = tf.memory().numTensors;
    tf.dispose(tf.tidy(() => layer(...tensors())));
    const gradients = tf.grads((...args: tf.Tensor[]) => layer(...(args as unknown as ReturnType<typeof tensors>)));
    tf.dispose(tf.tidy(() => gradients([...tensors()])));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('initial weights', () => {
  it('fill Glorot’s interval evenly', () => {
    const { data, shape } = glorotUniform([40, 60], RandomGenerator.seeded(1));
    expect(shape).toEqual([40, 60]);
    const bound = Math.sqrt(6 / 100);
    expect(data.every((value) => Math.abs(value) <= bound)).toBe(true);
    const variance = [...data].reduce((sum, value) => sum + value * value, 0) / data.length;
    // Five standard errors of the variance of a uniform.
    expect(Math.abs(variance / (bound ** 2 / 3) - 1)).toBeLessThan(5 * Math.sqrt(0.8 / data.length));
  });
});
