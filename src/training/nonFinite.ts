/** Finds where a computation left the finite numbers, by computing it again and looking at everything on the way. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/backend.ts';
import { activationName } from '../models/activation.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import { lossAndGradients } from './makeStep.ts';
import type { StepInputs, TrainingStep } from './step.ts';

/** Where a computation first left the finite numbers. */
export interface NonFiniteReport {
  /** The step during which it happened, counted from 1. */
  readonly step: number;
  /** The layer, as parameters are named: `hidden.0`, `output`. */
  readonly layer: string;
  /**
   * The tensor: a parameter (`hidden.0.weight`), an intermediate result as {@link Model.activations} names it
   * (`hidden.0.preactivation`), `logProb` (`objective` of a model without a density), `gradient of …`, or `update of …`.
   */
  readonly tensor: string;
  /** Row of the training data, counted from 0, or null where the tensor has no rows of data (a parameter). */
  readonly row: number | null;
  /** "NaN", "Infinity", "-Infinity". */
  readonly value: string;
}

/** Says it in one sentence. */
export function describeNonFinite({ step, tensor, row, value }: NonFiniteReport): string {
  const where = row === null ? '' : ` for row ${row + 1} of the training data`;
  return `Step ${step}: ${tensor} became ${value}${where}. The parameters before that step are kept.`;
}

/** The first value that is not finite, and where. */
export function firstNonFinite(values: ArrayLike<number>): { index: number; value: number } | null {
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (!Number.isFinite(value)) return { index, value };
  }
  return null;
}

/** Name and value of the first tensor that is not finite. */
export function firstNonFiniteTensor(tensors: NamedTensors): { name: string; value: string } | null {
  for (const [name, tensor] of Object.entries(tensors)) {
    const found = firstNonFinite(tensor.dataSync<'float32' | 'int32'>());
    if (found) return { name, value: String(found.value) };
  }
  return null;
}

/**
 * Replays a step whose loss or outcome was not finite. `rows` are the rows of the training data in the batch.
 * Parameters come first, then intermediate results in the order of computation, gradients last layer first, updates.
 */
export function traceNonFinite(
  tf: Tf,
  model: Model,
  step: TrainingStep,
  inputs: StepInputs,
  rows: Int32Array,
  stepNumber: number,
): NonFiniteReport | null {
  const report = (tensor: string, value: number | string, row: number | null): NonFiniteReport => ({
    step: stepNumber,
    layer: layerOf(tensor),
    tensor,
    row,
    value: String(value),
  });
  /** Looks at a tensor that has a row for each row of the batch. */
  const ofData = (tensor: string, value: Tensor): NonFiniteReport | null => {
    const found = firstNonFinite(value.dataSync<'float32' | 'int32'>());
    return found && report(tensor, found.value, rows[Math.floor(found.index / (value.size / rows.length))]!);
  };
  const { parameters, masks, noise, batch } = inputs;
  let found: NonFiniteReport | null = null;
  tf.tidy(() => {
    found = search();
  });
  return found;

  function search(): NonFiniteReport | null {
    const parameter = firstNonFiniteTensor(parameters);
    if (parameter) return report(parameter.name, parameter.value, null);
    const density = { parameters, masks, noise };
    for (const activation of model.activations(batch, density)) {
      const entry = ofData(activationName(activation), activation.value);
      if (entry) return entry;
    }
    const scored = model.logProb
      ? ofData('logProb', model.logProb(batch, density))
      : ofData('objective', model.objective(batch, density));
    if (scored) return scored;
    const { gradients } = lossAndGradients(model, inputs);
    const gradient = firstNonFiniteTensor(Object.fromEntries(Object.entries(gradients).reverse()));
    if (gradient) return report(`gradient of ${gradient.name}`, gradient.value, null);
    const outputs = step(inputs);
    const update = firstNonFiniteTensor({ ...outputs.optimizer, ...outputs.parameters });
    return update && report(`update of ${update.name}`, update.value, null);
  }
}

/** `hidden.0` of `gradient of hidden.0.weight`, `m/hidden.0.weight`, `hidden.0.preactivation`. */
function layerOf(tensor: string): string {
  const name = tensor.split(/ of |\//).at(-1)!;
  const dot = name.lastIndexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}
