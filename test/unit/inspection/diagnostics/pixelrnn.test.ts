/** What is judged of recurrent networks over pixels, and of residual blocks: broken ones, and the sound ones beside them. */
import { expect, it } from 'vitest';
import type { PixelNetwork, PixelNode } from '../../../../src/masks/pixels/network.ts';
import { deepestOf, pixelNetworkOf } from '../../../../src/masks/pixels/pixelcnn.ts';
import { deepestRecurrentOf, recurrentNetworkOf } from '../../../../src/masks/pixels/pixelrnn.ts';
import { createModel } from '../../../../src/models/index.ts';
import type { Model } from '../../../../src/models/model.ts';
import { PixelModel } from '../../../../src/models/pixels/pixelModel.ts';
import { type ExperimentInput, modelSpec } from '../../../../src/spec/experiment.ts';
import { pixelcnnSpec } from '../../../../src/spec/models/pixelcnn.ts';
import { type PixelrnnSpec, pixelrnnSpec } from '../../../../src/spec/models/pixelrnn.ts';
import { onEveryBackend } from '../../backends/everyBackend.ts';
import { contextOf, evidenceOf, judge } from './judge.ts';

type Change = (network: PixelNetwork) => PixelNetwork;
const sound: Change = (network) => network;

function pixelrnn(image: readonly [number, number], changes: Partial<PixelrnnSpec> = {}, change = sound): Model {
  const spec = pixelrnnSpec.parse({
    type: 'pixelrnn',
    image,
    features: 8,
    head: 8,
    layers: 2,
    firstKernel: 3,
    ...changes,
  });
  const { type, conditional } = spec;
  const network = (perVariable: number) => change(recurrentNetworkOf(spec, perVariable));
  return new PixelModel({ type, conditional, network, deepest: () => change(deepestRecurrentOf(spec)) }, 0);
}

/** The map from the right is added where it is. */
const unshifted: Change = ({ image, nodes }) => ({
  image,
  nodes: nodes.map((node): PixelNode => {
    if (node.kind !== 'sum') return node;
    const [first, second] = node.from;
    const source = nodes[second]!;
    return source.kind === 'shift' ? { ...node, from: [first, source.from] } : node;
  }),
});

/** h + (h + f(h)) */
const addedTwice: Change = ({ image, nodes }) => {
  const changed: PixelNode[] = [];
  const places: number[] = [];
  for (const node of nodes) {
    if (node.kind === 'sum') {
      const [first, second] = node.from.map((source) => places[source]!) as [number, number];
      let added = second;
      if (node.block !== undefined) {
        const { block: _, ...plain } = node;
        added = changed.push({ ...plain, from: [first, second] }) - 1;
      }
      places.push(changed.push({ ...node, from: [first, added] }) - 1);
    } else {
      const moved = node.kind === 'image' ? node : { ...node, from: places[node.from]! };
      places.push(changed.push(moved) - 1);
    }
  }
  return { image, nodes: changed };
};

