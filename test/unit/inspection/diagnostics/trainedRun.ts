/** A small model trained by the real trainer, for what diagnostics read of a run: norms, failures, how it ended. */
import { join } from 'node:path';
import { startBackend } from '../../../../src/backends/index.ts';
import type { Dataset } from '../../../../src/data/dataset.ts';
import type { RunManifest } from '../../../../src/runs/manifest.ts';
import { RunFolder } from '../../../../src/runs/runFolder.ts';
import type { Experiment } from '../../../../src/spec/experiment.ts';
import { Trainer } from '../../../../src/training/trainer.ts';

/** @param root a folder for the run, which is called `name` there */
export async function trainedRun(root: string, name: string, experiment: Experiment, dataset: Dataset) {
  const identity = { experiment: name, experimentFile: `../${name}.lens.json`, created: new Date().toISOString() };
  const manifest: RunManifest = {
    formatVersion: 1,
    ...identity,
    state: 'preparing',
    backend: 'wasm',
    reason: null,
    dimension: dataset.dimension,
    image: null,
    parameterCount: 0,
    step: 0,
    epoch: 0,
    epochs: 2,
    best: null,
    checkpoints: { last: null, best: null },
    validation: null,
    test: null,
  };
  const trainer = await Trainer.create({
    experiment,
    dataset,
    backend: await startBackend('wasm'),
    folder: await RunFolder.create(join(root, name), { experimentText: '', manifest }),
    resume: false,
    identity,
  });
  const end = await trainer.run();
  const facts = { norms: trainer.norms, failure: trainer.failure, step: trainer.stepsDone };
  trainer.dispose();
  return { ...facts, end };
}
