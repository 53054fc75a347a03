import { expect, it } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import type { Dataset } from '../../../src/data/dataset.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { newTrainer } from './support.ts';

const D = 5;

function normalRows(rows: number, seed: number) {
  const random = RandomGenerator.seeded(seed, 'rows');
  return { rows, columns: D, values: Float32Array.from({ length: rows * D }, () => random.normal()) };
}

const dataset: Dataset = {
  dimension: D,
  image: null,
  train: normalRows(32, 1),
  validation: normalRows(16, 2),
  test: null,
};

it.each([
  ['maf', { density: 3, sampling: 3, naive: { density: 3, sampling: 3 * D } }],
  ['iaf', { density: 3, sampling: 3, naive: { density: 3 * D, sampling: 3 } }],
  ['nice', { density: 3, sampling: 3, naive: { density: 3, sampling: 3 } }],
] as const)('a run of type %s tells what its directions cost', async (type, counts) => {
  const experiment = experimentSpec.parse({
    model: { type, layers: 3, hidden: [8] },
    data: { train: 'normal.npy' },
    training: { batchSize: 16, epochs: 1 },
  });
  const trainer = await newTrainer(await startBackend('cpu'), { experiment, dataset });
  expect(trainer.manifest.model?.flow?.passes).toEqual({ layers: 3, ...counts });
  expect((await trainer.folder.readManifest()).model?.flow?.passes).toEqual({ layers: 3, ...counts });
});
