/** How far a backend's training step is from that of the cpu backend. */
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../../src/backends/backend.ts';
import { startBackend } from '../../src/backends/index.ts';
import { createModel } from '../../src/models/index.ts';
import { RandomGenerator } from '../../src/random/generator.ts';
import type { NamedArray } from '../../src/runs/arrays.ts';
import type { Experiment } from '../../src/spec/experiment.ts';
import { lossAndGradients, makeTrainingStep } from '../../src/training/makeStep.ts';
import { initialOptimizerState, makeOptimizer } from '../../src/training/optimizers/index.ts';
import type { StepInputs } from '../../src/training/step.ts';
import { disposeTensors, upload } from '../../src/layers/namedTensors.ts';

/** A loss in nats, gradients and one step's updates by parameter. */
export interface StepValues {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Float32Array>>;
  readonly updates: Readonly<Record<string, Float32Array>>;
}

/** The first step of an experiment on rows made up for it, with weights far from those of a new model. */
export async function stepOn(
  name: BackendName,
  { model: spec, training, seed }: Experiment,
  dimension: number,
): Promise<StepValues> {
  await startBackend(name);
  const model = createModel(spec, dimension, seed);
  const random = RandomGenerator.seeded(seed, 'agreement');
  const drawn = model.parameters.map(({ name: parameter, shape }): [string, NamedArray] => {
    const length = shape.reduce((a, b) => a * b, 1);
    const scale = shape.length === 2 ? 1 / Math.sqrt(shape[1]!) : 0.5;
    return [parameter, { shape, data: Float32Array.from({ length }, () => scale * random.normal()) }];
  });
  const bits = Float32Array.from({ length: training.batchSize * dimension }, () => Math.round(random.uniform()));
  const inputs: StepInputs = {
    parameters: upload(Object.fromEntries(drawn)),
    optimizer: upload(initialOptimizerState(makeOptimizer(training.optimizer), model.parameters)),
    batch: tf.tensor2d(bits, [training.batchSize, dimension]),
    masks: upload(model.masks(0)),
    noise: {},
    context: null,
    step: tf.scalar(0),
  };
  const { loss, gradients, updates } = tf.tidy(() => {
    const found = lossAndGradients(model, inputs);
    const after = makeTrainingStep(model, training, { norms: false })(inputs).parameters;
    const moved = Object.entries(after).map(([key, value]) => [key, tf.sub(value, inputs.parameters[key]!)]);
    return { ...found, updates: Object.fromEntries(moved) as Record<string, tf.Tensor> };
  });
  const read = async (tensors: Readonly<Record<string, tf.Tensor>>) => {
    const entries = Object.entries(tensors).map(
      async ([key, tensor]) => [key, (await tensor.data<'float32'>()).slice()] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  };
  try {
    return { loss: (await loss.data<'float32'>())[0]!, gradients: await read(gradients), updates: await read(updates) };
  } finally {
    loss.dispose();
    disposeTensors(gradients, updates, inputs.parameters, inputs.optimizer, inputs.masks);
    disposeTensors({ batch: inputs.batch, step: inputs.step });
  }
}

export interface Difference {
  /** |Δ| / |loss|. */
  readonly loss: number;
  /** Largest |Δ| as a share of the largest entry, over the parameters. */
  readonly gradients: number;
  readonly updates: number;
}

/** What is asked of every backend. */
export const agreed = { loss: 1e-5, gradients: 1e-4 } as const;

export function differenceOf(found: StepValues, expected: StepValues): Difference {
  return {
    loss: Math.abs(found.loss - expected.loss) / Math.abs(expected.loss),
    gradients: worst(found.gradients, expected.gradients),
    updates: worst(found.updates, expected.updates),
  };
}

/** NaN anywhere gives NaN, which is below no bound. */
function worst(found: StepValues['gradients'], expected: StepValues['gradients']): number {
  const shares = Object.entries(expected).map(([name, values]) => {
    let [largest, difference] = [0, 0];
    for (const [i, value] of values.entries()) {
      largest = Math.max(largest, Math.abs(value));
      difference = Math.max(difference, Math.abs(found[name]![i]! - value));
    }
    return difference / Math.max(largest, Number.MIN_VALUE);
  });
  return Math.max(...shares);
}
