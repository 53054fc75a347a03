/** Flows as they train: what the diagnostics say of sound ones at the end of a run. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Bench, Workplace } from './workplace.ts';

let place: Workplace;
let bench: Bench;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.session.close());

/** What is judged by layers, Jacobians and ways back: whether so short a run overfits is another matter. */
const applicable = {
  nice: ['log-det', 'inverse-error', 'scale-blow-up', 'untransformed', 'slow-direction'],
  realnvp: ['log-det', 'inverse-error', 'scale-blow-up', 'untransformed', 'slow-direction', 'batch-norm'],
  maf: ['log-det', 'inverse-error', 'scale-blow-up', 'untransformed', 'slow-direction', 'batch-norm', 'order-inverse'],
  iaf: ['log-det', 'inverse-error', 'scale-blow-up', 'untransformed', 'slow-direction', 'order-inverse'],
} as const;

it.each(['nice', 'realnvp', 'maf', 'iaf'] as const)(
  'of %s, trained, every diagnostic of flows is silent',
  async (type) => {
    const experiment = await place.experiment(type, {
      model: { type, hidden: [16], layers: 4 },
      data: { generate: 'two-moons', rows: 1000 },
      training: { epochs: 3, batchSize: 100, optimizer: { type: 'adam', learningRate: 0.005 } },
    });
    await bench.train(experiment, place.newRunFolder());
    await bench.until('finished');
    const outcomes = await bench.host.request('diagnose', {});
    const states = Object.fromEntries(outcomes.map(({ id, state }) => [id, state]));
    for (const id of applicable[type]) expect([id, states[id]]).toEqual([id, 'ok']);
    for (const id of ['bits-per-dim', 'singular-mixing', 'ignored-condition'])
      expect(states[id]).toBe('not-applicable');
  },
  120_000,
);
