/** What training is said to need of memory, against what a pass takes. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import { disposeTensors, upload } from '../../../src/layers/namedTensors.ts';
import { createModel } from '../../../src/models/index.ts';
import type { Model } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { type ExperimentInput, modelSpec } from '../../../src/spec/experiment.ts';
import { cellNames } from '../../../src/spec/cell.ts';
import { lossAndGradients } from '../../../src/training/makeStep.ts';
import { checkSize, largestTensorBytes, trainingBytes } from '../../../src/training/suitability.ts';

const ROWS = 4;
const optimizer = { type: 'sgd', learningRate: 1, momentum: 0, nesterov: false } as const;
type Entry = ExperimentInput['model'];

const [T, V] = [40, 20];
const hidden = [16, 12];
const image: [number, number] = [8, 6];
const pixels = {
  image,
  features: 12,
  layers: 3,
  head: 12,
  firstKernel: 3,
};
const specimens: readonly (readonly [Entry, dimension: number, vocabulary: number])[] = [
  ...(['single', 'gated'] as const).map((stacks) => [{ type: 'pixelcnn' as const, ...pixels, stacks }, 48, 0] as const),
  [{ type: 'pixelcnn', ...pixels, conditional: { type: 'categorical', levels: 64 } }, 48, 0],
  ...(['row-lstm', 'diagonal-bilstm'] as const).map(
    (cell) => [{ type: 'pixelrnn' as const, ...pixels, cell }, 48, 0] as const,
  ),
  ...cellNames.map((cell) => [{ type: 'char-rnn' as const, cell, hidden }, T, V] as const),
];

/** Bytes that are held at once at most while loss and gradients are computed, beside parameters and rows; and the largest tensor. */
async function measured(model: Model): Promise<{ readonly peak: number; readonly largest: number }> {
  const parameters = upload(model.initialise(RandomGenerator.seeded(1)));
  const masks = upload(model.masks(0));
  const batch = tf.zeros<tf.Rank.R2>([ROWS, model.dimension]);
  const before = tf.memory().numBytes;
  const { peakBytes, kernels } = await tf.profile(() => {
    const inputs = { batch, masks, noise: {}, context: null, parameters };
    tf.dispose(tf.tidy(() => lossAndGradients(model, inputs).loss));
  });
  disposeTensors(parameters, masks, { batch });
  const sizes = kernels.flatMap(({ outputShapes }) =>
    outputShapes.map((shape) => 4 * shape.reduce((product, size) => product * size, 1)),
  );
  return { peak: peakBytes - before, largest: Math.max(...sizes) };
}

describe('the memory of models that compute their units at every pixel or character', () => {
  beforeAll(async () => {
    await startBackend('cpu');
  });

  it.each(specimens)('is bounded from below, and not by far: %o', async (entry, dimension, vocabulary) => {
    const model = createModel(modelSpec.parse(entry), dimension, 1, 0, vocabulary);
    const { peak, largest } = await measured(model);
    // What a row adds, parameters and masks left out.
    const said =
      trainingBytes(model, { optimizer, batchSize: ROWS }) - trainingBytes(model, { optimizer, batchSize: 0 });
    expect(said).toBeLessThan(peak);
    // What is not kept for the way back is held for a while by those who compute step by step, and by compilers not.
    expect(said).toBeGreaterThan(peak / 8);
    const tensor = largestTensorBytes(model, { batchSize: ROWS });
    expect(tensor).toBeLessThanOrEqual(largest);
    expect(tensor).toBeGreaterThan(largest / 4);
  });

  it('is said before anything is drawn', () => {
    const entry = { type: 'pixelrnn', image: [64, 64], features: 256, layers: 12 } as const;
    const model = createModel(modelSpec.parse(entry), 64 * 64, 1);
    const device = { name: 'cpu', memoryBytes: 16 * 2 ** 30, largestTensorBytes: null } as const;
    expect(() => checkSize(model, { optimizer, batchSize: 100 }, device)).toThrow(/training needs about \d+\.\d GiB/);
    expect(() => checkSize(model, { optimizer, batchSize: 1 }, device)).not.toThrow();
  });
});
