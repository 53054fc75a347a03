/** Every backend takes the step that the cpu backend takes: models, layers, conditionals, optimisers. */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { startBackend } from '../../../src/backends/index.ts';
import { experimentSpec } from '../../../src/spec/experiment.ts';
import { trainingTrial } from '../../../src/training/trial.ts';
import { agreed, differenceOf, stepOn } from '../../bench/agreement.ts';
import { onEveryBackend, onImitatedToo } from '../backends/everyBackend.ts';

const data = { train: 'made on the spot' };
const cases = [
  ...(['relu', 'tanh', 'sigmoid', 'softplus', 'elu'] as const).map((activation) => ({
    title: activation,
    experiment: experimentSpec.parse({ data, model: { type: 'made', hidden: [40, 33], activation, order: 'random' } }),
  })),
  ...[
    { type: 'sgd', momentum: 0.9, nesterov: true } as const,
    { type: 'rmsprop', momentum: 0.5 } as const,
    { type: 'adagrad' } as const,
    { type: 'adam' } as const,
  ].map((optimizer) => ({
    title: optimizer.type,
    experiment: experimentSpec.parse({
      data,
      model: { type: 'made', hidden: [65], direct: true, activation: 'tanh' },
      training: { optimizer, weightDecay: 0.1, batchSize: 17 },
    }),
  })),
];

onImitatedToo('a training step', (_, name) => {
  it.each(cases)('agrees with that of cpu: $title', async ({ experiment }) => {
    const expected = await stepOn('cpu', experiment, 29);
    const before = tf.memory().numTensors;
    const found = await stepOn(name, experiment, 29);
    expect(tf.memory().numTensors).toBe(before);
    const difference = differenceOf(found, expected);
    expect(difference.loss).toBeLessThan(agreed.loss);
    expect(difference.gradients).toBeLessThan(agreed.gradients);
    // Adaptive optimisers divide by the gradient's size: where it is next to nothing, so is what is known of its sign.
    if (experiment.training.optimizer.type === 'sgd') expect(difference.updates).toBeLessThan(agreed.gradients);
  });
});

onEveryBackend('memory', (backend, name) => {
  it('does not grow over many steps', async () => {
    await startBackend(name);
    const experiment = experimentSpec.parse({
      data,
      model: { type: 'made', hidden: [6] },
      training: { batchSize: 4 },
    });
    const run = trainingTrial(experiment, 5).prepare(backend());
    for (let i = 0; i < 50; i++) await run.step();
    const before = held();
    // What is compared is exact: one tensor in each step would be seen.
    for (let i = 0; i < 300; i++) await run.step();
    expect(held()).toEqual(before);
    run.dispose();
  }, 120_000);
});

/** Tensors, their bytes, and what the backend has fetched for them. */
function held() {
  const memory = tf.memory() as tf.MemoryInfo & { numBytesInGPU?: number; numBytesAllocatedInGPU?: number };
  const { numTensors, numDataBuffers, numBytes, numBytesInGPU, numBytesAllocatedInGPU } = memory;
  const heap = (tf.backend() as { wasm?: { HEAPU8: Uint8Array } }).wasm?.HEAPU8.byteLength;
  return { numTensors, numDataBuffers, numBytes, numBytesInGPU, numBytesAllocatedInGPU, heap };
}
