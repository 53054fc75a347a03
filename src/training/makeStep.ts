/** Builds the training step of a model: gradient of the model's mean objective, then the optimiser. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Model, NamedTensors } from '../models/model.ts';
import { trainedParameters } from '../models/parameters.ts';
import type { TrainingSpec } from '../spec/training.ts';
import { makeOptimizer, slotName } from './optimizers/index.ts';
import type { StepInputs, StepOutputs, TrainingStep } from './step.ts';

export interface LossAndGradients {
  /** Mean objective of the batch: for a likelihood the NLL in nats. */
  readonly loss: Scalar;
  /** By parameter. */
  readonly gradients: NamedTensors;
}

/** Loss and its gradient in every parameter that is trained, weight decay left out. */
export function lossAndGradients(model: Model, inputs: Omit<StepInputs, 'optimizer' | 'step'>): LossAndGradients {
  const { batch, masks, noise, context } = inputs;
  const names = trainedParameters(model).map(({ name }) => name);
  const objective = (...values: Tensor[]) =>
    model.objective(batch, {
      parameters: { ...inputs.parameters, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) },
      masks,
      noise,
      context,
    });
  const rows = batch.shape[0];
  // The derivative of the mean enters as the weight of each row, so that the loss needs no gradient of its own.
  const { value, grads } = tf.valueAndGrads(objective)(
    names.map((name) => inputs.parameters[name]!),
    tf.fill([rows], 1 / rows),
  );
  return {
    loss: tf.mean<Scalar>(value),
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])),
  };
}

/**
 * @param norms Adds the norms of gradients and updates to the metrics. They cost a few passes over the parameters, so
 * they are asked for now and then; the numbers of the step itself are the same either way.
 */
export function makeTrainingStep(
  model: Model,
  { optimizer: spec, weightDecay }: Pick<TrainingSpec, 'optimizer' | 'weightDecay'>,
  { norms }: { readonly norms: boolean },
): TrainingStep {
  const optimizer = makeOptimizer(spec);
  return (inputs: StepInputs): StepOutputs =>
    tidyStep(() => {
      const { loss, gradients } = lossAndGradients(model, inputs);
      const schedule = optimizer.schedule(inputs.step);
      const parameters: Record<string, Tensor> = {};
      const state: Record<string, Tensor> = {};
      const metrics: Record<string, Tensor> = {};
      for (const { name } of trainedParameters(model)) {
        const before = inputs.parameters[name]!;
        const gradient = gradients[name]!;
        const descent = weightDecay > 0 ? tf.add(gradient, tf.mul(before, weightDecay)) : gradient;
        const slots = optimizer.slots.map((slot) => inputs.optimizer[slotName(slot, name)]!);
        const updated = optimizer.update(before, descent, slots, schedule);
        parameters[name] = updated.parameter;
        for (const [i, slot] of optimizer.slots.entries()) state[slotName(slot, name)] = updated.slots[i]!;
        if (norms) {
          metrics[`gradientNorm/${name}`] = norm(gradient);
          metrics[`updateNorm/${name}`] = norm(tf.sub(updated.parameter, before));
          metrics[`valueNorm/${name}`] = norm(updated.parameter);
        }
      }
      return { parameters, optimizer: state, loss, metrics };
    });
}

/** Euclidean. */
function norm(tensor: Tensor): Scalar {
  return tf.sqrt(tf.sum<Scalar>(tf.square(tensor)));
}

/** tf.tidy keeps every tensor found in what is returned, nested records included; only its type does not say so. */
function tidyStep(compute: () => StepOutputs): StepOutputs {
  let outputs: StepOutputs | null = null;
  tf.tidy(() => {
    outputs = compute();
    return outputs as unknown as tf.TensorContainerObject;
  });
  return outputs!;
}
