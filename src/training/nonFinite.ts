/** Finds where a computation left the finite numbers, by computing it again and looking at everything on the way. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/backend.ts';
import type { Matrix } from '../data/dataset.ts';
import { activationName } from '../models/activation.ts';
import type { DensityInputs, Model, NamedTensors } from '../models/model.ts';
import { contextSlice, slice } from './batches.ts';
import { scoringNoise } from './evaluate.ts';
import { chainsMoved, lossAndGradients } from './makeStep.ts';
import { noiseFor } from './scoringPass.ts';
import type { StepInputs, TrainingStep } from './step.ts';
import { carriedOf, firstStreams } from './streams.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';

/** Where a computation first left the finite numbers. */
export interface NonFiniteReport {
  /** The step during which it happened, counted from 1; for rows that are only scored, the last step before. */
  readonly step: number;
  /** The layer, as parameters are named: `hidden.0`, `output`. */
  readonly layer: string;
  /**
   * The tensor: a parameter (`hidden.0.weight`), an intermediate result as {@link Model.activations} names it
   * (`hidden.0.preactivation`), `logProb` (`objective` of a model without a density), `gradient of …`, or `update of …`; of a
   * text `state carried to …`, or `logProb` of a row as it is read on from that state.
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
  const report = (tensor: string, value: string) => reportOf(stepNumber, tensor, value, null);
  const parameter = await firstNonFiniteTensor(inputs.parameters);
  if (parameter) return report(parameter.name, parameter.value);
  const carried = carriedOf(model, inputs.optimizer);
  const state = carried && (await firstNonFiniteTensor(carried));
  if (state) return report(`state carried to ${state.name}`, state.value);
  const computed = await searchDensity(tf, model, inputs.batch, inputs);
  if (computed) return reportOf(stepNumber, computed.tensor, computed.value, rows[computed.row]!);
  const read = carried && (await searchAlong(tf, model, inputs, carried));
  if (read) return reportOf(stepNumber, LOG_PROB, read.value, rows[read.index]!);
  const gradient = await search(tf, () =>
    named('gradient of', lossAndGradients(model, chainsMoved(model, inputs).inputs).gradients).reverse(),
  );
  if (gradient) return report(gradient.name, gradient.value);
  const update = await search(tf, () => {
    const outputs = step(inputs);
    return named('update of', { ...outputs.optimizer, ...outputs.parameters });
  });
  return update && report(update.name, update.value);
}

/**
 * Scores a row again whose log p was not finite though the parameters are, under one mask after the other.
 * @param held.logProb what it was, for the case that the row alone has another score.
 */
export async function traceRow(
  tf: Tf,
  model: Model,
  parameters: NamedTensors,
  held: { readonly matrix: Matrix; readonly row: number; readonly logProb: number; readonly split: HeldOut },
  stepNumber: number,
): Promise<NonFiniteReport> {
  const { matrix, row, logProb, split } = held;
  for (let mask = 0; mask < model.maskCount; mask++) {
    const x = slice(matrix, row, row + 1);
    const density = {
      parameters,
      masks: upload(model.masks(mask)),
      noise: upload(noiseFor(model)(1, scoringNoise(mask))),
      context: contextSlice(matrix, row, row + 1),
    };
    try {
      const found = await searchDensity(tf, model, x, density);
      if (found) return { ...reportOf(stepNumber, found.tensor, found.value, row), split };
    } finally {
      x.dispose();
      density.context?.dispose();
      disposeTensors(density.masks, density.noise);
    }
  }
  return { ...reportOf(stepNumber, LOG_PROB, String(logProb), row), split };
}

const LOG_PROB = 'logProb';

/** The first intermediate result of log p(x) that is not finite, with the row of `x`. */
async function searchDensity(
  tf: Tf,
  model: Model,
  x: Tensor2D,
  { parameters, masks, noise, context }: DensityInputs,
): Promise<{ tensor: string; value: string; row: number } | null> {
  const density = { parameters, masks, noise, context };
  const found = await search(tf, () => [
    ...model
      .activations(x, density)
      .map((activation) => ({ name: activationName(activation), value: activation.value })),
    model.logProb
      ? { name: LOG_PROB, value: model.logProb(x, density) }
      : { name: 'objective', value: model.objective(x, density) },
  ]);
  return found && { tensor: found.name, value: found.value, row: Math.floor(found.index / (found.size / x.shape[0])) };
}

/** The first row whose objective is not finite when it is read on from the state that is carried to it. */
function searchAlong(tf: Tf, { stream }: Model, { batch, ...inputs }: StepInputs, carried: NamedTensors) {
  return search(tf, () => {
    const { values } = stream!.objective(batch, firstStreams(carried, batch.shape[0]), inputs);
    return [{ name: LOG_PROB, value: values }];
  });
}

interface Named {
  readonly name: string;
  readonly value: Tensor;
}

function named(what: string, tensors: NamedTensors): Named[] {
  return Object.entries(tensors).map(([name, value]) => ({ name: `${what} ${name}`, value }));
}

/** Computes tensors, reads one after the other, which takes turns of the event loop, and frees them. */
async function search(
  tf: Tf,
  compute: () => readonly Named[],
): Promise<{ name: string; value: string; index: number; size: number } | null> {
  const names: string[] = [];
  const values = tf.tidy(() =>
    compute().map(({ name, value }) => {
      names.push(name);
      return tf.clone(value);
    }),
  );
  try {
    for (const [i, value] of values.entries()) {
      const found = firstNonFinite(await value.data<'float32' | 'int32'>());
      if (found) return { name: names[i]!, value: String(found.value), index: found.index, size: value.size };
    }
    return null;
  } finally {
    for (const value of values) value.dispose();
  }
}

function reportOf(step: number, tensor: string, value: string, row: number | null): NonFiniteReport {
  return { step, layer: layerOf(tensor), tensor, row, value };
}

/** `hidden.0` of `gradient of hidden.0.weight`, `m/hidden.0.weight`, `hidden.0.preactivation`. */
function layerOf(tensor: string): string {
  const name = tensor.split(/ of | to |\//).at(-1)!;
  const dot = name.lastIndexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}
