import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { runFused } from '../../../src/backends/fused.ts';
import { startBackend } from '../../../src/backends/index.ts';
import { type AdamArrays, adamIn, adamOneByOne, boundedOneByOne } from '../../../src/backends/wasm/adam.ts';
import { assembled } from './assembled.ts';
import { presentBackends } from './everyBackend.ts';

const [beta1, beta2, stepSize, floor] = [0.9, 0.99, 0.01, 1e-7];

function state(size: number) {
  const wave = (speed: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(speed * (i + 1)));
  return { parameter: wave(1), gradient: wave(2), m: wave(3), v: wave(5).map((value) => value * value) };
}

function fused(arrays: ReturnType<typeof state>): Float32Array[] | null {
  let outputs: Float32Array[] | null = null;
  tf.tidy(() => {
    const inputs = Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, tf.tensor1d(values)]));
    const scalars = { stepSize: tf.scalar(stepSize), floor: tf.scalar(floor) };
    const found = runFused('adam', { ...inputs, ...scalars }, { beta1, beta2 });
    outputs = found && found.map((tensor) => tensor.dataSync<'float32'>());
  });
  return outputs;
}

const having = presentBackends.filter((name) => name === 'wasm' || name.startsWith('tensorflow'));

describe.each(having)('fused Adam on %s', (name) => {
  beforeAll(async () => {
    await startBackend(name);
  });

  // Lengths that are no multiple of four have a remainder; the last one makes the memory grow in the middle.
  it.each([1, 2, 3, 4, 5, 7, 8, 1001, 700_001])('equals the formula over %i values', (size) => {
    const arrays = state(size);
    const found = fused(arrays)!;
    const { parameter, gradient, m, v } = arrays;
    let worst = 0;
    for (let i = 0; i < size; i++) {
      const first = beta1 * m[i]! + (1 - beta1) * gradient[i]!;
      const second = beta2 * v[i]! + (1 - beta2) * gradient[i]! ** 2;
      const next = parameter[i]! - (stepSize * first) / (Math.sqrt(second) + floor);
      const error = (k: number, value: number) => Math.abs(found[k]![i]! - value) / (1 + Math.abs(value));
      worst = Math.max(worst, error(0, next), error(1, first), error(2, second));
    }
    expect(found.map(({ length }) => length)).toEqual([size, size, size]);
    expect(worst).toBeLessThan(1e-6);
  });

  it('does not touch its inputs, keeps nothing, and carries NaN on', () => {
    const arrays = state(6);
    const before = tf.memory().numTensors;
    const inputs = Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, tf.tensor1d(values)]));
    const scalars = { stepSize: tf.scalar(stepSize), floor: tf.scalar(floor) };
    tf.dispose([...(runFused('adam', { ...inputs, ...scalars }, { beta1, beta2 }) ?? [])]);
    for (const [name, values] of Object.entries(arrays)) expect(inputs[name]!.dataSync()).toEqual(values);
    tf.dispose([inputs, scalars]);
    expect(tf.memory().numTensors).toBe(before);
    arrays.gradient.fill(NaN);
    expect(fused(arrays)!.every((values) => values.every(Number.isNaN))).toBe(true);
  });

  it('gives the same bits every time', () => {
    const arrays = state(100_003);
    expect(fused(arrays)).toEqual(fused(arrays));
  });
});

describe('the WebAssembly of Adam', () => {
  it.each([1, 7, 1000])('gives the same bits as its operations one by one, in any memory: %i values', (size) => {
    const memory = new WebAssembly.Memory({ initial: 2 });
    const { parameter, gradient, m, v } = state(size);
    // A number that is none, and squares that are too small to have a root, or a step.
    gradient[0] = size > 1 ? NaN : 1e-30;
    v.fill(0, 1, 3);
    const inputs = [parameter, gradient, m, v];
    const placed = Array.from({ length: 7 }, (_, i) => {
      const array = new Float32Array(memory.buffer, 64 + i * 4096, size);
      if (i < 4) array.set(inputs[i]!);
      return array;
    });
    const plain = [...inputs, ...inputs.slice(1).map(() => new Float32Array(size))];
    const constants = { beta1, beta2, stepSize, floor };
    adamIn(memory)!.step(placed as unknown as AdamArrays, constants);
    adamOneByOne(plain as unknown as AdamArrays, constants);
    expect(placed).toEqual(plain);
    expect(plain[4]!.some((value, i) => value !== parameter[i])).toBe(true);
  });

  it.each([4, 7, 1000])(
    'leaves the same bits where the new state stands in the place of the old one: %i values',
    (size) => {
      const memory = new WebAssembly.Memory({ initial: 2 });
      const { parameter, gradient, m, v } = state(size);
      const inputs = [parameter, gradient, m, v];
      const placed = inputs.map((values, i) => {
        const array = new Float32Array(memory.buffer, 64 + i * 4096, size);
        array.set(values);
        return array;
      });
      const expected = [...inputs, ...inputs.slice(1).map(() => new Float32Array(size))];
      const constants = { beta1, beta2, stepSize, floor };
      adamOneByOne(expected as unknown as AdamArrays, constants);
      const [p, g, first, second] = placed as [Float32Array, Float32Array, Float32Array, Float32Array];
      adamIn(memory)!.step([p, g, first, second, p, first, second], constants);
      expect([p, first, second]).toEqual(expected.slice(4));
      expect(g).toEqual(gradient);
    },
  );

  it.each([1, 4, 7, 1000])('knows whether %i values are bounded, wherever one is not', (size) => {
    const values = new Float32Array(size);
    const memory = new WebAssembly.Memory({ initial: 1 });
    const own = new Float32Array(memory.buffer, 64, size);
    const { bounded } = adamIn(memory)!;
    for (const [value, limit, expected] of [
      [-2, 3, true],
      [-3, 3, false],
      [3e38, Infinity, true],
      [-Infinity, Infinity, false],
      [NaN, Infinity, false],
    ] as const) {
      for (const place of new Set([0, size >> 1, size - 1])) {
        own.fill(0);
        own[place] = value;
        values.set(own);
        expect([bounded(own, limit), boundedOneByOne(values, limit)]).toEqual([expected, expected]);
      }
    }
  });

  it('is what adam.wat says; `npx vitest run test/unit/backends/fusedAdam -u` assembles it anew', async () => {
    await expect(await assembled('adam')).toMatchFileSnapshot('../../../src/backends/wasm/adamModule.ts');
  });

  it('is not there on the cpu backend, which takes tensor operations', async () => {
    await startBackend('cpu');
    expect(fused(state(4))).toBeNull();
  });
});
