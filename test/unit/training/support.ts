/** Small runs in temporary folders. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import type { Dataset, Matrix } from '../../../src/data/dataset.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import type { Metric } from '../../../src/runs/metrics.ts';
import { RunFolder } from '../../../src/runs/runFolder.ts';
import { experimentSpec, type Experiment, type ExperimentInput } from '../../../src/spec/experiment.ts';
import { Trainer, type TrainerOptions } from '../../../src/training/trainer.ts';

/** Rows in which every variable follows the one before it nine times out of ten. */
export function chainRows(rows: number, columns: number, seed: number): Matrix {
  const random = RandomGenerator.seeded(seed, 'rows');
  const values = new Uint8Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let d = 0; d < columns; d++) {
      const before = d === 0 ? Math.round(random.uniform()) : values[r * columns + d - 1]!;
      values[r * columns + d] = random.uniform() < 0.9 ? before : 1 - before;
    }
  }
  return { rows, columns, values };
}

export function chainDataset(o: { rows?: number; columns?: number; validation?: boolean } = {}): Dataset {
  const { rows = 70, columns = 6, validation = true } = o;
  return {
    dimension: columns,
    image: null,
    train: chainRows(rows, columns, 1),
    validation: validation ? chainRows(40, columns, 2) : null,
    test: chainRows(50, columns, 3),
  };
}

export function experiment(
  model: Partial<ExperimentInput['model']> = {},
  training: NonNullable<ExperimentInput['training']> = {},
): Experiment {
  return experimentSpec.parse({
    model: { type: 'made', hidden: [8], ...model },
    data: { train: 'chain.npy' },
    training: { batchSize: 16, epochs: 5, ...training },
  });
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lens-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const identity = {
  experiment: 'chain',
  experimentFile: '../chain.lens.json',
  created: '2025-01-01T00:00:00.000Z',
};

/** A run folder with its first manifest. */
export async function newRun(path: string): Promise<RunFolder> {
  const manifest: RunManifest = {
    formatVersion: 1,
    ...identity,
    state: 'preparing',
    backend: 'cpu',
    reason: null,
    dimension: 1,
    image: null,
    parameterCount: 0,
    step: 0,
    epoch: 0,
    epochs: 1,
    best: null,
    checkpoints: { last: null, best: null },
    validation: null,
    test: null,
  };
  return RunFolder.create(path, { experimentText: '{}', manifest });
}

/** A trainer in a new temporary folder, or one that goes on in `folder`. Disposed of when the test ends. */
export async function newTrainer(
  backend: Backend,
  changes: Partial<Omit<TrainerOptions, 'backend'>> = {},
): Promise<Trainer> {
  const trainer = await Trainer.create({
    experiment: experiment(),
    dataset: chainDataset(),
    backend,
    folder: changes.folder ?? (await newRun(temporaryFolder())),
    resume: false,
    identity,
    ...changes,
  });
  onTestFinished(() => trainer.dispose());
  return trainer;
}

/** Metrics without what the clock decides. */
export const timeless = (metrics: readonly Metric[]) =>
  metrics.map((metric) => ({ ...metric, seconds: 0, ...(metric.type === 'epoch' && { rowsPerSecond: 0 }) }));

/** Every byte that a run has learned: weights, optimiser state, and the counters that no clock decides. */
export function learned(folder: RunFolder, name: string) {
  const file = (fileName: string) => readFileSync(join(folder.checkpointFolder(name), fileName));
  const state = JSON.parse(file('state.json').toString()) as { sums: object };
  return {
    model: file('model.safetensors').toString('base64'),
    optimizer: file('optimizer.safetensors').toString('base64'),
    state: { ...state, seconds: 0, sums: { ...state.sums, seconds: 0 } },
  };
}
