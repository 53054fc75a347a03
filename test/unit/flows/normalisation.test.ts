import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { actNorm, LEAST_VARIANCE } from '../../../src/flows/actNorm.ts';
import { BATCH_NORM_EPSILON, batchNorm } from '../../../src/flows/batchNorm.ts';
import type { Bijector } from '../../../src/flows/bijector.ts';
import { momentsOf } from '../../../src/flows/moments.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { sizeOf, type NamedArrays } from '../../../src/runs/arrays.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';
import { comparedGradient, proveBijectors, weightedSum } from './bijectorProofs.ts';
import { tensorsOf, tried } from './proofs.ts';

/** Rows whose columns have other means and deviations, the last one with one value if asked. */
function rowsOf(count: number, dimension: number, o = { constant: false }): Float32Array {
  const random = RandomGenerator.seeded(11, 'normalisation');
  return Float32Array.from({ length: count * dimension }, (_, at) => {
    const d = at % dimension;
    return o.constant && d === dimension - 1 ? 0.25 : 3 - d + (0.3 + d) * random.normal();
  });
}

const stored = (layer: Bijector): NamedArrays =>
  layer.normaliser!.parametersOf(momentsOf(rowsOf(50, layer.dimension), layer.dimension));
/** Of images 2×2 with three channels. */
const image = { dimension: 12, channels: 3 };

proveBijectors(
  'a layer that normalises',
  (
    [
      ['batch normalisation', batchNorm({ dimension: 3 })],
      ['batch normalisation of one variable', batchNorm({ dimension: 1 })],
      ['batch normalisation of two', batchNorm({ dimension: 2 })],
      ['batch normalisation of channels', batchNorm(image)],
      ['ActNorm', actNorm({ dimension: 3 })],
      ['ActNorm of one variable', actNorm({ dimension: 1 })],
      ['ActNorm of two', actNorm({ dimension: 2 })],
      ['ActNorm of channels', actNorm(image)],
    ] as const
  ).map(([name, layer]) => ({
    name,
    layer,
    given: layer.normaliser!.when === 'stored' ? stored(layer) : {},
  })),
);

/** Mean and variance of every column, or of every channel over all of its places: channels come fastest. */
const momentsOfChannels = (values: readonly number[], channels: number) =>
  momentsOf(Float32Array.from(values), channels);

