/** The wasm backend's repaired kernels that only copy values, and one gradient in several pieces, against the cpu backend. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

function normals(shape: readonly number[]): Float32Array {
  const random = RandomGenerator.seeded(8, 'copies');
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());
}

/** Values on wasm and on cpu, whose shapes and types are the same; no intermediate result is kept. */
async function onBoth(compute: () => tf.Tensor): Promise<[wasm: number[], cpu: number[]]> {
  const found: { values: number[]; is: string }[] = [];
  for (const name of ['wasm', 'cpu']) {
    await tf.setBackend(name);
    const backend = tf.backend() as unknown as { numDataIds(): number };
    const before = backend.numDataIds();
    const output = tf.tidy(compute);
    found.push({ values: [...(await output.data<'float32'>())], is: `${output.dtype} [${output.shape.join(', ')}]` });
    output.dispose();
    expect(backend.numDataIds(), `${name} keeps no intermediate results`).toBe(before);
  }
  expect(found[0]!.is).toBe(found[1]!.is);
  return [found[0]!.values, found[1]!.values];
}

describe('GatherV2', () => {
  it.each<[shape: number[], axis: number, indices: number[]]>([
    [[3, 5], 1, [4, 0, 0, 2]],
    [[3, 5], -1, [1, 3]],
    [[3, 5], 0, [2, 0, 2, 1]],
    [[2, 3, 4], 1, [2, 2, 0]],
    [[2, 3, 4], 2, [3]],
    // Slices that are too long for the repair.
    [[4, 30], 0, [3, 1]],
    [[6], 0, [5, 5, 1]],
  ])('takes from %j along axis %i what the cpu backend takes', async (shape, axis, indices) => {
    const [wasm, cpu] = await onBoth(() =>
      tf.gather(tf.tensor(normals(shape), shape), tf.tensor1d(indices, 'int32'), axis),
    );
    expect(wasm).toEqual(cpu);
  });

  it('keeps whole numbers and the shape of the indices', async () => {
    const [wasm, cpu] = await onBoth(() =>
      tf.gather(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32'), tf.tensor2d([2, 0, 1, 1], [2, 2], 'int32'), 1),
    );
    expect(wasm).toEqual(cpu);
  });

  it('refuses an index that is not there', async () => {
    await tf.setBackend('wasm');
    for (const index of [3, -1]) {
      expect(() => tf.tidy(() => tf.gather(tf.ones([2, 3]), tf.tensor1d([0, index], 'int32'), 1))).toThrow(
        `the index value ${index} is not in [0, 2]`,
      );
    }
  });
});

describe('Tile', () => {
  it.each<[shape: number[], reps: number[]]>([
    [
      [1, 3],
      [7, 1],
    ],
    [
      [4, 1],
      [1, 5],
    ],
    [
      [2, 3],
      [1, 4],
    ],
    [
      [2, 1, 3],
      [1, 6, 1],
    ],
    [[3], [1]],
    [
      [2, 2],
      [3, 2],
    ],
    [
      [0, 3],
      [2, 1],
    ],
  ])('repeats %j by %j as the cpu backend does', async (shape, reps) => {
    const [wasm, cpu] = await onBoth(() => tf.tile(tf.tensor(normals(shape), shape), reps));
    expect(wasm).toEqual(cpu);
  });

  it('keeps whole numbers', async () => {
    const [wasm, cpu] = await onBoth(() => tf.tile(tf.tensor2d([1, -2, 3], [1, 3], 'int32'), [3, 1]));
    expect(wasm).toEqual(cpu);
  });
});

describe('Slice and SplitV', () => {
  it.each<[shape: number[], begin: number[], size: number[]]>([
    [[7], [2], [3]],
    [
      [5, 40],
      [1, 0],
      [3, 40],
    ],
    [
      [5, 40],
      [1, 3],
      [3, 36],
    ],
    [
      [5, 4],
      [0, 1],
      [5, 2],
    ],
    [
      [3, 4, 5],
      [1, 1, 0],
      [2, 2, 5],
    ],
    [
      [3, 4, 5],
      [0, 1, 2],
      [3, 3, 3],
    ],
    [
      [2, 3, 4, 5],
      [0, 1, 0, 1],
      [2, 2, 4, 3],
    ],
    [
      [2, 2, 3, 4, 2],
      [1, 0, 1, 1, 0],
      [1, 2, 2, 3, 1],
    ],
    [
      [3, 4],
      [1, 2],
      [0, 2],
    ],
    [
      [3, 4],
      [0, 0],
      [3, 4],
    ],
  ])('cut %j from %j as the cpu backend does', async (shape, begin, size) => {
    const [wasm, cpu] = await onBoth(() => tf.slice(tf.tensor(normals(shape), shape), begin, size));
    expect(wasm).toEqual(cpu);
  });

  it.each<[shape: number[], sizes: number | number[], axis: number]>([
    [[6, 5], 3, 0],
    [[4, 9], [2, 3, 4], 1],
    [[2, 6, 3], 2, -2],
    [[2, 50], [40, -1], 1],
  ])('split %j into %j along axis %i as the cpu backend does', async (shape, sizes, axis) => {
    const [wasm, cpu] = await onBoth(() => {
      const parts = tf.split(tf.tensor(normals(shape), shape), sizes, axis);
      return tf.concat(parts.map((part, i) => tf.mul(tf.reshape(part, [-1]), i + 1)));
    });
    expect(wasm).toEqual(cpu);
  });

  it('keep whole numbers, and other types too', async () => {
    for (const type of ['int32', 'bool'] as const) {
      const [wasm, cpu] = await onBoth(() => tf.slice(tf.tensor2d([1, 0, 0, 1, 1, 0], [2, 3], type), [0, 1], [2, 2]));
      expect(wasm).toEqual(cpu);
    }
  });

  it('do not copy the whole tensor out of the memory first', async () => {
    await tf.setBackend('wasm');
    const reading = vi.spyOn(tf.backend(), 'readSync');
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R2>([40, 40]);
      tf.slice(x, [3, 5], [2, 2]);
      tf.split(x, 20);
    });
    expect(reading).not.toHaveBeenCalled();
    reading.mockRestore();
  });

  it('refuse what lies outside', async () => {
    await tf.setBackend('wasm');
    expect(() => tf.tidy(() => tf.slice(tf.ones([2, 3]), [1, 1], [2, 2]))).toThrow('begin[0] + size[0] (3)');
  });
});

