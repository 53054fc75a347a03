/** Each repaired kernel of the wasm backend against the cpu backend, on the same numbers. */
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

function normals(shape: number[], seed: number): Float32Array {
  const random = RandomGenerator.seeded(seed, 'kernels');
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());
}

/** Runs `compute` on both backends, checks that neither keeps memory, and answers with both results. */
async function onBoth(compute: () => tf.Tensor): Promise<{ wasm: Float32Array; cpu: Float32Array; shape: number[] }> {
  const results: { values: Float32Array; shape: number[] }[] = [];
  for (const name of ['wasm', 'cpu']) {
    await tf.setBackend(name);
    const backend = tf.backend() as unknown as { numDataIds(): number };
    const before = backend.numDataIds();
    const output = tf.tidy(compute);
    results.push({ values: (await output.data()) as Float32Array, shape: output.shape });
    output.dispose();
    expect(backend.numDataIds(), `${name} keeps no intermediate results`).toBe(before);
  }
  const [wasm, cpu] = results;
  expect(wasm!.shape).toEqual(cpu!.shape);
  return { wasm: wasm!.values, cpu: cpu!.values, shape: wasm!.shape };
}

function kernel(name: string, inputs: tf.NamedTensorMap, attrs: object): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
}

/** Largest difference, relative to the largest value. */
function distance(a: Float32Array, b: Float32Array): number {
  const scale = b.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-30);
  return a.reduce((m, v, i) => Math.max(m, Math.abs(v - b[i]!)), 0) / scale;
}

const size = fc.integer({ min: 1, max: 19 });

describe('matMul', () => {
  it('equals the cpu backend for every transposition and shape', async () => {
    await fc.assert(
      fc.asyncProperty(size, size, size, fc.boolean(), fc.boolean(), async (m, k, n, transposeA, transposeB) => {
        const aShape: [number, number] = transposeA ? [k, m] : [m, k];
        const bShape: [number, number] = transposeB ? [n, k] : [k, n];
        const { wasm, cpu, shape } = await onBoth(() =>
          tf.matMul(
            tf.tensor2d(normals(aShape, 1), aShape),
            tf.tensor2d(normals(bShape, 2), bShape),
            transposeA,
            transposeB,
          ),
        );
        expect(shape).toEqual([m, n]);
        expect(distance(wasm, cpu)).toBeLessThan(1e-5);
      }),
      { numRuns: 60 },
    );
  });

  it('equals the cpu backend on stacks of matrices', async () => {
    for (const [transposeA, transposeB] of [
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const aShape: [number, number, number] = transposeA ? [3, 5, 4] : [3, 4, 5];
      const bShape: [number, number, number] = transposeB ? [3, 6, 5] : [3, 5, 6];
      const { wasm, cpu } = await onBoth(() =>
        tf.matMul(
          tf.tensor3d(normals(aShape, 3), aShape),
          tf.tensor3d(normals(bShape, 4), bShape),
          transposeA,
          transposeB,
        ),
      );
      expect(distance(wasm, cpu)).toBeLessThan(1e-5);
    }
  });

  it('equals the cpu backend when fused with a bias and an activation', async () => {
    const { wasm, cpu } = await onBoth(() =>
      tf.fused.matMul({
        a: tf.tensor2d(normals([7, 5], 5), [7, 5]),
        b: tf.tensor2d(normals([6, 5], 6), [6, 5]),
        transposeB: true,
        bias: tf.tensor1d(normals([6], 7)),
        activation: 'relu',
      }),
    );
    expect(distance(wasm, cpu)).toBeLessThan(1e-5);
  });

  it('transposes first: the product is bit for bit that of operands transposed by hand', async () => {
    await tf.setBackend('wasm');
    const [found, expected] = tf.tidy(() => {
      const a = tf.tensor2d(normals([33, 37], 8), [33, 37]);
      const b = tf.tensor2d(normals([37, 33], 9), [37, 33]);
      return [tf.matMul(a, b, true, true), tf.matMul(tf.transpose(a), tf.transpose(b))].map((t) => [...t.dataSync()]);
    });
    expect(found).toEqual(expected);
  });
});

describe('Conv2DBackpropFilter', () => {
  const cases = fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 3, max: 9 }),
    width: fc.integer({ min: 3, max: 9 }),
    channels: fc.integer({ min: 1, max: 3 }),
    outputs: fc.integer({ min: 1, max: 3 }),
    filterHeight: fc.integer({ min: 1, max: 3 }),
    filterWidth: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    pad: fc.constantFrom('same' as const, 'valid' as const),
  });

  it('equals the cpu backend for every stride and padding', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const xShape: [number, number, number, number] = [c.batch, c.height, c.width, c.channels];
        const filterShape: [number, number, number, number] = [c.filterHeight, c.filterWidth, c.channels, c.outputs];
        const info = tf.backend_util.computeConv2DInfo(xShape, filterShape, c.stride, 1, c.pad);
        const { wasm, cpu, shape } = await onBoth(() =>
          kernel(
            'Conv2DBackpropFilter',
            { x: tf.tensor4d(normals(xShape, 9), xShape), dy: tf.tensor4d(normals(info.outShape, 10), info.outShape) },
            { strides: c.stride, pad: c.pad, dataFormat: 'NHWC', dimRoundingMode: undefined, filterShape },
          ),
        );
        expect(shape).toEqual(filterShape);
        expect(distance(wasm, cpu)).toBeLessThan(1e-4);
      }),
      { numRuns: 60 },
    );
  });
});