onEveryBackend('layers that normalise', () => {
  const ROWS = 20;
  /** Of rows x what comes out, and its log|det|. */
  const outcome = (layer: Bijector, x: Float32Array, given: NamedArrays, moments?: 'batch') => {
    const one = { ...tried(layer, { seed: 5, given }), rows: x.length / layer.dimension, x };
    const compute = (what: 'y' | 'logDet') =>
      read(() => {
        const { x, inputs } = tensorsOf(one);
        return layer.forward(x, { ...inputs, ...(moments && { moments }) })[what];
      });
    return Promise.all([compute('y'), compute('logDet')]);
  };
  const initial = (layer: Bijector) => layer.initialise(RandomGenerator.seeded(1, 'start'));

  it.each([
    { name: 'columns', layer: batchNorm({ dimension: 4 }), channels: 4 },
    { name: 'channels', layer: batchNorm(image), channels: 3 },
  ])('batch normalisation gives a batch mean β and variance exp 2γ: $name', async ({ layer, channels }) => {
    const x = rowsOf(ROWS, layer.dimension);
    const own = {
      ...initial(layer),
      logScale: { shape: [channels], data: Float32Array.from({ length: channels }, (_, c) => 0.2 * c) },
      shift: { shape: [channels], data: Float32Array.from({ length: channels }, (_, c) => 1 - c) },
    };
    const [y, logDet] = await outcome(layer, x, own, 'batch');
    const before = momentsOfChannels([...x], channels);
    const after = momentsOfChannels(y, channels);
    let expected = 0;
    for (let c = 0; c < channels; c++) {
      expect(after.mean[c]).toBeCloseTo(1 - c, 4);
      expect(after.variance[c]).toBeCloseTo(Math.exp(0.4 * c), 3);
      expected += 0.2 * c - 0.5 * Math.log(before.variance[c]! + BATCH_NORM_EPSILON);
    }
    for (const own of logDet) expect(Math.abs(own - (expected * layer.dimension) / channels)).toBeLessThan(1e-4);
  });

  it('batch normalisation with the statistics of a batch stored does what it did with the batch itself', async () => {
    for (const layer of [batchNorm({ dimension: 4 }), batchNorm(image)]) {
      const x = rowsOf(ROWS, layer.dimension);
      const own = { ...initial(layer), ...layer.normaliser!.parametersOf(momentsOf(x, layer.dimension)) };
      const [batch, measured] = await Promise.all([outcome(layer, x, initial(layer), 'batch'), outcome(layer, x, own)]);
      for (const [part, values] of batch.entries()) {
        for (const [i, value] of values.entries()) expect(Math.abs(value - measured[part]![i]!)).toBeLessThan(1e-4);
      }
    }
  });

  it('batch normalisation has the gradients of finite differences through the moments of the batch', async () => {
    for (const layer of [batchNorm({ dimension: 2 }), batchNorm({ dimension: 6, channels: 3 })]) {
      const one = tried(layer, { seed: 7, rows: 5 });
      const score = (what: string, tensor: tf.Tensor): tf.Scalar => {
        const { x, inputs } = tensorsOf(one);
        const own = what === 'x' ? inputs : { ...inputs, parameters: { ...inputs.parameters, [what]: tensor } };
        const { y, logDet } = layer.forward(what === 'x' ? (tensor as Tensor2D) : x, { ...own, moments: 'batch' });
        return weightedSum(y, logDet);
      };
      const looked = [
        { name: 'x', shape: [5, layer.dimension], values: one.x },
        ...layer.parameters
          .filter(({ trainable }) => trainable !== false)
          .map((spec) => ({ ...spec, values: one.parameters[spec.name]! })),
      ];
      for (const { name, shape, values } of looked) {
        const entries = values.length;
        const gradient = await comparedGradient({ shape, values, entries }, (tensor) => score(name, tensor));
        expect(gradient.every((slope) => slope !== 0)).toBe(true);
      }
    }
  });

  it('batch normalisation leaves no row of a constant column without a number', async () => {
    const layer = batchNorm({ dimension: 2 });
    const [y, logDet] = await outcome(layer, rowsOf(ROWS, 2, { constant: true }), initial(layer), 'batch');
    expect(y.every(Number.isFinite)).toBe(true);
    expect(logDet.every(Number.isFinite)).toBe(true);
  });

  it.each([
    { name: 'columns', layer: actNorm({ dimension: 4 }), channels: 4 },
    { name: 'channels', layer: actNorm(image), channels: 3 },
  ])('ActNorm starts so that the first rows have mean 0 and variance 1: $name', async ({ layer, channels }) => {
    const x = rowsOf(ROWS, layer.dimension);
    const [y] = await outcome(layer, x, layer.normaliser!.parametersOf(momentsOf(x, layer.dimension)));
    const { mean, variance } = momentsOfChannels(y, channels);
    for (let c = 0; c < channels; c++) {
      expect(mean[c]).toBeCloseTo(0, 4);
      expect(variance[c]).toBeCloseTo(1, 3);
    }
  });

  it('says what it would be to invert batch normalisation by the moments of a batch', () => {
    const layer = batchNorm({ dimension: 2 });
    tf.tidy(() => {
      const { x, inputs } = tensorsOf(tried(layer, { seed: 1 }));
      expect(() => layer.inverse(x, { ...inputs, moments: 'batch' })).toThrow(/stored statistics of the training rows/);
    });
  });

  it.each([batchNorm({ dimension: 3 }), actNorm(image), batchNorm(image)])('tells how it moves', async (layer) => {
    const own = layer.normaliser!.parametersOf(momentsOf(rowsOf(50, layer.dimension), layer.dimension));
    const one = tried(layer, { seed: 9, given: own });
    const difference = await read(() => {
      const { x, inputs } = tensorsOf(one);
      const { logScale, shift } = layer.movement!(x, inputs);
      return tf.abs(tf.sub(tf.add(tf.mul(x, tf.exp(logScale!)), shift), layer.forward(x, inputs).y));
    });
    expect(Math.max(...difference)).toBeLessThan(1e-4);
  });
});

describe('ActNorm', () => {
  it('blows no column up that had one value among the first rows', () => {
    const x = rowsOf(20, 3, { constant: true });
    const { logScale, shift } = actNorm({ dimension: 3 }).normaliser!.parametersOf(momentsOf(x, 3));
    const scale = Math.exp(logScale!.data[2]!);
    expect(scale).toBeCloseTo(1 / Math.sqrt(LEAST_VARIANCE), 1);
    // The value that it had comes out as 0 all the same.
    expect(scale * 0.25 + shift!.data[2]!).toBeCloseTo(0, 3);
  });
});

describe('a layer of places', () => {
  it('is refused where channels do not divide the columns', () => {
    for (const layer of [batchNorm, actNorm]) {
      expect(() => layer({ dimension: 10, channels: 3 })).toThrow(
        '10 columns cannot be shared out among places of 3 channels',
      );
    }
  });

  it('declares as many numbers as it starts with', () => {
    for (const layer of [batchNorm(image), actNorm(image)]) {
      const start = layer.initialise(RandomGenerator.seeded(1, 'start'));
      for (const { name, shape } of layer.parameters) {
        expect(start[name]!.shape).toEqual(shape);
        expect(start[name]!.data).toHaveLength(sizeOf(shape));
      }
    }
  });
});
