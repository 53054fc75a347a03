/**
 * What an inspection looks at: a model with the parameters of one moment.
 *
 * Inspections are chopped into chunks between which training goes on, and training disposes of its parameters with
 * every step. A snapshot therefore holds clones: TensorFlow.js shares their memory, so that one costs no copy.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Backend, Tf } from '../backends/backend.ts';
import type { Dataset } from '../data/dataset.ts';
import type { DensityInputs, Model, NamedArrays, NamedTensors } from '../models/model.ts';

/** A computation in chunks: each `next()` takes some milliseconds, and the last one gives the result. */
export type Chunked<T> = AsyncGenerator<void, T, void>;

/** A model that can be looked at: one that trains, or one out of a checkpoint. */
export interface InspectionSource {
  readonly model: Model;
  readonly backend: Backend;
  /** Height and width when a row is an image. */
  readonly image: readonly [number, number] | null;
  /** Seed of the experiment; inspections draw from streams of their own, so that training is the same without them. */
  readonly seed: number;
  /** Steps and epochs done, and the mask of the last step. */
  readonly step: number;
  readonly epoch: number;
  readonly mask: number;
  /** Current parameters; the owner may dispose of them as soon as the caller yields. */
  readonly parameters: NamedTensors;
  /** The experiment's data. @throws DataError when they cannot be read (any more). */
  dataset(): Promise<Dataset>;
}

/** Parameters and counters of one moment, held until {@link Snapshot.dispose}. */
export interface Snapshot {
  readonly source: InspectionSource;
  readonly step: number;
  readonly epoch: number;
  readonly mask: number;
  readonly parameters: NamedTensors;
  dispose(): void;
}

/**
 * Holds on to the source's parameters as they are now.
 * @param mask the mask to look at, or null for the one in use. @throws RangeError when the model has no such mask.
 */
export function snapshotOf(source: InspectionSource, mask: number | null): Snapshot {
  const { tf } = source.backend;
  const shown = mask ?? source.mask;
  if (!Number.isInteger(shown) || shown < 0 || shown >= source.model.maskCount) {
    throw new RangeError(`no mask ${shown}: the model has ${source.model.maskCount}, counted from 0`);
  }
  const parameters = mapTensors(source.parameters, (tensor) => tf.clone(tensor));
  return {
    source,
    step: source.step,
    epoch: source.epoch,
    mask: shown,
    parameters,
    dispose: () => disposeAll(parameters),
  };
}

/** Counters that every frame carries. */
export function frameBase(snapshot: Snapshot) {
  const { step, epoch, mask, source } = snapshot;
  return { version: 0, step, epoch, mask, maskCount: source.model.maskCount };
}

/** Density inputs of a snapshot; the masks are new tensors, which the caller disposes. */
export function densityInputs(snapshot: Snapshot): DensityInputs {
  const { model, backend } = snapshot.source;
  return { parameters: snapshot.parameters, masks: tensorsOf(backend.tf, model.masks(snapshot.mask)), noise: {} };
}

/** Uploads plain arrays. The caller owns the tensors. */
export function tensorsOf(tf: Tf, arrays: NamedArrays): NamedTensors {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { data, shape }]) => [
      name,
      tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  );
}

/** Reads tensors back. */
export async function arraysOf(tensors: NamedTensors): Promise<NamedArrays> {
  const entries = Object.entries(tensors).map(async ([name, tensor]) => {
    const data = await tensor.data<'float32' | 'int32'>();
    return [name, { shape: tensor.shape, data }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

export function disposeAll(tensors: NamedTensors): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

function mapTensors(tensors: NamedTensors, change: (tensor: Tensor) => Tensor): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));
}

/** Runs a chunked computation without a pause, for callers that have nothing else to do. */
export async function toEnd<T>(work: Chunked<T>): Promise<T> {
  for (;;) {
    const { done, value } = await work.next();
    if (done) return value;
  }
}
