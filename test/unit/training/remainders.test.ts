/** The rows that are left when an epoch is cut into batches. */
import { expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { generateRows } from '../../../src/data/generated/index.ts';
import type { Dataset } from '../../../src/data/dataset.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { experimentSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';
import { EpochPlan } from '../../../src/training/batches.ts';
import { onEveryTrainingBackend } from '../backends/everyBackend.ts';
import { batches, finished } from './finished.ts';
import { learned, newTrainer } from './support.ts';

const SIZE = 50;
const realnvp: ExperimentInput['model'] & { type: 'realnvp' } = { type: 'realnvp', hidden: [6], layers: 4 };

const job = (model: ExperimentInput['model']) =>
  experimentSpec.parse({
    model,
    data: { train: 'moons.npy' },
    training: { batchSize: SIZE, epochs: 3, optimizer: { type: 'adam', learningRate: 0.01 } },
  });
const dataset = (rows: number): Dataset => ({
  dimension: 2,
  image: null,
  train: generateRows('two-moons', rows, 1),
  validation: generateRows('two-moons', 40, 2),
  test: null,
});

it('joins the batch before where it would be too small, and every row has its turn', () => {
  const sizes = (rows: number, size: number, least?: number) => {
    const plan = new EpochPlan(rows, size, RandomGenerator.seeded(1), least);
    const all = Array.from({ length: plan.batches }, (_, i) => plan.rows(i));
    expect(all.flatMap((own) => [...own]).sort((a, b) => a - b)).toEqual([...Array(rows).keys()]);
    return all.map(({ length }) => length);
  };
  expect(sizes(101, 50, 8)).toEqual([50, 51]);
  expect(sizes(107, 50, 8)).toEqual([50, 57]);
  expect(sizes(108, 50, 8)).toEqual([50, 50, 8]);
  expect(sizes(100, 50, 8)).toEqual([50, 50]);
  expect(sizes(101, 50)).toEqual([50, 50, 1]);
  expect(sizes(5, 50, 8)).toEqual([5]);
  expect(sizes(9, 4, 8)).toEqual([4, 5]);
  expect(sizes(3, 1, 8)).toEqual([1, 1, 1]);
});

onEveryTrainingBackend(
  'a run with a single row left over',
  (backend) => {
    it('normalises by no such row, whose variance is nothing', async () => {
      const { metrics } = await finished(
        await newTrainer(backend(), { experiment: job(realnvp), dataset: dataset(2 * SIZE + 1) }),
      );
      const losses = batches(metrics).map(({ train }) => train);
      expect(losses).toHaveLength(3 * 2);
      // A batch of one row would score some ten nats better than any density of these rows can.
      for (const loss of losses) expect(loss).toBeGreaterThan(1);
    });

    it('has its batch where a model does without', async () => {
      const { metrics } = await finished(
        await newTrainer(backend(), {
          experiment: job({ ...realnvp, batchNorm: false }),
          dataset: dataset(2 * SIZE + 1),
        }),
      );
      expect(batches(metrics)).toHaveLength(3 * 3);
    });

    it('goes on bit for bit after a stop', async () => {
      expect(await outcome(backend(), [1, 2, 3])).toEqual(await outcome(backend(), []));
      // Every process anew makes its programs.
    }, 120_000);
  },
  { everywhere: false },
);

/** What a run has become that was ended after each of `stops` steps. */
async function outcome(backend: Backend, stops: readonly number[]) {
  let folder: RunFolder | null = null;
  for (const stopAt of [...stops, Infinity]) {
    const trainer = await newTrainer(backend, {
      experiment: job(realnvp),
      dataset: dataset(2 * SIZE + 1),
      ...(folder && { folder: await RunFolder.open(folder.path), resume: true }),
      betweenBatches: (t) => {
        if (t.stepsDone >= stopAt) void t.stop();
      },
    });
    const { state, reason, checkpoints } = await trainer.run();
    expect(state, reason ?? '').toBe(stopAt === Infinity ? 'finished' : 'stopped');
    trainer.dispose();
    folder = trainer.folder;
    if (stopAt === Infinity) return learned(folder, checkpoints.last!);
  }
  throw new Error('unreachable');
}
