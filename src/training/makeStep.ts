/** Builds the training step of a model: gradient of the model's mean objective, then the optimiser. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { DensityInputs, Model, NamedTensors } from '../models/model.ts';
import { trainedParameters } from '../models/parameters.ts';
import type { TrainingSpec } from '../spec/training.ts';
import { below, prefixed } from '../layers/prefixes.ts';
import { CHAIN } from './firstState.ts';
import { makeOptimizer, slotName } from './optimizers/index.ts';
import type { StepInputs, StepOutputs, TrainingStep } from './step.ts';
import { allStreams, CARRIED, carriedOf, firstStreams, meanOfPacked, packed, unpacked } from './streams.ts';

export interface LossAndGradients {
  /** Mean objective of the batch: for a likelihood the NLL in nats. */
  readonly loss: Scalar;
  /** By parameter. */
  readonly gradients: NamedTensors;
  /** What is carried on along a text, by the names that it has among the optimiser's state; empty for other models. */
  readonly carried: NamedTensors;
}

/**
 * Loss and its gradient in every parameter that is trained, weight decay left out. A model of text reads its rows on from the
 * state that is among the optimiser's; without that, each from its beginning.
 */
export function lossAndGradients(
  model: Model,
  inputs: Omit<StepInputs, 'optimizer' | 'step'> & Partial<Pick<StepInputs, 'optimizer'>>,
): LossAndGradients {
  const { batch, masks, noise, context, optimizer } = inputs;
  const names = trainedParameters(model).map(({ name }) => name);
  const given = (values: Tensor[]): DensityInputs => ({
    parameters: { ...inputs.parameters, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) },
    masks,
    noise,
    context,
  });
  const rows = batch.shape[0];
  const before = optimizer ? carriedOf(model, optimizer) : null;
  const state = before && firstStreams(before, rows);
  const objective = (...values: Tensor[]): Tensor =>
    state ? packed(model.stream!.objective(batch, state, given(values))) : model.objective(batch, given(values));
  // The derivative of the mean enters as the weight of each row, so that the loss needs no gradient of its own.
  const { value, grads } = tf.valueAndGrads(objective)(
    names.map((name) => inputs.parameters[name]!),
    state ? meanOfPacked(rows, state) : tf.fill([rows], 1 / rows),
  );
  const read = state && unpacked(value as Tensor2D, state);
  return {
    loss: tf.mean<Scalar>(read ? read.values : value),
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])),
    carried: read ? prefixed(allStreams(read.state, before), CARRIED) : {},
  };
}

export type StepSpec = Pick<TrainingSpec, 'optimizer' | 'weightDecay' | 'clip'>;

/** Name among a step's metrics of the norm of the whole gradient, as it was before it was clipped. */
export const GRADIENT_NORM = 'gradientNorm';

/**
 * @param norms Adds the norms of gradients and updates to the metrics. They cost a few passes over the parameters, so
 * they are asked for now and then; the numbers of the step itself are the same either way.
 */
export function makeTrainingStep(
  model: Model,
  { optimizer: spec, weightDecay, clip }: StepSpec,
  { norms }: { readonly norms: boolean },
): TrainingStep {
  const optimizer = makeOptimizer(spec);
  const updates = model.chains?.updates ?? 1;
  return (inputs: StepInputs): StepOutputs =>
    tidyStep(() => {
      const { inputs: moved, state: chains } = chainsMoved(model, inputs);
      let loss: Scalar | null = null;
      let parameters: NamedTensors = inputs.parameters;
      let state: NamedTensors = inputs.optimizer;
      let carried: NamedTensors = {};
      const metrics: Record<string, Tensor> = {};
      for (let update = 0; update < updates; update++) {
        const found = lossAndGradients(model, { ...moved, parameters });
        // What is told of a step is what it began with.
        loss ??= found.loss;
        ({ carried } = found);
        const done = updates === 1 ? inputs.step : tf.add<Scalar>(tf.mul(inputs.step, updates), update);
        const schedule = optimizer.schedule(done);
        const shrunk = clip === undefined ? null : shrinkage(found.gradients, clip);
        if (shrunk) metrics[GRADIENT_NORM] ??= shrunk.norm;
        const [trained, slotsAfter]: [Record<string, Tensor>, Record<string, Tensor>] = [{}, {}];
        for (const { name } of trainedParameters(model)) {
          const before = parameters[name]!;
          const gradient = found.gradients[name]!;
          const clipped = shrunk ? tf.mul(gradient, shrunk.factor) : gradient;
          const descent = weightDecay > 0 ? tf.add(clipped, tf.mul(before, weightDecay)) : clipped;
          const slots = optimizer.slots.map((slot) => state[slotName(slot, name)]!);
          const updated = optimizer.update(before, descent, slots, schedule);
          trained[name] = updated.parameter;
          for (const [i, slot] of optimizer.slots.entries()) slotsAfter[slotName(slot, name)] = updated.slots[i]!;
          if (norms) {
            const used = (tensor: Tensor) => maskedAs(name, tensor, inputs.masks);
            metrics[`gradientNorm/${name}`] = norm(gradient);
            metrics[`updateNorm/${name}`] = norm(used(tf.sub(updated.parameter, before)));
            metrics[`valueNorm/${name}`] = norm(used(updated.parameter));
          }
        }
        parameters = update === updates - 1 ? trained : { ...parameters, ...trained };
        state = slotsAfter;
      }
      return { parameters, optimizer: { ...state, ...chains, ...carried }, loss: loss!, metrics };
    });
}

/** Inputs of a step after the chains of its rows have moved, and their state; as they are for a model without any. */
export function chainsMoved(
  model: Model,
  inputs: StepInputs,
): { readonly inputs: StepInputs; readonly state: NamedTensors } {
  if (!model.chains) return { inputs, state: {} };
  const { batch, parameters, masks, noise, context, optimizer } = inputs;
  const moved = model.chains.move(batch, below(optimizer, CHAIN), { parameters, masks, noise, context });
  return {
    inputs: { ...inputs, noise: moved.noise },
    state: Object.fromEntries(Object.entries(moved.state).map(([name, tensor]) => [`${CHAIN}${name}`, tensor])),
  };
}

/** Without the entries of a parameter that its mask keeps out of the model: what they are tells nothing of it. */
function maskedAs(name: string, tensor: Tensor, masks: NamedTensors): Tensor {
  const mask = masks[name];
  return mask !== undefined && tf.util.arraysEqual(mask.shape, tensor.shape) ? tf.mul(tensor, mask) : tensor;
}

/** The norm of all gradients together, and the factor that makes it no longer than `clip`: 1 where it is not. */
function shrinkage(gradients: NamedTensors, clip: number): { readonly norm: Scalar; readonly factor: Scalar } {
  const squares = Object.values(gradients).map((gradient) => tf.sum<Scalar>(tf.square(gradient)));
  const norm = tf.sqrt<Scalar>(tf.addN<Scalar>(squares));
  return { norm, factor: tf.div<Scalar>(clip, tf.maximum<Scalar>(norm, clip)) };
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
