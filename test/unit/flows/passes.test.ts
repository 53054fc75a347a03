import { describe, expect, it } from 'vitest';
import { gaussian } from '../../../src/flows/bases.ts';
import { type Bijector, inverted } from '../../../src/flows/bijector.ts';
import { coupling } from '../../../src/flows/coupling.ts';
import { type Flow, type FlowLayerKind, initialiseFlow } from '../../../src/flows/flow.ts';
import { maskedAutoregressive } from '../../../src/flows/maskedAutoregressive.ts';
import { type FlowPasses, measurePasses } from '../../../src/flows/passes.ts';
import { permutation, reversal } from '../../../src/flows/permutation.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

const D = 7;
const shape = { activation: 'relu', contextDimension: 2 } as const;
const autoregressive = maskedAutoregressive({
  ...shape,
  structure: {
    order: Int32Array.from({ length: D }, (_, d) => d + 1),
    hidden: [Int32Array.from({ length: 20 }, (_, unit) => unit % D)],
    direct: false,
  },
  scale: 'exponential',
  networks: 'two',
});
const kinds: Partial<Record<FlowLayerKind, Bijector>> = {
  autoregressive,
  'inverse-autoregressive': inverted(autoregressive, autoregressive.dependencies),
  permutation: permutation(reversal(D)),
  coupling: coupling({ ...shape, hidden: [5], passes: Uint8Array.of(1, 0, 1, 0, 1, 0, 1), law: 'tanh' }),
};

function measured(...layers: FlowLayerKind[]): FlowPasses {
  const flow: Flow = {
    dimension: D,
    layers: layers.map((kind) => ({ kind, title: kind, about: '', bijector: kinds[kind]! })),
    base: gaussian(D),
  };
  const counting = measurePasses(flow, initialiseFlow(flow, RandomGenerator.seeded(1, 'weights')), 2);
  for (;;) {
    const { done, value } = counting.next();
    if (done) return value;
  }
}

describe('the passes of a flow', () => {
  it('are one a layer towards the data of MAF, where the naive way takes one for every variable', () => {
    expect(measured('autoregressive', 'permutation', 'autoregressive')).toEqual({
      layers: 2,
      density: 2,
      sampling: 2,
      naive: { density: 2, sampling: 2 * D },
    });
  });

  it('are the other way round of IAF', () => {
    expect(measured('inverse-autoregressive', 'inverse-autoregressive')).toMatchObject({
      layers: 2,
      density: 2,
      naive: { density: 2 * D, sampling: 2 },
    });
  });

  it('are one a coupling in both directions, and none where there is no network', () => {
    const one = { layers: 2, density: 2, sampling: 2, naive: { density: 2, sampling: 2 } };
    expect(measured('coupling', 'permutation', 'coupling')).toEqual(one);
    expect(measured('permutation')).toMatchObject({ layers: 0, density: 0 });
  });

  it('are what is counted, not what is expected', () => {
    const { incremental } = autoregressive;
    const slow: Bijector = {
      ...autoregressive,
      incremental: {
        direction: 'inverse',
        *compute(...given) {
          const result = yield* incremental!.compute(...given);
          return { ...result, passes: 3.5 };
        },
      },
    };
    kinds.autoregressive = slow;
    try {
      expect(measured('autoregressive', 'coupling')).toMatchObject({ density: 2, sampling: 4.5 });
    } finally {
      kinds.autoregressive = autoregressive;
    }
  });
});
