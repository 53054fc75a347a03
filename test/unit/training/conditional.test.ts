/** A conditional model from its data to its scores: p(x | c) through loading, training, resuming and scoring. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import type { Dataset, Matrix } from '../../../src/data/dataset.ts';
import { loadDataset } from '../../../src/data/load.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { checksumOf } from '../../../src/training/state.ts';
import { Trainer } from '../../../src/training/trainer.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lens-conditional-'));
});
afterAll(async () => rm(root, { recursive: true, force: true }));

const experimentOf = (context: object | undefined, model: object = { type: 'made', hidden: [64] }) =>
  experimentSpec.parse({
    model,
    data: { generate: 'bars-and-stripes', rows: 2000, ...(context && { context }) },
    training: { epochs: 10, batchSize: 25, optimizer: { type: 'adam', learningRate: 0.01 } },
  });

async function trainerOf(
  name: string,
  experiment: ReturnType<typeof experimentOf>,
  dataset?: Dataset,
): Promise<Trainer> {
  const data = dataset ?? (await loadDataset(experiment.data, { baseFolder: root, seed: experiment.seed }));
  const identity = { experiment: name, experimentFile: `../${name}.lens.json`, created: new Date().toISOString() };
  const manifest: RunManifest = {
    ...{ formatVersion: 1, ...identity, state: 'preparing', backend: 'wasm', reason: null, dimension: 16 },
    ...{ image: null, parameterCount: 0, step: 0, epoch: 0, epochs: 10, best: null },
    ...{ checkpoints: { last: null, best: null }, validation: null, test: null },
  };
  const path = join(root, name);
  const folder = await RunFolder.open(path).catch(() => RunFolder.create(path, { experimentText: '', manifest }));
  const { checkpoints } = await folder.readManifest();
  const backend = await startBackend('wasm');
  return Trainer.create({ experiment, dataset: data, backend, folder, resume: checkpoints.last !== null, identity });
}

describe('a conditional MADE', () => {
  it('learns what the label tells: fewer nats than any model without it can reach', async () => {
    const trainer = await trainerOf('labels', experimentOf({ labels: 'own' }));
    const end = await trainer.run();
    trainer.dispose();
    expect(end).toMatchObject({ state: 'finished', contextDimension: 2, dimension: 16 });
    // The entropy of x is 3.379 nats, that of x given its label 4 ln 2 = 2.773.
    expect(end.test!.nats).toBeLessThan(3.379 - 5 * end.test!.standardError);
    expect(end.test!.nats).toBeGreaterThan(2.773 - 5 * end.test!.standardError);
  });

  it('is refused with other labels when it is to go on, and other models with any', async () => {
    const experiment = experimentOf({ labels: 'own' });
    const dataset = await loadDataset(experiment.data, { baseFolder: root, seed: experiment.seed });
    const { context } = dataset.train;
    const swapped: Matrix = { ...context!, values: Uint8Array.from(context!.values, (value) => 1 - value) };
    const other = { ...dataset, train: { ...dataset.train, context: swapped } };
    expect(checksumOf(other.train)).not.toBe(checksumOf(dataset.train));
    await expect(trainerOf('labels', experiment, other)).rejects.toThrow(/training data/);
    await expect(trainerOf('fvsbn', experimentOf({ labels: 'own' }, { type: 'fvsbn' }))).rejects.toThrow(
      'generated bars-and-stripes, training split: every row comes with 2 columns to condition on, of which this model knows nothing',
    );
  });
});
