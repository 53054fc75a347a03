/** How what a pixel sees grows from layer to layer. */
import { describe, expect, it } from 'vitest';
import { channelPaths, growthOf } from '../../../src/masks/pixels/growth.ts';
import type { PixelNetwork } from '../../../src/masks/pixels/network.ts';
import { pixelNetworkOf } from '../../../src/masks/pixels/pixelcnn.ts';
import { recurrentNetworkOf } from '../../../src/masks/pixels/pixelrnn.ts';
import { seenBy } from '../../../src/masks/pixels/reach.ts';
import { pixelcnnSpec } from '../../../src/spec/models/pixelcnn.ts';
import { pixelrnnSpec } from '../../../src/spec/models/pixelrnn.ts';

const base = { features: 6, layers: 3, firstKernel: 3, kernel: 3, head: 6 };
const pixelcnn = (image: number[], more: object = {}) =>
  pixelNetworkOf(pixelcnnSpec.parse({ type: 'pixelcnn', image, ...base, ...more }), 1);
const pixelrnn = (image: number[], cell: string) =>
  recurrentNetworkOf(pixelrnnSpec.parse({ type: 'pixelrnn', cell, image, ...base }), 1);
const counted = (network: PixelNetwork, output: number) =>
  growthOf(network, output).map(({ name, seen }) => [name, seen.reduce((sum, one) => sum + one, 0)]);

describe('growth', () => {
  it('of a single stack is that of kernels laid over each other', () => {
    // Of 3 × 3 cells the four before the middle; of those behind them, 5 two rows up, 4 one row up, 2 to the left.
    const growth = counted(pixelcnn([9, 9], { stacks: 'single', layers: 2 }), 4 * 9 + 4);
    expect(growth.slice(0, 2)).toEqual([
      ['first layer', 4],
      ['block 1', 11],
    ]);
    expect(growth.map(([name]) => name)).toEqual(['first layer', 'block 1', 'block 2']);
  });

  it('is found out once for every output, as long as nobody has asked for many others', () => {
    const network = pixelcnn([9, 9]);
    const seen = seenBy(network, 40);
    expect(seenBy(network, 40)).toBe(seen);
    for (let output = 0; output < 80; output++) seenBy(network, output);
    expect(seenBy(network, 40)).toEqual(seen);
    // Of a network of its own it is its own.
    expect(seenBy(pixelcnn([9, 9], { stacks: 'single' }), 40)).not.toEqual(seen);
  });

  it.each([
    ['single stack', pixelcnn([5, 6], { stacks: 'single' })],
    ['gated stacks', pixelcnn([5, 6])],
    ['gated stacks in colour', pixelcnn([4, 4, 3])],
    ['Row LSTM', pixelrnn([5, 6], 'row-lstm')],
    ['Diagonal BiLSTM', pixelrnn([5, 6], 'diagonal-bilstm')],
  ])('of a %s never shrinks, and ends with all that the output sees', (_, network) => {
    const [height, width, channels] = network.image;
    for (const output of [0, channels * width + 1, Math.floor((height * width * channels) / 2), height * width - 1]) {
      const stages = growthOf(network, output);
      for (const [i, { seen }] of stages.entries()) {
        const before = stages[i - 1]?.seen;
        if (before) expect(before.every((one, d) => one <= seen[d]!)).toBe(true);
      }
      expect([...stages.at(-1)!.seen]).toEqual([...seenBy(network, output)]);
    }
  });

  it('of a diagonal BiLSTM is the whole past behind the first layer of LSTMs', () => {
    expect(counted(pixelrnn([5, 6], 'diagonal-bilstm'), 20)[1]).toEqual(['layer 1', 20]);
  });
});

describe('colours', () => {
  it('see those before them of their own pixel, and all of every pixel in reach', () => {
    const network = pixelcnn([4, 4, 3]);
    const { own, earlier } = channelPaths(network, 10);
    expect([...own]).toEqual([0, 0, 0, 1, 0, 0, 1, 1, 0]);
    expect([...earlier]).toEqual(Array<number>(9).fill(10));
  });

  it('leak to themselves where the first mask is B', () => {
    const { own } = channelPaths(pixelcnn([4, 4, 3], { maskType: 'B' }), 5);
    expect([...own]).toEqual([1, 0, 0, 1, 1, 0, 1, 1, 1]);
  });
});
