/** Runs that break: the step is discarded, its cause is named, and what was sound before it is kept. */
import { expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import type { Dataset } from '../../../src/data/dataset.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { EpochPlan } from '../../../src/training/batches.ts';
import type { TrainingState } from '../../../src/training/state.ts';
import { download } from '../../../src/layers/namedTensors.ts';
import { onEveryTrainingBackend } from '../backends/everyBackend.ts';
import { chainDataset, experiment, newTrainer } from './support.ts';

const training = { epochs: 5, optimizer: { type: 'adam', learningRate: 0.01 } } as const;
const relu = experiment({}, training);
const sigmoid = experiment({ activation: 'sigmoid' }, training);

/** A run after its first epoch, with something changed in its checkpoint, and a trainer that goes on with it. */
async function resumedAfter(
  backend: Backend,
  change: (arrays: NamedArrays) => void,
  spec = relu,
  dataset: Dataset = chainDataset(),
) {
  const first = await newTrainer(backend, { experiment: spec, dataset, epochs: 1 });
  await first.run();
  first.dispose();
  const name = first.manifest.checkpoints.last!;
  const checkpoint = await first.folder.readCheckpoint(name);
  change({ ...checkpoint.model, ...checkpoint.optimizer });
  await first.folder.writeCheckpoint(Number(name), checkpoint);
  const folder = await RunFolder.open(first.folder.path);
  const trainer = await newTrainer(backend, { experiment: spec, dataset, folder, resume: true });
  // The rows of the batch that comes next.
  const { shuffle } = checkpoint.state as TrainingState;
  const { train } = dataset;
  const rows = [...new EpochPlan(train.rows, 16, RandomGenerator.restored(shuffle)).rows(0)];
  return { trainer, name, train, rows };
}

/** Moments so large that the next update leaves the finite numbers. */
function overflowing(arrays: NamedArrays): void {
  const moments = arrays['m/output.weight']!.data;
  const weights = arrays['output.weight']!.data;
  for (const i of moments.keys()) if (weights[i] !== 0) moments[i] = -3e38;
}

const allFinite = (arrays: NamedArrays) => Object.values(arrays).every(({ data }) => data.every(Number.isFinite));

onEveryTrainingBackend('a run that breaks', (backend) => {
  it('in a layer: names the step, layer, tensor, row of the data and value, and keeps the parameters', async () => {
    // Unit 2 sees x₁ … x₄ at the most; two ones among them and its pre-activation overflows.
    const { trainer, train, rows } = await resumedAfter(backend(), (arrays) => {
      const row = arrays['hidden.0.weight']!.data.subarray(12, 18);
      for (const [i, value] of row.entries()) if (value !== 0) row[i] = 3e38;
    });
    const seen = [...(await download(trainer.parameters))['hidden.0.weight']!.data.subarray(12, 18)];
    const before = await download(trainer.parameters);
    const inputs = seen.flatMap((weight, d) => (weight > 1 ? [d] : []));
    expect(inputs.length).toBeGreaterThan(1);
    const broken = rows.find((row) => inputs.filter((d) => train.values[row * 6 + d] === 1).length > 1)!;

    const manifest = await trainer.run();
    expect(trainer.failure).toEqual({
      step: 6,
      layer: 'hidden.0',
      tensor: 'hidden.0.preactivation',
      row: broken,
      value: 'Infinity',
    });
    expect(manifest).toMatchObject({
      state: 'failed',
      step: 5,
      reason:
        `Step 6: hidden.0.preactivation became Infinity for row ${broken + 1} of the training data. ` +
        'The parameters before that step are kept.',
    });
    expect(await download(trainer.parameters)).toEqual(before);
    expect(await trainer.folder.readManifest()).toEqual(manifest);
    expect(await trainer.folder.owner()).toBeNull();
  });

  it('in an update, which only the loss of the next step shows: goes back before that update', async () => {
    const { trainer, name } = await resumedAfter(backend(), overflowing);
    const before = await download(trainer.parameters);
    const manifest = await trainer.run();
    expect(trainer.failure).toMatchObject({ step: 6, layer: 'output', tensor: 'update of output.weight', row: null });
    expect(trainer.failure!.value).toMatch(/Infinity|NaN/);
    expect(manifest).toMatchObject({ state: 'failed', step: 5 });
    expect(manifest.checkpoints.last).toBe(name);
    expect(await download(trainer.parameters)).toEqual(before);
    expect(allFinite((await trainer.folder.readCheckpoint(name)).model)).toBe(true);
  });

  it.each([true, false])(
    'in the last update of an epoch: names it and goes back, with validation rows (%s) or without',
    async (validation) => {
      const spec = experiment({}, { ...training, batchSize: 100 });
      const { trainer, name } = await resumedAfter(backend(), overflowing, spec, chainDataset({ validation }));
      const before = await download(trainer.parameters);
      const manifest = await trainer.run();
      expect(trainer.failure).toMatchObject({ step: 2, layer: 'output', tensor: 'update of output.weight', row: null });
      expect(manifest).toMatchObject({ state: 'failed', step: 1, nonFinite: trainer.failure! });
      expect(manifest.reason).toMatch(/^Step 2: update of output\.weight became .+ are kept\.$/);
      expect(await download(trainer.parameters)).toEqual(before);
      expect(manifest.checkpoints.last).toBe(name);
      expect(allFinite((await trainer.folder.readCheckpoint(name)).model)).toBe(true);
      expect(await trainer.folder.readManifest()).toEqual(manifest);
    },
  );

  it('in a parameter at the start: names it', async () => {
    const { trainer } = await resumedAfter(backend(), (arrays) => {
      arrays['hidden.0.bias']!.data[3] = NaN;
    });
    const manifest = await trainer.run();
    expect(trainer.failure).toEqual({ step: 6, layer: 'hidden.0', tensor: 'hidden.0.bias', row: null, value: 'NaN' });
    expect(manifest.reason).toBe('Step 6: hidden.0.bias became NaN. The parameters before that step are kept.');
  });

  it('in a parameter that a unit hides: no checkpoint with it is written', async () => {
    const { trainer, name } = await resumedAfter(
      backend(),
      (arrays) => {
        arrays['hidden.0.bias']!.data[3] = -Infinity;
      },
      sigmoid,
    );
    const manifest = await trainer.run();
    expect(manifest.state).toBe('failed');
    expect(manifest.reason).toMatch(/^Step \d+: hidden\.0\.bias became -Infinity\./);
    expect(trainer.failure).toMatchObject({ layer: 'hidden.0', tensor: 'hidden.0.bias', value: '-Infinity' });
    expect(await trainer.folder.checkpointNames()).toEqual([name]);
  });

  it.each(['validation', 'test'] as const)('only on the %s rows: names the first of them', async (split) => {
    const rows = (...broken: number[]) => {
      const values = new Uint8Array(120);
      for (const row of broken) values.fill(1, 6 * row, 6 * row + 6);
      return { rows: 20, columns: 6, values };
    };
    const dataset = { ...chainDataset(), train: rows(), validation: rows(), test: rows(), [split]: rows(7, 11) };
    const spec = experiment({}, { ...training, optimizer: { type: 'sgd', learningRate: 1e-3 } });
    const first = await newTrainer(backend(), { experiment: spec, dataset, epochs: 1 });
    await first.run();
    first.dispose();
    // Certain of zeros: all is well on the training rows, and ones are worse than float32 can say.
    const checkpoint = await first.folder.readCheckpoint('00000002');
    checkpoint.model['output.bias']!.data.fill(-3e38);
    await first.folder.writeCheckpoint(2, checkpoint);
    const folder = await RunFolder.open(first.folder.path);
    const trainer = await newTrainer(backend(), { experiment: spec, dataset, folder, resume: true, epochs: 2 });
    const manifest = await trainer.run();
    expect(manifest).toMatchObject({
      state: 'failed',
      reason: `After step 4: logProb became -Infinity for row 8 of the ${split} data.`,
      [split]: null,
    });
    expect(trainer.failure).toEqual({
      step: 4,
      layer: 'logProb',
      tensor: 'logProb',
      row: 7,
      value: '-Infinity',
      split,
    });
    expect((await folder.readManifest()).nonFinite).toEqual(trainer.failure);
  });

  it('never was: a sound run has no failure', async () => {
    const trainer = await newTrainer(backend(), { experiment: relu, epochs: 1 });
    await trainer.run();
    expect(trainer.failure).toBeNull();
    expect(allFinite(await download(trainer.parameters))).toBe(true);
  });
});
