import { describe, expect, it } from 'vitest';
import { inverted, type Bijector } from '../../../src/flows/bijector.ts';
import { coupling } from '../../../src/flows/coupling.ts';
import { maskedAutoregressive, type MaskedAutoregressiveSettings } from '../../../src/flows/maskedAutoregressive.ts';
import { permutation, reversal } from '../../../src/flows/permutation.ts';
import { scaleForms } from '../../../src/flows/scales.ts';
import { scaling } from '../../../src/flows/scaling.ts';
import { proveBijectors, type Case } from './bijectorProofs.ts';

const settings = { hidden: [7, 6], activation: 'tanh', contextDimension: 0 } as const;
const bits = (...passes: number[]) => Uint8Array.from(passes);

/** Of four variables, in the order x₃, x₁, x₄, x₂. */
function autoregressive(o: Partial<MaskedAutoregressiveSettings>): Bijector {
  return maskedAutoregressive({
    structure: {
      order: Int32Array.of(2, 4, 1, 3),
      hidden: [Int32Array.of(1, 2, 3, 1, 2, 3, 2), Int32Array.of(3, 1, 2, 1, 2, 3)],
      direct: false,
    },
    activation: 'tanh',
    contextDimension: 0,
    scale: 'exponential',
    networks: 'one',
    ...o,
  });
}

/** IAF: what the inverse may depend on is the same triangle. */
const backwards = (layer: Bijector) => inverted(layer, layer.dependencies);

const cases: readonly Case[] = [
  { name: 'a reversal', layer: permutation(reversal(5)) },
  // Three in a ring: its own inverse neither once nor twice.
  { name: 'a permutation that is not its own inverse', layer: permutation(Int32Array.of(2, 0, 1, 4, 3)) },
  { name: 'a diagonal scaling', layer: scaling(4) },
  { name: 'additive coupling', layer: coupling({ ...settings, passes: bits(1, 1, 0, 0, 0), law: 'additive' }) },
  ...scaleForms.map((law): Case => ({
    name: `affine coupling, ${law}, every other variable`,
    layer: coupling({ ...settings, passes: bits(1, 0, 1, 0, 1), law }),
  })),
  { name: 'coupling of one variable', layer: coupling({ ...settings, passes: bits(0), law: 'tanh' }) },
  { name: 'coupling of two', layer: coupling({ ...settings, passes: bits(0, 1), law: 'exponential' }) },
  {
    name: 'coupling with a context',
    layer: coupling({ ...settings, contextDimension: 2, passes: bits(0, 1, 1), law: 'softplus' }),
    context: 2,
  },
  ...(['one', 'two'] as const).map((networks): Case => ({
    name: `a masked autoregressive layer of ${networks === 'one' ? 'one network' : 'two networks'}`,
    layer: autoregressive({ networks }),
  })),
  { name: 'a gated autoregressive layer', layer: autoregressive({ scale: 'gate' }) },
  {
    name: 'IAF’s gate, x = σ·u + (1 − σ)·m of the noise, conditional',
    layer: backwards(autoregressive({ scale: 'gate', contextDimension: 2, growing: 'forward' })),
    context: 2,
  },
  {
    name: 'the inverse of an autoregressive layer, conditional, in an order that is not its own inverse',
    layer: backwards(autoregressive({ scale: 'tanh', contextDimension: 2 })),
    context: 2,
  },
  {
    name: 'an autoregressive layer of one variable',
    layer: autoregressive({ structure: { order: Int32Array.of(1), hidden: [Int32Array.of(1, 1)], direct: false } }),
    unheard: /weight|hidden/,
  },
  {
    name: 'coupling in which the context alone decides',
    layer: coupling({ ...settings, contextDimension: 2, passes: bits(0, 0), law: 'gate' }),
    context: 2,
  },
];

proveBijectors('a bijector', cases);

describe('a permutation', () => {
  it('is refused where it is none, naming the entries', () => {
    expect(() => permutation(Int32Array.of(0, 2, 2))).toThrow('entries 1 and 2 of the permutation are both 2');
    expect(() => permutation(Int32Array.of(0, 3, 1))).toThrow('entry 1 of the permutation is 3; 0 … 2 are possible');
  });
});

describe('coupling', () => {
  it('is refused where nothing would move', () => {
    expect(() => coupling({ ...settings, passes: bits(1, 1), law: 'tanh' })).toThrow('all 2 variables pass');
  });
});
