/** Runs that break: the step is discarded, its cause is named, and what was sound before it is kept. */
import { expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { EpochPlan } from '../../../src/training/batches.ts';
import type { TrainingState } from '../../../src/training/state.ts';
import { download } from '../../../src/training/tensors.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { chainDataset, experiment, newTrainer } from './support.ts';

const training = { epochs: 5, optimizer: { type: 'adam', learningRate: 0.01 } } as const;
const relu = experiment({}, training);
const sigmoid = experiment({ activation: 'sigmoid' }, training);

/** A run after its first epoch, with something changed in its checkpoint, and a trainer that goes on with it. */
async function resumedAfter(backend: Backend, change: (arrays: NamedArrays) => void, spec = relu) {
  const first = await newTrainer(backend, { experiment: spec, epochs: 1 });
  await first.run();
  first.dispose();
  const name = first.manifest.checkpoints.last!;
  const checkpoint = await first.folder.readCheckpoint(name);
  change({ ...checkpoint.model, ...checkpoint.optimizer });
  await first.folder.writeCheckpoint(5, checkpoint);
  const folder = await RunFolder.open(first.folder.path);
  const trainer = await newTrainer(backend, { experiment: spec, folder, resume: true });
  // The rows of the batch that comes next.
  const { shuffle } = checkpoint.state as TrainingState;
  const { train } = chainDataset();
  const rows = [...new EpochPlan(train.rows, 16, RandomGenerator.restored(shuffle)).rows(0)];
  return { trainer, name, train, rows };
}

const allFinite = (arrays: NamedArrays) => Object.values(arrays).every(({ data }) => data.every(Number.isFinite));

onEveryBackend('a run that breaks', (backend) => {
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
    const { trainer, name } = await resumedAfter(backend(), (arrays) => {
      const moments = arrays['m/output.weight']!.data;
      const weights = arrays['output.weight']!.data;
      for (const i of moments.keys()) if (weights[i] !== 0) moments[i] = -3e38;
    });
    const before = await download(trainer.parameters);
    const manifest = await trainer.run();
    expect(trainer.failure).toMatchObject({ step: 6, layer: 'output', tensor: 'update of output.weight', row: null });
    expect(trainer.failure!.value).toMatch(/Infinity|NaN/);
    expect(manifest).toMatchObject({ state: 'failed', step: 5 });
    expect(manifest.checkpoints.last).toBe(name);
    expect(await download(trainer.parameters)).toEqual(before);
    expect(allFinite((await trainer.folder.readCheckpoint(name)).model)).toBe(true);
  });

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
    expect(manifest.reason).toMatch(/^hidden\.0\.bias holds -Infinity after step \d+; it was not saved\.$/);
    expect(await trainer.folder.checkpointNames()).toEqual([name]);
  });

  it('only on the validation rows: fails with their score', async () => {
    const rows = (value: number) => ({ rows: 20, columns: 6, values: new Uint8Array(120).fill(value) });
    const dataset = { ...chainDataset(), train: rows(0), validation: rows(1) };
    const spec = experiment({}, { ...training, optimizer: { type: 'sgd', learningRate: 1e-3 } });
    const first = await newTrainer(backend(), { experiment: spec, dataset, epochs: 1 });
    await first.run();
    first.dispose();
    // Certain of zeros: all is well on the training rows, and ones are worse than float32 can say.
    const checkpoint = await first.folder.readCheckpoint('00000002');
    checkpoint.model['output.bias']!.data.fill(-3e38);
    await first.folder.writeCheckpoint(2, checkpoint);
    const folder = await RunFolder.open(first.folder.path);
    const manifest = await (await newTrainer(backend(), { experiment: spec, dataset, folder, resume: true })).run();
    expect(manifest).toMatchObject({
      state: 'failed',
      reason: 'The NLL of the validation rows became Infinity after step 4.',
    });
  });

  it('never was: a sound run has no failure', async () => {
    const trainer = await newTrainer(backend(), { experiment: relu, epochs: 1 });
    await trainer.run();
    expect(trainer.failure).toBeNull();
    expect(allFinite(await download(trainer.parameters))).toBe(true);
  });
});
