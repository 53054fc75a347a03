import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepestRecurrentOf, recurrentNetworkOf } from '../../../src/masks/pixels/pixelrnn.ts';
import { seenBy } from '../../../src/masks/pixels/reach.ts';
import { pixelrnnSpec, type PixelrnnSpec } from '../../../src/spec/models/pixelrnn.ts';
import {
  past,
  proveColourfulConditionals,
  proveDrawnPixelByPixel,
  provePast,
  type PixelEntry,
  type ReferenceArguments,
} from './pixelProofs.ts';
import { pixelrnnReference } from './pixelrnnReference.ts';
import { proveBinaryDensity, type ReferenceLogits } from './proofs.ts';

const small = { type: 'pixelrnn', features: 6, head: 8, layers: 2, firstKernel: 3 } as const;
const row = { ...small, cell: 'row-lstm' } as const;
const diagonal = { ...small, cell: 'diagonal-bilstm' } as const;

const parsed = (entry: unknown): PixelrnnSpec => pixelrnnSpec.parse(entry);

const logits =
  (entry: unknown): ReferenceLogits =>
  (_order, values, x) =>
    pixelrnnReference(parsed(entry), values, x);

/** What the structure lets a conditional see, positions from 1. */
const sees = (entry: unknown, later: number, earlier: number) =>
  seenBy(recurrentNetworkOf(parsed(entry), 1), later - 1)[earlier - 1] === 1;

proveBinaryDensity({
  title: 'PixelRNN, Row LSTM',
  entries: [
    [{ ...row, image: [1, 1] }, 1],
    [{ ...row, image: [3, 1] }, 3],
    [{ ...row, image: [1, 1, 3], features: 24, head: 48 }, 3],
    [{ ...row, image: [2, 2], residual: false }, 4],
    [{ ...row, image: [1, 5] }, 5],
    [{ ...row, image: [3, 3], kernel: 5 }, 9],
    [{ ...row, image: [3, 3] }, 9],
  ],
  trained: { ...row, image: [4, 4], layers: 1, head: 12 },
  gradientEntries: 40,
  large: true,
  logits,
  sees,
  learns: 6,
});

proveBinaryDensity({
  title: 'PixelRNN, Diagonal BiLSTM',
  entries: [
    [{ ...diagonal, image: [1, 1] }, 1],
    [{ ...diagonal, image: [3, 1] }, 3],
    [{ ...diagonal, image: [1, 1, 3], features: 24, head: 48 }, 3],
    [{ ...diagonal, image: [2, 2], residual: false }, 4],
    [{ ...diagonal, image: [1, 5] }, 5],
    [{ ...diagonal, image: [3, 3] }, 9],
  ],
  trained: { ...diagonal, image: [4, 4], layers: 1, head: 12 },
  gradientEntries: 40,
  large: true,
  logits,
  sees,
  learns: 6,
});

describe('the reach of a PixelRNN', () => {
  it('is the whole past along diagonals, of one layer already', () => {
    for (const image of [
      [5, 7],
      [7, 4, 3],
    ] as const) {
      const network = recurrentNetworkOf(parsed({ ...diagonal, image, layers: 1 }), 1);
      const size = image.reduce<number>((product, one) => product * one, 1);
      for (let d = 0; d < size; d++) expect(seenBy(network, d)).toEqual(past(d, size));
    }
  });

  it('would miss the last pixel of the row above if the map from the right heard what the other one hears', () => {
    const { image, nodes } = recurrentNetworkOf(parsed({ ...diagonal, image: [4, 9], layers: 5 }), 1);
    const asThePaper = nodes.map((node) =>
      node.kind === 'convolution' && node.name === 'inputRight' ? { ...nodes[1]!, name: node.name } : node,
    ) as typeof nodes;
    const seen = seenBy({ image, nodes: asThePaper }, 2 * 9);
    expect(Array.from(past(18, 36), (one, d) => (one === 1 && seen[d] === 0 ? d : -1)).filter((d) => d >= 0)).toEqual([
      17,
    ]);
  });

  it('is a triangle by rows, beside which no number of layers sees anything', () => {
    const spec = parsed({ ...row, image: [7, 11], layers: 1 });
    const centre = 4 * 11 + 4;
    const missed = (network: Parameters<typeof seenBy>[0]) => {
      const seen = seenBy(network, centre);
      return Array.from(past(centre, 77), (one, d) => (one === 1 && seen[d] === 0 ? d : -1)).filter((d) => d >= 0);
    };
    // Row 5, column 5: of every row above one column more to the right, as the first layer's kernel of 3 looks, too.
    expect(missed(deepestRecurrentOf(spec))).toEqual([9, 10, 19, 20, 21, 29, 30, 31, 32, 39, 40, 41, 42, 43]);
    expect(missed(recurrentNetworkOf(spec, 1)).length).toBeGreaterThan(14);
    const wide = parsed({ ...row, image: [7, 11], kernel: 5, layers: 1 });
    expect(missed(deepestRecurrentOf(wide)).length).toBeLessThan(14);
  });
});

provePast('PixelRNN', {
  entries: (image, layers) =>
    fc.record({
      type: fc.constant('pixelrnn' as const),
      cell: fc.constantFrom('row-lstm' as const, 'diagonal-bilstm' as const),
      kernel: fc.constantFrom(1, 3, 5),
      firstKernel: fc.constantFrom(3, 5),
      residual: fc.boolean(),
      ...{ image, layers },
    }),
  network: (entry) => recurrentNetworkOf(parsed(entry), 1),
  seesAll: (entry) => parsed(entry).cell === 'diagonal-bilstm',
});

const colourful: readonly PixelEntry[] = [
  { ...row, image: [3, 4, 3], features: 9, conditional: { type: 'categorical', levels: 3 } },
  { ...diagonal, image: [3, 4, 3], features: 6, conditional: { type: 'categorical', levels: 3 } },
  {
    ...diagonal,
    image: [4, 3, 2],
    features: 5,
    residual: false,
    conditional: { type: 'discretised-logistic-mixture', components: 2, levels: 8 },
  },
  { ...row, image: [3, 3], kernel: 5, firstKernel: 5, conditional: { type: 'gaussian' } },
  { ...diagonal, image: [3, 3], features: 7, conditional: { type: 'bernoulli' } },
];

const claims = {
  entries: colourful,
  reference: (entry: unknown, ...rest: ReferenceArguments) => pixelrnnReference(parsed(entry), ...rest),
};
proveDrawnPixelByPixel('PixelRNN', claims);
proveColourfulConditionals('PixelRNN', claims);
