import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { inverted } from '../../../src/flows/bijector.ts';
import { coupling } from '../../../src/flows/coupling.ts';
import { maskedAutoregressive } from '../../../src/flows/maskedAutoregressive.ts';
import { within } from '../../../src/flows/multiScale.ts';
import { permutation } from '../../../src/flows/permutation.ts';
import { squeeze } from '../../../src/flows/squeeze.ts';
import { factoredOut, squeezedShape, wholeScale } from '../../../src/masks/imageScales.ts';
import { split, type ImageShape, type Split } from '../../../src/masks/splits.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { proveBijectors, type Case } from './bijectorProofs.ts';
import { tensorsOf, tried } from './proofs.ts';

/** A coupling with a network of convolutions. */
function convolved(
  of: Split,
  image: ImageShape,
  o: { layer?: number; blocks?: number; context?: number; law?: 'additive' | 'tanh' | 'exponential' } = {},
) {
  return coupling({
    passes: split(of, image, o.layer ?? 0),
    hidden: [5, 4],
    activation: 'tanh',
    contextDimension: o.context ?? 0,
    law: o.law ?? 'tanh',
    convolutions: { image, blocks: o.blocks ?? 0 },
  });
}

const autoregressive = maskedAutoregressive({
  structure: { order: Int32Array.of(2, 3, 1), hidden: [Int32Array.of(1, 2, 1, 2)], direct: false },
  activation: 'tanh',
  contextDimension: 0,
  scale: 'tanh',
  networks: 'one',
});

const cases: readonly Case[] = [
  { name: 'a squeeze', layer: squeeze([2, 4, 2]) },
  { name: 'a checkerboard coupling of 2 × 2 pixels', layer: convolved('checkerboard', [2, 2, 1]) },
  { name: 'the coupling after it', layer: convolved('checkerboard', [2, 2, 1], { layer: 1 }) },
  {
    name: 'a checkerboard coupling of a picture that is wider than the filters see',
    layer: convolved('checkerboard', [2, 5, 1]),
  },
  { name: 'a checkerboard coupling of colours', layer: convolved('checkerboard', [2, 2, 2], { law: 'exponential' }) },
  { name: 'a coupling of channels', layer: convolved('channels', [1, 2, 4], { layer: 1 }) },
  { name: 'a coupling of an odd number of channels', layer: convolved('channels', [2, 1, 3], { law: 'additive' }) },
  { name: 'a coupling of channels of one pixel', layer: convolved('channels', [1, 1, 4]) },
  { name: 'a coupling of halves of a picture', layer: convolved('halves', [4, 1, 2]) },
  { name: 'a coupling of any variables', layer: convolved([1, 0, 0, 0, 1, 1, 0, 0], [2, 2, 2]) },
  {
    name: 'a coupling with residual blocks, which see further',
    layer: convolved('checkerboard', [1, 6, 1], { blocks: 1 }),
  },
  {
    name: 'a coupling of pictures with a context',
    layer: convolved('checkerboard', [2, 2, 1], { context: 3 }),
    context: 3,
  },
  { name: 'a coupling of a single pixel of one channel', layer: convolved('checkerboard', [1, 1, 1]) },
  {
    name: 'a coupling within some columns, in an order of their own',
    layer: within(
      coupling({ passes: Uint8Array.of(1, 0, 0), hidden: [4], activation: 'tanh', contextDimension: 0, law: 'tanh' }),
      Int32Array.of(4, 0, 3),
      6,
    ),
  },
  {
    name: 'a masked autoregressive layer within some columns',
    layer: within(autoregressive, Int32Array.of(1, 4, 2), 5),
  },
  {
    name: 'a permutation within some columns',
    layer: within(permutation(Int32Array.of(2, 0, 1)), Int32Array.of(1, 4, 2), 5),
  },
  {
    name: 'a layer within columns within columns',
    layer: within(within(autoregressive, Int32Array.of(3, 0, 1), 4), Int32Array.of(5, 1, 2, 4), 6),
  },
];

proveBijectors('a layer of images', cases);

describe('a squeeze', () => {
  it('makes one pixel of four, their channels one after the other', () => {
    // Pixel (r, c), channel k of a 2 × 4 picture of two channels is 100·r + 10·c + k.
    const value = (d: number) => 100 * Math.floor(d / 8) + 10 * (Math.floor(d / 2) % 4) + (d % 2);
    expect([...squeeze([2, 4, 2]).origin].map(value)).toEqual([
      ...[0, 1, 10, 11, 100, 101, 110, 111],
      ...[20, 21, 30, 31, 120, 121, 130, 131],
    ]);
    expect(squeezedShape([2, 4, 2])).toEqual([1, 2, 8]);
  });

  it('is refused for odd sizes, naming them', () => {
    expect(() => squeeze([3, 4, 1])).toThrow('3 × 4 pixels cannot be squeezed: height 3 cannot be halved');
    expect(() => squeezedShape([7, 5, 1])).toThrow('height 7 and width 5 cannot be halved');
  });
});

