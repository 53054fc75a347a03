/** The masks in turn, as the head of the page names them, are those of the model that the trainer builds. */
import { describe, expect, it } from 'vitest';
import { runMasks } from '../../../extension/runs/runMasks.ts';
import { parseExperiment } from '../../../src/spec/check.ts';
import { createModel } from '../../../src/models/index.ts';

const text = (model: object) =>
  JSON.stringify({ model: { type: 'made', hidden: [8], ...model }, data: { train: 'x.npy' }, seed: 5 });

describe('the masks of a run', () => {
  it('have an order each when orders change', () => {
    const experiment = text({ masks: 4, orderAgnostic: true });
    const masks = runMasks(experiment, 6)!;
    const { model, seed } = parseExperiment(experiment).experiment!;
    expect(masks.count).toBe(4);
    const trained = createModel(model, 6, seed);
    expect(masks.orders).toEqual([0, 1, 2, 3].map((mask) => trained.network!.order(mask)));
    expect(new Set(masks.orders.map(String)).size).toBeGreaterThan(1);
  });

  it('share one order when only the degrees change', () => {
    expect(runMasks(text({ masks: 4, connectivityAgnostic: true, order: 'reversed' }), 3)).toEqual({
      count: 4,
      orders: [Int32Array.of(3, 2, 1)],
    });
  });

  it.each([{ type: 'fvsbn', order: 'random' }, { type: 'strict-triangle-stack' }])(
    'are one, with the order of the model that is trained: %o',
    (entry) => {
      const experiment = text({ hidden: undefined, ...entry });
      const { model, seed } = parseExperiment(experiment).experiment!;
      const order = createModel(model, 7, seed).network!.order(0);
      expect(runMasks(experiment, 7)).toEqual({ count: 1, orders: [order] });
    },
  );

  it('are none of a model that has no order', () => {
    expect(runMasks(text({ type: 'autoencoder' }), 7)).toBeNull();
  });

  it('are not known of an experiment that cannot be read', () => {
    expect(runMasks('{ "model": 3 }', 3)).toBeNull();
  });
});
