import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { DataError } from '../../../src/data/dataset.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import type { BatchMetric, EpochMetric, Metric } from '../../../src/runs/metrics.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import type { TrainingState } from '../../../src/training/state.ts';
import type { Trainer } from '../../../src/training/trainer.ts';
import { disposeTensors, download } from '../../../src/training/tensors.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import {
  chainDataset,
  chainRows,
  experiment,
  learned,
  newRun,
  newTrainer,
  temporaryFolder,
  timeless,
} from './support.ts';

const batches = (metrics: readonly Metric[]) => metrics.filter((m): m is BatchMetric => m.type === 'batch');
const epochs = (metrics: readonly Metric[]) => metrics.filter((m): m is EpochMetric => m.type === 'epoch');
onEveryBackend(
  'trainer',
  (backend) => {
    it('learns: the test NLL ends near the entropy of the data', async () => {
      const dataset = chainDataset({ rows: 600 });
      const spec = experiment(
        { hidden: [24], direct: true },
        { epochs: 15, optimizer: { type: 'adam', learningRate: 0.01 } },
      );
      const manifest = await (await newTrainer(backend(), { dataset, experiment: spec })).run();
      expect(manifest.state).toBe('finished');
      // ln 2 for the first variable, the entropy of a 0.9 coin for each of the other five.
      const entropy = Math.LN2 - 5 * (0.9 * Math.log(0.9) + 0.1 * Math.log(0.1));
      expect(manifest.test!.nats).toBeLessThan(entropy + 0.35);
      expect(manifest.test!.nats).toBeGreaterThan(entropy - 0.35);
      expect(manifest.test!.rows).toBe(50);
      expect(manifest.test!.quantity).toBe('log-likelihood');
      expect(manifest.validation!.nats).toBeCloseTo(manifest.best!.nats, 6);
    });

    it('tells and writes every metric once and in order, and keeps the manifest current', async () => {
      const told: Metric[] = [];
      const starts: number[] = [];
      const states: RunManifest[] = [];
      const trainer = await newTrainer(backend(), {
        callbacks: {
          onMetrics: (from, metrics) => {
            starts.push(from);
            expect(from).toBe(told.length);
            told.push(...metrics);
          },
          onManifest: (manifest) => states.push(manifest),
        },
      });
      expect(trainer.manifest.state).toBe('preparing');
      const { folder } = await finished(trainer);
      expect(await folder.readMetrics()).toEqual(told);
      // 70 rows in batches of 16: five a epoch, the last one of 6 rows.
      expect(batches(told).map(({ step }) => step)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
      expect(epochs(told).map(({ epoch, step }) => [epoch, step])).toEqual([1, 2, 3, 4, 5].map((e) => [e, 5 * e]));
      expect(batches(told)[6]!.epoch).toBeCloseTo(1.4);
      expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['running', 'finished']));
      const manifest = await folder.readManifest();
      expect(manifest).toEqual(trainer.manifest);
      expect(manifest).toMatchObject({
        experiment: 'chain',
        state: 'finished',
        reason: null,
        backend: backend().name,
        dimension: 6,
        parameterCount: 8 * 6 + 8 + 6 * 8 + 6,
        step: 25,
        epoch: 5,
        epochs: 5,
      });
      const best = epochs(told)
        .filter((metric) => metric.best)
        .at(-1)!;
      expect(manifest.best).toEqual({ epoch: best.epoch, nats: best.validation });
      expect(manifest.checkpoints.last).toBe('00000025');
      expect(manifest.checkpoints.best).toBe(String(best.step).padStart(8, '0'));
      expect(await folder.checkpointNames()).toEqual(
        [...new Set([manifest.checkpoints.best!, manifest.checkpoints.last!])].sort(),
      );
      expect(await folder.owner()).toBeNull();
    });

    it('reports the mean loss of the epoch over its rows, and the loss before each step', async () => {
      const spec = experiment({}, { epochs: 1, optimizer: { type: 'sgd', learningRate: 1e-12 } });
      const trainer = await newTrainer(backend(), { experiment: spec });
      const before = await download(trainer.parameters);
      const { metrics } = await finished(trainer);
      const parameters = trainer.parameters;
      const { score } = await scoreRows(trainer.model, parameters, chainDataset().train, { backend: backend() });
      // Nothing was learned at this rate, so the epoch's mean is the score of the rows.
      expect((await download(parameters))['output.weight']).toEqual(before['output.weight']);
      expect(epochs(metrics)[0]!.train).toBeCloseTo(score.nats, 5);
    });

    it('keeps the number of tensors level', async () => {
      const counts = new Set<number>();
      const before = tf.memory().numTensors;
      const trainer = await newTrainer(backend(), {
        experiment: experiment({ masks: 2 }, { epochs: 40, optimizer: { type: 'adam' } }),
        // At the end of an epoch, a multiple of five steps, the masks of the validation are there as well.
        betweenBatches: ({ stepsDone }) => {
          if (stepsDone > 5 && stepsDone % 5 > 0) counts.add(tf.memory().numTensors);
        },
      });
      await trainer.run();
      expect(trainer.stepsDone).toBe(200);
      expect(counts.size).toBe(1);
      trainer.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it('cycles through its masks from batch to batch', async () => {
      const trainer = await newTrainer(backend(), {
        experiment: experiment({ masks: 3, orderAgnostic: true }, { epochs: 2 }),
      });
      const { metrics } = await finished(trainer);
      expect(batches(metrics).map(({ mask }) => mask)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
      expect(trainer.mask).toBe(0);
    });

    it.each(['sgd', 'rmsprop', 'adagrad', 'adam'] as const)(
      'goes on bit for bit where a killed run stood, whichever batch that was, with %s',
      async (type) => {
        const optimizer = { type, learningRate: 0.01, ...(type === 'sgd' && { momentum: 0.9 }) };
        const spec = experiment({ masks: 2, order: 'random', orderAgnostic: true, direct: true }, { optimizer });
        const whole = await newTrainer(backend(), { experiment: spec });
        const uninterrupted = await finished(whole);
        expect(await whole.folder.checkpointNames()).toContain('00000025');

        const folder = await newRun(temporaryFolder());
        let previous: string | null = null;
        // Stopped in the first epoch, at its very end (validation still to come), in the middle, shortly before the end.
        for (const stopAt of [1, 5, 8, 24]) {
          const trainer = await newTrainer(backend(), {
            experiment: spec,
            folder: await RunFolder.open(folder.path),
            resume: previous !== null,
            betweenBatches: (t) => {
              if (t.stepsDone >= stopAt) void t.stop();
            },
          });
          expect((await trainer.run()).state).toBe('stopped');
          expect(trainer.stepsDone).toBe(stopAt);
          trainer.dispose();
          // A killed run leaves metrics that are ahead of its checkpoint, and a line that is cut short.
          await folder.appendMetrics([
            { type: 'batch', step: stopAt + 1, epoch: 9, seconds: 0, train: 99, mask: 0 },
            {
              type: 'epoch',
              step: stopAt,
              epoch: 99,
              seconds: 0,
              train: 9,
              validation: 9,
              best: true,
              rowsPerSecond: 1,
            },
          ]);
          previous = trainer.manifest.checkpoints.last;
        }
        const last = await newTrainer(backend(), {
          experiment: spec,
          folder: await RunFolder.open(folder.path),
          resume: true,
        });
        const resumed = await finished(last);

        expect(learned(folder, '00000025')).toEqual(learned(whole.folder, '00000025'));
        expect(timeless(resumed.metrics)).toEqual(timeless(uninterrupted.metrics));
        expect(last.manifest.best).toEqual(whole.manifest.best);
        expect(last.manifest.test).toEqual(whole.manifest.test);
      },
    );

    it('goes on bit for bit from what a kill leaves on disk at any moment, last and best checkpoint included', async () => {
      const spec = experiment({ order: 'random', direct: true }, { optimizer: { type: 'adam', learningRate: 0.02 } });
      const copies = new Map<number, string>();
      const whole = await newTrainer(backend(), {
        experiment: spec,
        saving: { epoch: 0, timed: 3 },
        betweenBatches: ({ folder, stepsDone }) => {
          if (stepsDone % 3 !== 1 || copies.has(stepsDone)) return;
          const copy = join(temporaryFolder(), 'run');
          cpSync(folder.path, copy, { recursive: true });
          // The lock of a process that is no more.
          rmSync(join(copy, 'run.lock'));
          copies.set(stepsDone, copy);
        },
      });
      const uninterrupted = await finished(whole);
      expect([...copies.keys()]).toEqual([1, 4, 7, 10, 13, 16, 19, 22, 25]);
      let resumedInTheMiddle = 0;
      for (const path of copies.values()) {
        const trainer = await newTrainer(backend(), {
          experiment: spec,
          folder: await RunFolder.open(path),
          resume: true,
        });
        if (trainer.stepsDone > 0) resumedInTheMiddle++;
        const { metrics, manifest, folder } = await finished(trainer);
        expect(learned(folder, '00000025')).toEqual(learned(whole.folder, '00000025'));
        expect(timeless(metrics)).toEqual(timeless(uninterrupted.metrics));
        expect([manifest.best, manifest.test]).toEqual([whole.manifest.best, whole.manifest.test]);
      }
      expect(resumedInTheMiddle).toBeGreaterThan(5);
    });

    it('has a checkpoint after its first epoch, however quick that was', async () => {
      const names: string[][] = [];
      const trainer = await newTrainer(backend(), {
        saving: { epoch: Infinity, timed: Infinity },
        betweenBatches: async ({ folder, stepsDone }) => {
          if (stepsDone === 6) names.push(await folder.checkpointNames());
        },
      });
      await finished(trainer);
      expect(names).toEqual([['00000005']]);
    });

    it('extends a finished run to more epochs, as if it had had them from the start', async () => {
      const long = await newTrainer(backend(), { experiment: experiment({}, { epochs: 6 }) });
      await long.run();
      const short = await newTrainer(backend(), { experiment: experiment({}, { epochs: 4 }) });
      await short.run();
      short.dispose();
      const extended = await newTrainer(backend(), {
        experiment: experiment({}, { epochs: 4 }),
        folder: await RunFolder.open(short.folder.path),
        resume: true,
        epochs: 6,
      });
      expect(extended.manifest).toMatchObject({ epochs: 6, epoch: 4, step: 20, state: 'preparing' });
      await extended.run();
      expect(learned(extended.folder, '00000030')).toEqual(learned(long.folder, '00000030'));
      expect(extended.manifest.test).toEqual(long.manifest.test);
    });

    it('gives other numbers for another seed, the same for the same', async () => {
      const nats = async (seed: number) =>
        (await (await newTrainer(backend(), { experiment: { ...experiment({}, { epochs: 1 }), seed } })).run()).test!
          .nats;
      const first = await nats(1);
      expect(await nats(1)).toBe(first);
      expect(await nats(2)).not.toBe(first);
    });

    it('stops early and keeps the best epoch, whose parameters give the final scores', async () => {
      const dataset = chainDataset({ rows: 20 });
      const spec = experiment(
        { hidden: [64], direct: true },
        { epochs: 500, patience: 4, optimizer: { type: 'adam', learningRate: 0.03 } },
      );
      const trainer = await newTrainer(backend(), { dataset, experiment: spec });
      const { metrics, manifest } = await finished(trainer);
      expect(manifest.reason).toBe('No better validation NLL for 4 epochs.');
      const all = epochs(metrics);
      const best = all.reduce((a, b) => (b.validation! < a.validation! ? b : a));
      expect(all.at(-1)!.epoch).toBe(best.epoch + 4);
      expect(manifest.best).toEqual({ epoch: best.epoch, nats: best.validation });
      expect(manifest.validation!.nats).toBe(best.validation);
      const parameters = await trainer.bestParameters();
      const { score } = await scoreRows(trainer.model, parameters, dataset.test!, { backend: backend() });
      expect(score).toEqual(manifest.test);
      disposeTensors(parameters);
      // Best epochs are marked as they come: each is better than all before.
      let lowest = Infinity;
      for (const { best: marked, validation } of all) {
        expect(marked).toBe(validation! < lowest);
        lowest = Math.min(lowest, validation!);
      }
    });

    it('works without validation and test rows: the last parameters count', async () => {
      const dataset = { ...chainDataset({ validation: false }), test: null };
      const trainer = await newTrainer(backend(), { dataset });
      const { metrics, manifest } = await finished(trainer);
      expect(manifest).toMatchObject({ state: 'finished', best: null, validation: null, test: null });
      expect(epochs(metrics).map(({ validation, best }) => [validation, best])).toEqual(Array(5).fill([null, false]));
      expect(await download(await trainer.bestParameters())).toEqual(await download(trainer.parameters));
    });

    it('pauses, steps by batch and by epoch, resumes', async () => {
      const trainer = await newTrainer(backend(), { experiment: experiment({}, { epochs: 4 }) });
      const over = trainer.run();
      expect((await trainer.pause()).state).toBe('paused');
      const at = trainer.stepsDone;
      await expect(trainer.folder.checkpointNames()).resolves.toContain(trainer.manifest.checkpoints.last);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(trainer.stepsDone).toBe(at);
      expect((await trainer.folder.readManifest()).state).toBe('paused');

      expect(await trainer.step('batch')).toMatchObject({ state: 'paused', step: at + 1 });
      expect(await trainer.step('batch')).toMatchObject({ state: 'paused', step: at + 2 });
      const afterEpoch = await trainer.step('epoch');
      expect(afterEpoch).toMatchObject({ state: 'paused', epoch: Math.floor((at + 2) / 5) + 1 });
      expect(epochs(await trainer.folder.readMetrics())).toHaveLength(afterEpoch.epoch);
      // Again from the end of an epoch: to the end of the next.
      expect(await trainer.step('epoch')).toMatchObject({ state: 'paused', epoch: afterEpoch.epoch + 1 });
      expect((await trainer.resume()).state).toBe('running');
      expect((await over).state).toBe('finished');
      expect(await trainer.pause()).toMatchObject({ state: 'finished' });
    });

    it('does what it was asked last, also where that comes before an earlier request was carried out', async () => {
      const trainer = await newTrainer(backend(), { experiment: experiment({}, { epochs: 4 }) });
      const over = trainer.run();
      const [pause, resume] = await Promise.all([trainer.pause(), trainer.resume()]);
      expect([pause.state, resume.state]).toEqual(['running', 'running']);
      const [, , last] = await Promise.all([trainer.pause(), trainer.resume(), trainer.pause()]);
      expect(last.state).toBe('paused');

      // On to the end of the epoch, and on beyond that before it is reached.
      const step = trainer.step('epoch');
      const onwards = await Promise.all([step, trainer.resume()]);
      expect(onwards.map(({ state }) => state)).toEqual(['running', 'running']);

      expect((await trainer.pause()).state).toBe('paused');
      const [overruled, again] = await Promise.all([trainer.resume(), trainer.pause()]);
      expect([overruled.state, again.state]).toEqual(['paused', 'paused']);
      const [stopped, resumed] = await Promise.all([trainer.stop(), trainer.resume()]);
      expect([stopped.state, resumed.state]).toEqual(['stopped', 'stopped']);
      expect((await over).state).toBe('stopped');
    });

    it('ends in the same bits when it was paused and stepped through', async () => {
      const plain = await newTrainer(backend());
      await plain.run();
      const stepped = await newTrainer(backend());
      const over = stepped.run();
      await stepped.pause();
      for (let i = 0; i < 4; i++) await stepped.step('batch');
      await stepped.step('epoch');
      await stepped.resume();
      await over;
      expect(learned(stepped.folder, '00000025')).toEqual(learned(plain.folder, '00000025'));
    });

    it('stops while paused, and lets go of the folder', async () => {
      const trainer = await newTrainer(backend());
      const over = trainer.run();
      await trainer.pause();
      expect(await trainer.folder.owner()).toBe(process.pid);
      expect((await trainer.stop()).state).toBe('stopped');
      expect((await over).state).toBe('stopped');
      expect(await trainer.folder.owner()).toBeNull();
      expect((await trainer.resume()).state).toBe('stopped');
    });

    it('pauses and stops in the middle of a validation, which then comes after the resumption', async () => {
      const dataset = { ...chainDataset(), validation: chainRows(3000, 6, 2) };
      const whole = await newTrainer(backend(), { dataset, experiment: experiment({}, { epochs: 2 }) });
      await whole.run();
      let calls = 0;
      const cut = await newTrainer(backend(), {
        dataset,
        experiment: experiment({}, { epochs: 2 }),
        betweenBatches: (trainer) => {
          // Six pieces of 500 rows are validated after step 5; the third is where it ends.
          if (trainer.stepsDone === 5 && ++calls === 4) void trainer.stop();
        },
      });
      expect(await cut.run()).toMatchObject({ state: 'stopped', step: 5, epoch: 1, best: null });
      cut.dispose();
      const resumed = await newTrainer(backend(), {
        dataset,
        experiment: experiment({}, { epochs: 2 }),
        folder: await RunFolder.open(cut.folder.path),
        resume: true,
      });
      const { metrics } = await finished(resumed);
      expect(epochs(metrics).map(({ epoch }) => epoch)).toEqual([1, 2]);
      expect(learned(resumed.folder, '00000010')).toEqual(learned(whole.folder, '00000010'));
    });

    it('measures norms now and then, for every parameter', async () => {
      const trainer = await newTrainer(backend());
      expect(trainer.norms).toBeNull();
      await trainer.run();
      const { step, byParameter } = trainer.norms!;
      expect(step).toBe(25);
      expect(Object.keys(byParameter)).toEqual(trainer.model.parameters.map(({ name }) => name));
      for (const { value, gradient, update } of Object.values(byParameter)) {
        expect(value).toBeGreaterThan(0);
        expect(gradient).toBeGreaterThan(0);
        expect(update).toBeGreaterThan(0);
      }
      expect(trainer.rowsPerSecond).toBeGreaterThan(0);
    });

    it('refuses to train over an old run, and data and sizes that cannot be', async () => {
      const done = await newTrainer(backend(), { experiment: experiment({}, { epochs: 1 }) });
      await done.run();
      const folder = await RunFolder.open(done.folder.path);
      await expect(newTrainer(backend(), { folder })).rejects.toThrow(/there are checkpoints in it; resume this run/);
      expect(await folder.owner()).toBeNull();

      const fewer = newTrainer(backend(), { folder, resume: true, dataset: chainDataset({ rows: 60 }) });
      await expect(fewer).rejects.toThrow('the run was trained on 70 rows; the data has 60 now');
      expect(await folder.owner()).toBeNull();

      const other = { ...chainDataset(), train: chainRows(70, 6, 9) };
      const changed = newTrainer(backend(), { folder, resume: true, dataset: other });
      await expect(changed).rejects.toThrow(/^the training data have changed since the run was trained on them/);
      expect(await folder.owner()).toBeNull();
      // A run from before there were checksums cannot be told, and goes on; from then on it has one.
      const name = done.manifest.checkpoints.last!;
      const { state, ...arrays } = await folder.readCheckpoint(name);
      const { data, ...old } = state as TrainingState;
      expect(data).toMatch(/^[0-9a-f]{64}$/);
      await folder.writeCheckpoint(Number(name), { ...arrays, state: old });
      const again = await newTrainer(backend(), { folder, resume: true, epochs: 2 });
      expect((await again.run()).state).toBe('finished');
      expect((await folder.readCheckpoint(again.manifest.checkpoints.last!)).state).toMatchObject({ data });
      again.dispose();

      const grey = chainDataset();
      const values = Float32Array.from(grey.train.values);
      values[6 * 3 + 2] = 0.5;
      const bad = newTrainer(backend(), { dataset: { ...grey, train: { ...grey.train, values } } });
      await expect(bad).rejects.toThrow(DataError);
      await expect(bad).rejects.toThrow(/^chain\.npy: row 4, column 3 is 0\.5;.*Set "binarize"/);

      const huge = newTrainer(backend(), { experiment: experiment({ hidden: [65536, 65536] }) });
      await expect(huge).rejects.toThrow(
        /has 4,295,\d+,\d+ parameters and .* training needs about \d+\.\d GiB, more than the \d+\.\d GiB/,
      );
    });
  },
  { software: false },
);

async function finished(trainer: Trainer) {
  const manifest = await trainer.run();
  expect(manifest.reason === null || manifest.state === 'finished', manifest.reason ?? '').toBe(true);
  const { folder } = trainer;
  return { manifest, folder, metrics: await folder.readMetrics() };
}