describe('factoring out', () => {
  it('lets the pixels of one colour of a checkerboard go on', () => {
    const whole = wholeScale(squeezedShape([4, 4, 1]));
    const on = factoredOut(whole);
    expect(on.shape).toEqual([2, 2, 2]);
    const { origin } = squeeze([4, 4, 1]);
    const pixels = [...on.columns].map((column) => origin[column]!);
    expect(pixels.map((p) => (Math.floor(p / 4) + (p % 4)) % 2)).toEqual(new Array(8).fill(1));
  });

  it('halves what is left every time, and names columns of the whole row', () => {
    const first = factoredOut(wholeScale([2, 2, 8]));
    const second = factoredOut(first);
    expect(second.shape).toEqual([2, 2, 2]);
    expect([...first.columns].filter((column) => second.columns.includes(column))).toEqual([...second.columns]);
    expect([...second.columns]).toEqual([3, 4, 11, 12, 19, 20, 27, 28]);
  });

  it('is refused where the channels cannot be quartered', () => {
    expect(() => factoredOut(wholeScale([2, 2, 6]))).toThrow('half of 6 channels cannot be factored out');
  });
});

describe('a layer within some columns', () => {
  const layer = within(permutation(Int32Array.of(2, 0, 1)), Int32Array.of(1, 4, 2), 5);

  it('tells of the whole row what moves and where it came from', () => {
    expect([...layer.origin]).toEqual([0, 2, 4, 3, 1]);
    expect([...layer.moves]).toEqual([0, 0, 0, 0, 0]);
    expect([...within(autoregressive, Int32Array.of(1, 4, 2), 5).moves]).toEqual([0, 1, 1, 0, 1]);
  });

  it('is the layer itself where it acts on all of them as they stand', () => {
    expect(within(autoregressive, Int32Array.of(0, 1, 2), 3)).toBe(autoregressive);
    expect(within(autoregressive, Int32Array.of(2, 1, 0), 3)).not.toBe(autoregressive);
  });

  it('is refused for columns that do not fit', () => {
    expect(() => within(autoregressive, Int32Array.of(0, 1), 3)).toThrow('takes 3 columns, and 2 are named');
    expect(() => within(autoregressive, Int32Array.of(0, 1, 5), 5)).toThrow('column 5; rows have columns 0 … 4');
    expect(() => within(autoregressive, Int32Array.of(0, 1, 1), 5)).toThrow('column 1 twice');
  });

  it('gives a normalising layer the moments of its own columns', () => {
    const seen: number[][] = [];
    const normalising = within(
      {
        ...autoregressive,
        normaliser: {
          when: 'start',
          parametersOf: ({ mean, variance }) => {
            seen.push([...mean], [...variance]);
            return {};
          },
        },
      },
      Int32Array.of(3, 0, 1),
      4,
    );
    normalising.normaliser!.parametersOf({
      rows: 2,
      mean: Float64Array.of(1, 2, 3, 4),
      variance: Float64Array.of(5, 6, 7, 8),
    });
    expect(seen).toEqual([
      [4, 1, 2],
      [8, 5, 6],
    ]);
  });
});

describe('a sequential layer within some columns', () => {
  it('is computed incrementally on its own columns, and the others pass', () => {
    const layer = within(
      {
        ...autoregressive,
        incremental: {
          direction: 'inverse',
          *compute(_, values, rows, context) {
            yield 0.5;
            const logDet = Float64Array.from({ length: rows }, (_, n) => n + context![n]!);
            return { values: values.map((value) => 10 * value), logDet, passes: 1 };
          },
        },
      },
      Int32Array.of(3, 0, 1),
      4,
    );
    const running = layer.incremental!.compute({}, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), 2, Float32Array.of(5, 7));
    expect(running.next()).toEqual({ done: false, value: 0.5 });
    expect(running.next()).toEqual({
      done: true,
      value: { values: Float32Array.of(10, 20, 3, 40, 50, 60, 7, 80), logDet: Float64Array.of(5, 8), passes: 1 },
    });
    expect(layer.incremental!.direction).toBe('inverse');
  });
});

onEveryBackend('a layer within some columns', () => {
  it('moves by the map that it says', async () => {
    const layer = within(autoregressive, Int32Array.of(1, 4, 2), 5);
    const one = tried(layer, { seed: 3 });
    const [y, moved] = await readAll(() => {
      const { x, inputs } = tensorsOf(one);
      const { logScale, shift } = layer.movement!(x, inputs);
      return [layer.forward(x, inputs).y, tf.add(tf.mul(x, tf.exp(logScale!)), shift)];
    });
    for (const [i, value] of y!.entries()) expect(Math.abs(value - moved![i]!)).toBeLessThan(1e-5);
  });
});

describe('a coupling of pictures', () => {
  it('knows its structure without millions of cells until it is asked for them', () => {
    const layer = convolved('checkerboard', [32, 32, 3]);
    expect(Object.getOwnPropertyDescriptor(layer.dependencies, 'cells')).toHaveProperty('get');
    expect(layer.dependencies.rows).toBe(3072);
  });

  it('can be turned round', () => {
    const layer = convolved('checkerboard', [2, 2, 1]);
    expect(inverted(layer, layer.dependencies).parameters).toEqual(layer.parameters);
  });

  it('has weights only for channels that are heard, and outputs only for those that move', () => {
    const shapes = Object.fromEntries(convolved('channels', [2, 2, 4]).parameters.map((one) => [one.name, one.shape]));
    expect(shapes).toMatchObject({
      'hidden.0.weight': [3, 3, 2, 5],
      'hidden.1.weight': [4, 5],
      'output.weight': [3, 3, 4, 4],
      'output.bias': [4],
    });
    // One channel and the mask that tells its dark pixels from those that are hidden.
    const board = convolved('checkerboard', [2, 2, 1]).parameters.find(({ name }) => name === 'hidden.0.weight');
    expect(board?.shape).toEqual([3, 3, 2, 5]);
  });
});
