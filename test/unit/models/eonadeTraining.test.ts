/** EoNADE as it is trained: what is drawn for every row, and a run as a whole. */
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../src/data/load.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { newRun, newTrainer, temporaryFolder } from '../training/support.ts';
import { specimen, everyKnown } from './eonadeSpecimens.ts';

describe('EoNADE: the draw of what is known', () => {
  it('has the chances of a random order and a random position, whatever the size of the batch', () => {
    const { model } = specimen({ hidden: [2] }, 3);
    const random = RandomGenerator.seeded(4, 'noise');
    for (const rows of [1, 4, 7]) {
      const counts = new Map<string, number>();
      const draws = 21_000 / rows;
      for (let i = 0; i < draws; i++) {
        const { shape, data } = model.noise(rows, random)['known']!;
        expect(shape).toEqual([rows, 3]);
        // A row of the batch always at the same place: each by itself must be fair.
        const key = [...data.subarray(0, 3)].join('');
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const all = everyKnown(3);
      expect([...counts.keys()].sort()).toEqual(all.map(({ known }) => [...known].join('')).sort());
      const chiSquare = all.reduce((sum, { known, chance }) => {
        const expected = draws * chance;
        return sum + (counts.get([...known].join(''))! - expected) ** 2 / expected;
      }, 0);
      // 6 degrees of freedom: 99.9 % lie below 22.5.
      expect(chiSquare).toBeLessThan(22.5);
    }
  });

  it('spreads the positions of one batch evenly', () => {
    const { model } = specimen({ hidden: [2] }, 10);
    const { data } = model.noise(20, RandomGenerator.seeded(4, 'noise'))['known']!;
    const counts = new Array<number>(10).fill(0);
    for (let n = 0; n < 20; n++) counts[Array.from(data.subarray(n * 10, n * 10 + 10)).reduce((a, b) => a + b)]!++;
    expect(counts).toEqual(new Array<number>(10).fill(2));
  });
});

// Hundreds of steps: minutes on a backend that imitates a GPU.
onEveryBackend(
  'EoNADE in training',
  (backend) => {
    it('learns bars and stripes, tells the estimate from the score, and goes on bit for bit with its noise', async () => {
      const experiment = experimentSpec.parse({
        model: { type: 'eonade', hidden: [20], orders: 2 },
        data: { generate: 'bars-and-stripes', rows: 400 },
        training: { epochs: 12, batchSize: 50, optimizer: { type: 'adam', learningRate: 0.03 } },
      });
      const dataset = await loadDataset(experiment.data, { baseFolder: '.', seed: 1 });
      const whole = await newTrainer(backend(), { experiment, dataset });
      await whole.run();
      const { test, best, validation, model } = whole.manifest;
      const independent = 16 * Math.LN2;
      expect(test!.nats).toBeLessThan(independent - 2);
      expect(test!.quantity).toBe('log-likelihood');
      expect(model!.quantity.estimate).toBe('estimate over orders');
      // A mean of logarithms over orders, not the logarithm of a mean: never better but for its noise.
      expect(best!.nats).not.toBe(validation!.nats);
      expect(best!.nats).toBeGreaterThan(validation!.nats - 1);

      const folder = await newRun(temporaryFolder());
      const first = await newTrainer(backend(), {
        experiment,
        dataset,
        folder,
        betweenBatches: (trainer) => {
          if (trainer.stepsDone >= 17) void trainer.stop();
        },
      });
      expect((await first.run()).state).toBe('stopped');
      first.dispose();
      const second = await newTrainer(backend(), {
        experiment,
        dataset,
        folder: await RunFolder.open(folder.path),
        resume: true,
      });
      await second.run();
      expect(second.manifest.test).toEqual(test);
      const last = whole.manifest.checkpoints.last!;
      expect((await second.folder.readCheckpoint(last)).model).toEqual((await whole.folder.readCheckpoint(last)).model);
    });

    it('is validated exactly when it is asked to be', async () => {
      const experiment = experimentSpec.parse({
        model: { type: 'eonade', hidden: [10], orders: 2, validationOrders: 2 },
        data: { generate: 'bars-and-stripes', rows: 200 },
        training: { epochs: 1, batchSize: 50 },
      });
      const dataset = await loadDataset(experiment.data, { baseFolder: '.', seed: 1 });
      const trainer = await newTrainer(backend(), { experiment, dataset });
      await trainer.run();
      expect(trainer.manifest.best!.nats).toBe(trainer.manifest.validation!.nats);
    });
  },
  { everywhere: false },
);
