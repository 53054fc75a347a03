/** Finds where a computation left the finite numbers, by computing it again and looking at everything on the way. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/backend.ts';
import type { Matrix } from '../data/dataset.ts';
import { activationName } from '../models/activation.ts';
import type { DensityInputs, Model, NamedTensors } from '../models/model.ts';
import { slice } from './batches.ts';
import { scoringNoise } from './evaluate.ts';
import { lossAndGradients } from './makeStep.ts';
import type { StepInputs, TrainingStep } from './step.ts';
import { upload } from './tensors.ts';

/** Where a computation first left the finite numbers. */
export interface NonFiniteReport {
  /** The step during which it happened, counted from 1; for rows that are only scored, the last step before. */
  readonly step: number;
  /** The layer, as parameters are named: `hidden.0`, `output`. */
  readonly layer: string;
  /**
   * The tensor: a parameter (`hidden.0.weight`), an intermediate result as {@link Model.activations} names it
   * (`hidden.0.preactivation`), `logProb` (`objective` of a model without a density), `gradient of …`, or `update of …`.
   */
  readonly tensor: string;
  /** Row of the data, counted from 0, or null where the tensor has no rows of data (a parameter). */
  readonly row: number | null;
  /** "NaN", "Infinity", "-Infinity". */
  readonly value: string;
  /** What the row is of; left out for the training data. */
  readonly split?: HeldOut | undefined;
}

/** Rows that are scored and not trained on. */
export type HeldOut = 'validation' | 'test';

/** Says it in one sentence or two. */
export function describeNonFinite({ step, tensor, row, value, split }: NonFiniteReport): string {
  const where = row === null ? '' : ` for row ${row + 1} of the ${split ?? 'training'} data`;
  if (split) return `After step ${step}: ${tensor} became ${value}${where}.`;
  return `Step ${step}: ${tensor} became ${value}${where}. The parameters before that step are kept.`;
}

/** A run cannot go on: numbers that it needs are none. */
export class NonFiniteError extends Error {
  override readonly name = 'NonFiniteError';
  readonly report: NonFiniteReport;

  constructor(report: NonFiniteReport) {
    super(describeNonFinite(report));
    this.report = report;
  }
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
  return within(tf, () => {
    const report = (tensor: string, value: string) => reportOf(stepNumber, tensor, value, null);
    const parameter = firstNonFiniteTensor(inputs.parameters);
    if (parameter) return report(parameter.name, parameter.value);
    const computed = searchDensity(model, inputs.batch, inputs);
    if (computed) return reportOf(stepNumber, computed.tensor, computed.value, rows[computed.row]!);
    const { gradients } = lossAndGradients(model, inputs);
    const gradient = firstNonFiniteTensor(Object.fromEntries(Object.entries(gradients).reverse()));
    if (gradient) return report(`gradient of ${gradient.name}`, gradient.value);
    const outputs = step(inputs);
    const update = firstNonFiniteTensor({ ...outputs.optimizer, ...outputs.parameters });
    return update && report(`update of ${update.name}`, update.value);
  });
}

/**
 * Scores a row again whose log p was not finite though the parameters are, under one mask after the other.
 * @param held.logProb what it was, for the case that the row alone has another score.
 */
export function traceRow(
  tf: Tf,
  model: Model,
  parameters: NamedTensors,
  held: { readonly matrix: Matrix; readonly row: number; readonly logProb: number; readonly split: HeldOut },
  stepNumber: number,
): NonFiniteReport {
  const { matrix, row, logProb, split } = held;
  for (let mask = 0; mask < model.maskCount; mask++) {
    const found = within(tf, () => {
      const noise = upload(model.noise(1, scoringNoise(mask)));
      return searchDensity(model, slice(matrix, row, row + 1), { parameters, masks: upload(model.masks(mask)), noise });
    });
    if (found) return { ...reportOf(stepNumber, found.tensor, found.value, row), split };
  }
  return { ...reportOf(stepNumber, LOG_PROB, String(logProb), row), split };
}

const LOG_PROB = 'logProb';

/** The first intermediate result of log p(x) that is not finite, with the row of `x`. */
function searchDensity(
  model: Model,
  x: Tensor2D,
  { parameters, masks, noise }: DensityInputs,
): { tensor: string; value: string; row: number } | null {
  const search = (tensor: string, value: Tensor) => {
    const found = firstNonFinite(value.dataSync<'float32' | 'int32'>());
    return found && { tensor, value: String(found.value), row: Math.floor(found.index / (value.size / x.shape[0])) };
  };
  const density = { parameters, masks, noise };
  for (const activation of model.activations(x, density)) {
    const found = search(activationName(activation), activation.value);
    if (found) return found;
  }
  return model.logProb ? search(LOG_PROB, model.logProb(x, density)) : search('objective', model.objective(x, density));
}

function reportOf(step: number, tensor: string, value: string, row: number | null): NonFiniteReport {
  return { step, layer: layerOf(tensor), tensor, row, value };
}

/** tf.tidy around something that answers with no tensors. */
function within<T>(tf: Tf, compute: () => T): T {
  let result!: T;
  tf.tidy(() => {
    result = compute();
  });
  return result;
}

/** `hidden.0` of `gradient of hidden.0.weight`, `m/hidden.0.weight`, `hidden.0.preactivation`. */
function layerOf(tensor: string): string {
  const name = tensor.split(/ of |\//).at(-1)!;
  const dot = name.lastIndexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}
