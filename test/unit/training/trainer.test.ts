/** A run from beginning to end: what is learned, told and scored, and what is refused. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { DataError } from '../../../src/data/dataset.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import type { Metric } from '../../../src/runs/metrics.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { scoreRows } from '../../../src/training/evaluate.ts';
import type { TrainingState } from '../../../src/training/state.ts';
import { disposeTensors, download } from '../../../src/layers/namedTensors.ts';
import { onEveryTrainingBackend } from '../backends/everyBackend.ts';
import { chainDataset, chainRows, experiment, newTrainer } from './support.ts';
import { batches, epochs, finished } from './finished.ts';

onEveryTrainingBackend(
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

    it('counts the training rows that it has evaluated, in the middle of epochs too', async () => {
      const trainer = await newTrainer(backend(), { experiment: experiment({}, { epochs: 2, batchSize: 32 }) });
      await trainer.run();
      const metrics = await trainer.folder.readMetrics();
      expect(metrics.map(({ type, rows }) => [type, rows])).toEqual([
        ...[32, 64, 70].map((rows) => ['batch', rows]),
        ['epoch', 70],
        ...[102, 134, 140].map((rows) => ['batch', rows]),
        ['epoch', 140],
      ]);
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
  { everywhere: false },
);
