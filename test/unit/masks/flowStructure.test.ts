/** What the editor tells of a flow's structure is what the layers of the model declare. */
import { describe, expect, it } from 'vitest';
import { countBits, packed, sameBits } from '../../../src/masks/bits.ts';
import { booleanProduct } from '../../../src/masks/blocks.ts';
import { flowLayersOf, type FlowLayerStructure, type FlowSpec } from '../../../src/masks/flowLayers.ts';
import { flowStructure, layerDependencies, layerOrigin } from '../../../src/masks/flowStructure.ts';
import { createModel } from '../../../src/models/index.ts';
import { modelSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';

const entries: readonly (readonly [string, ExperimentInput['model'], number])[] = [
  ['NICE by halves', { type: 'nice', hidden: [6] }, 5],
  ['NICE of one coupling, by a list', { type: 'nice', hidden: [6], layers: 1, split: [1, 0, 1, 1] }, 4],
  ['NICE of one variable', { type: 'nice', hidden: [6], layers: 2 }, 1],
  ['RealNVP, every other variable', { type: 'realnvp', hidden: [6], split: 'even-odd', layers: 3 }, 4],
  ['MAF, reversed', { type: 'maf', hidden: [9] }, 4],
  ['MAF, permuted at random', { type: 'maf', hidden: [9], permutation: 'random', layers: 3 }, 6],
  ['MAF without a permutation', { type: 'maf', hidden: [9], permutation: 'none', layers: 2 }, 4],
  ['IAF, a ring', { type: 'iaf', hidden: [9], permutation: [2, 3, 1], layers: 2 }, 3],
  ['levels with a logit', { type: 'nice', hidden: [6], dequantise: { levels: 4, logit: 0.05 } }, 4],
  ['RealNVP of images', { type: 'realnvp', image: [4, 4], hidden: [2], couplings: 2 }, 16],
  ['RealNVP of coloured images, deep', { type: 'realnvp', image: [4, 6, 3], hidden: [2], couplings: 1, blocks: 1 }, 72],
  ['Glow', { type: 'glow', image: [4, 4], hidden: [2], steps: 2 }, 16],
];

describe.each(entries)('%s', (_, entry, dimension) => {
  const spec = modelSpec.parse(entry) as FlowSpec;
  const blocks = 'blocks' in spec ? spec.blocks : 0;
  const layers = flowLayersOf(spec, dimension, 3);
  const flow = createModel(spec, dimension, 3, 0).flow!;

  it('has layers that depend, change places and move as the model’s do', () => {
    expect(layers).toHaveLength(flow.layers.length);
    for (const [l, layer] of layers.entries()) {
      const { bijector } = flow.layers[l]!;
      expect(sameBits(layerDependencies(layer, dimension, blocks), packed(bijector.dependencies)), `layer ${l}`).toBe(
        true,
      );
      expect([...layerOrigin(layer, dimension)], `layer ${l}`).toEqual([...bijector.origin]);
    }
  });

  it('is composed as the model’s layers are', () => {
    const { dependencies, variables } = flowStructure(layers, dimension, blocks);
    const product = flow.layers
      .map(({ bijector }) => packed(bijector.dependencies))
      .reduce((before, after) => booleanProduct(after, before));
    expect(sameBits(dependencies, product)).toBe(true);
    const continued = flow.layers.reduce<Int32Array>(
      (before, { bijector }) => bijector.origin.map((place) => before[place]!),
      Int32Array.from({ length: dimension }, (_, d) => d),
    );
    expect([...variables]).toEqual([...continued]);
  });
});

describe('the number of layers that move a variable', () => {
  const movesOf = (entry: ExperimentInput['model'], dimension: number) => [
    ...flowStructure(flowLayersOf(modelSpec.parse(entry) as FlowSpec, dimension, 3), dimension).moves,
  ];

  it('is that of couplings in which it does not pass', () => {
    expect(movesOf({ type: 'nice', hidden: [6], layers: 3 }, 4)).toEqual([1, 1, 2, 2]);
    expect(movesOf({ type: 'nice', hidden: [6], layers: 1 }, 4)).toEqual([0, 0, 1, 1]);
  });

  it('counts every autoregressive layer, wherever a variable stands', () => {
    expect(movesOf({ type: 'maf', hidden: [6], layers: 4, permutation: 'random' }, 5)).toEqual([4, 4, 4, 4, 4]);
  });

  it('follows variables through a squeeze until they are factored out', () => {
    const moves = movesOf({ type: 'glow', image: [4, 4], hidden: [2], scales: 2, steps: 2 }, 16);
    // Two mixings at each scale, and one coupling in which each half of the channels moves.
    expect(new Set(moves)).toEqual(new Set([3, 6]));
    expect(moves.filter((own) => own === 3)).toHaveLength(8);
  });
});

it('asks no layer what it depends on once everything depends on everything', () => {
  const order = (...places: number[]) => ({ order: Int32Array.from(places), hidden: [], direct: false });
  const layers: FlowLayerStructure[] = [
    { kind: 'autoregressive', structure: order(1, 2, 3) },
    { kind: 'autoregressive', structure: order(3, 2, 1) },
    {
      kind: 'autoregressive',
      get structure(): never {
        throw new Error('the structure of a third layer was asked for');
      },
    },
    { kind: 'permutation', order: Int32Array.of(2, 0, 1) },
  ];
  const { dependencies, moves, variables } = flowStructure(layers, 3);
  expect(countBits(dependencies)).toBe(9);
  expect([...moves]).toEqual([3, 3, 3]);
  expect([...variables]).toEqual([2, 0, 1]);
});
