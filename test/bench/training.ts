/** Rows a second of training, backend beside backend. */
import { startBackend } from '../../src/backends/index.ts';
import type { BackendName } from '../../src/backends/backend.ts';
import { createModel } from '../../src/models/index.ts';
import { RandomGenerator } from '../../src/random/generator.ts';
import { experimentSpec } from '../../src/spec/experiment.ts';
import { Learner } from '../../src/training/learner.ts';
import { benchRows } from './data.ts';

export interface Net {
  /** D, hidden units, D. */
  readonly sizes: readonly number[];
  readonly batchSize: number;
}

/** Rows a second of each turn. */
export type Turns = Partial<Record<BackendName, number[]>>;

/**
 * Trains on every backend in turn, so that a busy machine slows all of them alike; each turn lasts `seconds` and at
 * least two steps.
 */
export async function trainingThroughput(
  { sizes, batchSize }: Net,
  o: { backends: readonly BackendName[]; turns: number; seconds: number },
): Promise<Turns> {
  const dimension = sizes[0]!;
  const { model: spec, training } = experimentSpec.parse({
    model: { type: 'made', hidden: sizes.slice(1, -1) },
    data: { train: 'made on the spot' },
    training: { batchSize },
  });
  const rows = benchRows(2_000, dimension);
  const turns: Turns = Object.fromEntries(o.backends.map((name) => [name, []]));
  for (let turn = 0; turn < o.turns; turn++) {
    for (const name of o.backends) {
      const backend = await startBackend(name);
      const model = createModel(spec, dimension, 1);
      const initial = model.initialise(RandomGenerator.seeded(1, 'weights'));
      const learner = new Learner({ model, training, seed: 1, rows, backend, initial, saved: null });
      const step = async () => {
        await learner.batch();
        if (learner.state.batch === learner.batchesPerEpoch) learner.endEpoch(null);
      };
      for (let i = 0; i < 2; i++) await step();
      const start = performance.now();
      const first = learner.state.step;
      while (performance.now() - start < o.seconds * 1000 || learner.state.step < first + 2) await step();
      turns[name]!.push(((learner.state.step - first) * batchSize * 1000) / (performance.now() - start));
      learner.dispose();
    }
  }
  return turns;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