describe('Conv2DBackpropInput', () => {
  it('equals the cpu backend, for every stride and padding', async () => {
    const cases: [number[], number[], number, 'same' | 'valid' | number][] = [
      [[2, 7, 6, 3], [3, 3, 3, 4], 1, 'same'],
      [[2, 7, 6, 3], [4, 2, 3, 5], 1, 'same'],
      [[1, 7, 6, 2], [3, 5, 2, 1], 1, 'valid'],
      [[1, 5, 5, 1], [1, 1, 1, 3], 1, 'valid'],
      [[2, 6, 7, 2], [3, 3, 2, 3], 1, 1],
      // More zeros than the filter is wide.
      [[1, 4, 4, 2], [2, 2, 2, 2], 1, 3],
      [[2, 8, 7, 2], [3, 3, 2, 3], 2, 'same'],
      [[2, 8, 7, 2], [3, 2, 2, 3], 2, 'valid'],
    ];
    for (const [x, w, stride, pad] of cases) {
      const [inputShape, filterShape] = [x, w] as [number, number, number, number][] as [
        [number, number, number, number],
        [number, number, number, number],
      ];
      const round = typeof pad === 'number' ? ('floor' as const) : undefined;
      const info = tf.backend_util.computeConv2DInfo(inputShape, filterShape, stride, 1, pad, round);
      const { wasm, cpu, shape } = await onBoth(() =>
        kernel(
          'Conv2DBackpropInput',
          {
            dy: tf.tensor4d(normals(info.outShape, 12), info.outShape),
            filter: tf.tensor4d(normals(filterShape, 13), filterShape),
          },
          { strides: stride, pad, dataFormat: 'NHWC', dimRoundingMode: round, inputShape },
        ),
      );
      expect(shape).toEqual(inputShape);
      expect(distance(wasm, cpu)).toBeLessThan(1e-4);
    }
  });
});

describe('UnsortedSegmentSum', () => {
  it('equals the cpu backend', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 }), async (ids) => {
        const direct = await onBoth(() =>
          tf.unsortedSegmentSum(
            tf.tensor2d(normals([ids.length, 3], 11), [ids.length, 3]),
            tf.tensor1d(ids, 'int32'),
            5,
          ),
        );
        expect(direct.shape).toEqual([5, 3]);
        expect(distance(direct.wasm, direct.cpu)).toBeLessThan(1e-5);
      }),
      { numRuns: 40 },
    );
  });

  it('leaves out ids without a segment', async () => {
    await tf.setBackend('wasm');
    const sums = tf.tidy(() =>
      tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4, 8]), tf.tensor1d([0, -1, 7, 0], 'int32'), 2),
    );
    expect([...(await sums.data())]).toEqual([9, 0]);
    sums.dispose();
  });
});
