import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { pixelcnnSpec, type PixelcnnSpec } from '../../../src/spec/models/pixelcnn.ts';
import { seenBy } from '../../../src/masks/pixels/reach.ts';
import { pixelNetworkOf } from '../../../src/masks/pixels/pixelcnn.ts';
import { pixelcnnReference } from './pixelcnnReference.ts';
import {
  conditioned,
  past,
  proveColourfulConditionals,
  proveDrawnPixelByPixel,
  provePast,
  type PixelEntry,
  type ReferenceArguments,
} from './pixelProofs.ts';
import { proveBinaryDensity, type ReferenceLogits } from './proofs.ts';

const small = { type: 'pixelcnn', features: 8, head: 16, layers: 2, firstKernel: 3 } as const;
const single = { ...small, stacks: 'single' } as const;

const parsed = (entry: unknown): PixelcnnSpec => pixelcnnSpec.parse(entry);

const logits =
  (entry: unknown): ReferenceLogits =>
  (_order, values, x) =>
    pixelcnnReference(parsed(entry), values, x);

/** What the structure lets a conditional see, positions from 1. */
const sees = (entry: unknown, later: number, earlier: number) =>
  seenBy(pixelNetworkOf(parsed(entry), 1), later - 1)[earlier - 1] === 1;

proveBinaryDensity({
  title: 'PixelCNN',
  entries: [
    [{ ...small, image: [1, 1] }, 1],
    [{ ...single, image: [1, 2] }, 2],
    [{ ...small, image: [3, 1] }, 3],
    [{ ...small, image: [1, 1, 3], features: 24, head: 48 }, 3],
    [{ ...single, image: [1, 1, 4], features: 32, head: 64 }, 4],
    [{ ...single, image: [2, 2], kernel: 5 }, 4],
    [{ ...small, image: [1, 5] }, 5],
    [{ ...small, image: [3, 3] }, 9],
    [{ ...single, image: [3, 3], firstKernel: 5 }, 9],
  ],
  trained: { ...small, image: [4, 4], layers: 1, features: 6, head: 12 },
  gradientEntries: 40,
  large: true,
  logits,
  sees,
  learns: 6,
});

describe('the reach of a PixelCNN', () => {
  it('is the whole past with two stacks, once there are layers enough', () => {
    const network = pixelNetworkOf(parsed({ ...small, image: [5, 5, 2], layers: 4 }), 1);
    for (let d = 0; d < 50; d++) expect(seenBy(network, d)).toEqual(past(d, 50));
  });

  it('has a blind spot to the right above with one, however many layers there are', () => {
    const network = pixelNetworkOf(parsed({ ...single, image: [6, 9], layers: 30 }), 1);
    const centre = 3 * 9 + 2;
    const seen = seenBy(network, centre);
    const missing = Array.from(past(centre, 54), (one, d) => (one === 1 && seen[d] === 0 ? d : -1));
    // Kernels of 3 look one pixel to the right for every row up.
    expect(missing.filter((d) => d >= 0)).toEqual([6, 7, 8, 14, 15, 16, 17, 22, 23, 24, 25, 26]);
  });
});

provePast('PixelCNN', {
  entries: (image, layers) =>
    fc.record({
      type: fc.constant('pixelcnn' as const),
      stacks: fc.constantFrom('single' as const, 'gated' as const),
      kernel: fc.constantFrom(1, 3, 5),
      firstKernel: fc.constantFrom(3, 5, 7),
      ...{ image, layers },
    }),
  network: (entry) => pixelNetworkOf(parsed(entry), 1),
  seesAll: () => false,
});

const colourful: readonly PixelEntry[] = [
  { ...small, image: [3, 4, 3], features: 9, layers: 3, conditional: { type: 'categorical', levels: 3 } },
  {
    ...single,
    image: [4, 3, 2],
    features: 6,
    conditional: { type: 'discretised-logistic-mixture', components: 2, levels: 8 },
  },
  { ...small, image: [3, 3], maskType: 'A', firstKernel: 5, kernel: 5, conditional: { type: 'gaussian' } },
];

const claims = {
  entries: colourful,
  reference: (entry: unknown, ...rest: ReferenceArguments) => pixelcnnReference(parsed(entry), ...rest),
};
proveDrawnPixelByPixel('PixelCNN', claims);
proveColourfulConditionals('PixelCNN', claims);

it('refuses a context of another size than the rows', () => {
  const { model, parameters } = conditioned(colourful[0]!, 2);
  const random = RandomGenerator.seeded(5, 'rows');
  const request = { rows: 2, temperature: 1, mask: 0, random, given: null, context: new Float32Array(3) };
  expect(() => model.sample(parameters, request).next()).toThrow('the context has 3 values; 2 rows of 2 are needed');
});