describe('Equal', () => {
  it.each<[a: number[], b: number[]]>([
    [
      [4, 1],
      [1, 3],
    ],
    [[4, 1], [3]],
    [
      [2, 3],
      [2, 1],
    ],
    [[3], []],
    [
      [2, 1, 3],
      [4, 1],
    ],
    [
      [2, 4, 3],
      [4, 1],
    ],
    [
      [5, 1, 2],
      [1, 3, 1],
    ],
    [
      [3, 1],
      [1, 1],
    ],
    [
      [0, 3],
      [1, 3],
    ],
  ])('of %j with %j is that of the cpu backend', async (shapeA, shapeB) => {
    const few = (shape: number[], step: number) =>
      tf.tensor(
        normals(shape).map((_, i) => (i === 2 ? NaN : (step * i) % 3)),
        shape,
      );
    const [wasm, cpu] = await onBoth(() => tf.equal(few(shapeA, 1), few(shapeB, 2)));
    expect(wasm).toEqual(cpu);
  });
});

describe('Conv2DBackpropFilter', () => {
  it('adds up its pieces where all of them together would take too much memory', async () => {
    const [x, filterShape]: [[number, number, number, number], number[]] = [
      [3, 128, 128, 16],
      [3, 3, 16, 1],
    ];
    const dy: [number, number, number, number] = [3, 128, 128, 1];
    const [wasm, cpu] = await onBoth(() =>
      tf
        .engine()
        .runKernel(
          'Conv2DBackpropFilter',
          { x: tf.tensor4d(normals(x), x), dy: tf.tensor4d(normals(dy), dy) },
          { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape },
        ),
    );
    const largest = Math.max(...cpu.map(Math.abs));
    for (const [i, value] of cpu.entries()) expect(Math.abs(wasm[i]! - value)).toBeLessThan(1e-4 * largest);
  });
});