onEveryBackend(
  'diagnostics of PixelRNN',
  (backend) => {
    it.each(['row-lstm', 'diagonal-bilstm'] as const)('pass a sound one: %s', async (cell) => {
      const context = await contextOf(pixelrnn([3, 3], { cell }), backend());
      expect(context.totalProbability?.value).toBeCloseTo(1, 5);
      expect(context.jacobian?.leaks).toBe(0);
      for (const id of ['future-leak', 'blind-spot', 'activation-growth', 'order-inverse'] as const) {
        expect(judge(id, context)).toBe('ok');
      }
    });

    it('find that the first layer has no mask A: every pixel sees itself', async () => {
      const context = await contextOf(pixelrnn([3, 3], { maskType: 'B' }), backend());
      const finding = judge('future-leak', context);
      expect(finding).toMatchObject({ severity: 'error', view: 'dependency', title: '9 of 45 forbidden pairs leak' });
      expect(evidenceOf(finding)['Pairs']).toContain('x̂₉ ← x₉');
      expect(Math.abs(context.totalProbability!.value - 1)).toBeGreaterThan(1e-3);
    });

    it('find that the map from the right is not shifted down: a pixel sees those to its right', async () => {
      const context = await contextOf(pixelrnn([3, 3], {}, unshifted), backend());
      const finding = judge('future-leak', context);
      // Itself and all to its right in every row: 3 + 2 + 1 pairs.
      expect(finding).toMatchObject({ severity: 'error', view: 'dependency', title: '18 of 45 forbidden pairs leak' });
      expect(evidenceOf(finding)['Pairs']).toContain('x̂₇ ← x₈');
      expect(Math.abs(context.totalProbability!.value - 1)).toBeGreaterThan(1e-3);
      expect(context.jacobian?.leaks).toBeGreaterThan(0);
    });

    it('find the triangle of a Row LSTM, and nothing of the kind along diagonals', async () => {
      const rows = judge(
        'blind-spot',
        await contextOf(pixelrnn([4, 7], { cell: 'row-lstm' }), backend(), { depth: 'facts' }),
      );
      // Row 3, column 4: of each row above one column more to the right.
      expect(rows).toMatchObject({
        severity: 'warning',
        explanation: expect.stringContaining('"cell": "diagonal-bilstm"') as unknown,
        select: { kind: 'variable', variable: 17 },
      });
      expect(evidenceOf(rows)['Of these out of reach of any number of layers']).toBe('3 of 17 (18 %)');
      const diagonals = await contextOf(pixelrnn([4, 7], { layers: 1 }), backend(), { depth: 'facts' });
      expect(judge('blind-spot', diagonals)).toBe('ok');
    });

    it('find what goes past a block added twice, in LSTMs and in convolutions, and no growth in sound blocks', async () => {
      const growthOf = async (model: Model) =>
        judge('activation-growth', await contextOf(model, backend(), { depth: 'facts' }));
      const finding = await growthOf(pixelrnn([4, 4], { layers: 4 }, addedTwice));
      expect(finding).toMatchObject({
        severity: 'warning',
        title: expect.stringMatching(
          /^Activations grow by a factor of 2(\.\d+)? with every residual block$/,
        ) as unknown,
      });
      expect(Object.keys(evidenceOf(finding))).toEqual([
        'Growth in all',
        'Scale after input',
        ...[0, 1, 2, 3].map((i) => `Scale after layers.${i}`),
        'Measured',
      ]);
      expect(await growthOf(pixelrnn([4, 4], { layers: 1 }, addedTwice))).toHaveProperty('severity');
      for (const layers of [1, 7]) {
        for (const cell of ['row-lstm', 'diagonal-bilstm'] as const) {
          expect(await growthOf(pixelrnn([4, 4], { layers, cell }))).toBe('ok');
        }
      }
      for (const stacks of ['single', 'gated'] as const) {
        const spec = pixelcnnSpec.parse({ type: 'pixelcnn', image: [5, 5], stacks, layers: 4, features: 8, head: 8 });
        const { type, conditional } = spec;
        const built = (change: Change) =>
          new PixelModel(
            {
              ...{ type, conditional },
              network: (perVariable) => change(pixelNetworkOf(spec, perVariable)),
              deepest: () => deepestOf(spec),
            },
            0,
          );
        expect(await growthOf(built(sound))).toBe('ok');
        expect(await growthOf(built(addedTwice))).toHaveProperty('severity', 'warning');
      }
    });

    it('look at the residual blocks of flows on images, and at no others', async () => {
      const judged = async (entry: ExperimentInput['model']) => {
        const context = await contextOf(createModel(modelSpec.parse(entry), 16, 1), backend(), { depth: 'facts' });
        return { chains: context.residualGrowth, outcome: judge('activation-growth', context) };
      };
      const glow: ExperimentInput['model'] = { type: 'glow', image: [4, 4], hidden: [6], scales: 1, steps: 2 };
      const { chains, outcome } = await judged({ ...glow, blocks: 3 });
      expect(outcome).toBe('ok');
      expect(chains!.map(({ layers }) => layers.map((name) => name.replace(/^layers\.\d+\./, '')))).toEqual(
        Array.from({ length: 2 }, () => ['hidden.0', 'block.0', 'block.1', 'block.2']),
      );
      expect((await judged(glow)).outcome).toBe('not-applicable');
      expect((await judged({ type: 'pixelrnn', image: [4, 4], features: 4, residual: false })).outcome).toBe(
        'not-applicable',
      );
    });
  },
  { everywhere: false },
);
