/** Finds where a computation left the finite numbers, by computing it again and looking at everything on the way. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/backend.ts';
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
   * (`hidden.0.preactivation`), `logProb`, `gradient of …`, or `update of …`.
   */
  readonly tensor: string;
  /** Row of the training data, counted from 0, or null where the tensor has no rows of data (a parameter). */
  readonly row: number | null;
  /** "NaN", "Infinity", "-Infinity". */
  readonly value: string;
}

interface Named {
  readonly name: string;
  readonly value: Tensor;
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
export async function firstNonFiniteTensor(tensors: NamedTensors): Promise<{ name: string; value: string } | null> {
  for (const [name, tensor] of Object.entries(tensors)) {
    const found = firstNonFinite(await tensor.data<'float32' | 'int32'>());
    if (found) return { name, value: String(found.value) };
  }
  return null;
}

/**
 * Replays a step whose loss or outcome was not finite. `rows` are the rows of the training data in the batch.
 * Parameters come first, then intermediate results in the order of computation, gradients last layer first, updates.
 */
export async function traceNonFinite(
  tf: Tf,
  model: Model,
  step: TrainingStep,
  inputs: StepInputs,
  rows: Int32Array,
  stepNumber: number,
): Promise<NonFiniteReport | null> {
  const report = (tensor: string, value: number | string, row: number | null): NonFiniteReport => ({
    step: stepNumber,
    layer: layerOf(tensor),
    tensor,
    row,
    value: String(value),
  });
  /** Looks at a tensor that has a row for each row of the batch. */
  const ofData = async (tensor: string, value: Tensor): Promise<NonFiniteReport | null> => {
    const found = firstNonFinite(await value.data<'float32' | 'int32'>());
    return found && report(tensor, found.value, rows[Math.floor(found.index / (value.size / rows.length))]!);
  };
  const { parameters, masks, noise, batch } = inputs;
  const density = { parameters, masks, noise };

  const parameter = await firstNonFiniteTensor(parameters);
  if (parameter) return report(parameter.name, parameter.value, null);
  const intermediate = await looking(
    () => [...model.activations(batch, density), { name: 'logProb', value: model.logProb(batch, density) }],
    ofData,
  );
  if (intermediate) return intermediate;
  const whole = async (tensor: string, value: Tensor): Promise<NonFiniteReport | null> => {
    const found = firstNonFinite(await value.data<'float32' | 'int32'>());
    return found && report(tensor, found.value, null);
  };
  const gradient = await looking(
    () => namedList('gradient of', lossAndGradients(model, inputs).gradients).reverse(),
    whole,
  );
  if (gradient) return gradient;
  return looking(() => {
    const outputs = step(inputs);
    return namedList('update of', { ...outputs.optimizer, ...outputs.parameters });
  }, whole);

  /** Computes tensors, looks at one after the other, which takes turns of the event loop, and frees them. */
  async function looking(
    compute: () => readonly Named[],
    look: (name: string, value: Tensor) => Promise<NonFiniteReport | null>,
  ): Promise<NonFiniteReport | null> {
    const names: string[] = [];
    const values = tf.tidy(() =>
      compute().map(({ name, value }) => {
        names.push(name);
        return tf.clone(value);
      }),
    );
    try {
      for (const [i, value] of values.entries()) {
        const entry = await look(names[i]!, value);
        if (entry) return entry;
      }
      return null;
    } finally {
      for (const value of values) value.dispose();
    }
  }
}

function namedList(what: string, tensors: NamedTensors): Named[] {
  return Object.entries(tensors).map(([name, value]) => ({ name: `${what} ${name}`, value }));
}

/** `hidden.0` of `gradient of hidden.0.weight`, `m/hidden.0.weight`, `hidden.0.preactivation`. */
function layerOf(tensor: string): string {
  const name = tensor.split(/ of |\//).at(-1)!;
  const dot = name.lastIndexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}
