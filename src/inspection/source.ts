/**
 * What an inspection looks at: a model with the parameters of one moment.
 *
 * Inspections are chopped into chunks between which training goes on, and training disposes of its parameters with
 * every step. A snapshot therefore holds clones: TensorFlow.js shares their memory, so that one costs no copy.
 */
import type { Backend } from '../backends/backend.ts';
import type { ImageSize } from '../spec/imageShape.ts';
import type { Dataset, Matrix } from '../data/dataset.ts';
import type { Truth } from '../data/generated/truth.ts';
import type { DensityInputs, Model, NamedTensors } from '../models/model.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { EpochMetric } from '../runs/metrics.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';

/** A computation in chunks: each `next()` takes some milliseconds, and the last one gives the result. */
export type Chunked<T> = AsyncGenerator<void, T, void>;

/** A model that can be looked at: one that trains, or one out of a checkpoint. */
export interface InspectionSource {
  readonly model: Model;
  readonly backend: Backend;
  /** Height and width when a row is an image. */
  readonly image: ImageSize | null;
  /** Seed of the experiment; inspections draw from streams of their own, so that training is the same without them. */
  readonly seed: number;
  /** Steps and epochs done, and the mask of the last step. */
  readonly step: number;
  readonly epoch: number;
  readonly mask: number;
  /**
   * The step whose weights the statistics among the parameters were measured by (batch normalisation); null where nobody
   * knows. Left out where they are those of the step itself.
   */
  readonly measured?: number | null;
  /** Current parameters; the owner may dispose of them as soon as the caller yields. */
  readonly parameters: NamedTensors;
  /**
   * The model of the same specification for so many variables; null where what the specification gives (an order,
   * degrees) is for others. Left out where the specification is not known. @throws what building it throws.
   */
  rebuild?(dimension: number): Model | null;
  /** The density that the rows were drawn from, at some of them; null where it is not known. Left out like `rebuild`. */
  truth?(rows: Matrix): Truth | null;
  /** What the metrics of the run tell of every epoch so far, oldest first; left out where there is no run. */
  epochs?(): readonly EpochMetric[];
  /**
   * Of a text its V characters, in the order of their numbers, known without the data; left out for other data, and for runs
   * that do not tell them.
   */
  readonly characters?: readonly string[];
  /** The experiment's data. @throws DataError when they cannot be read (any more). */
  dataset(): Promise<Dataset>;
}

/** Parameters and counters of one moment, held until {@link Snapshot.dispose}. */
export interface Snapshot {
  readonly source: InspectionSource;
  readonly step: number;
  readonly epoch: number;
  readonly mask: number;
  /** As {@link InspectionSource.measured}. */
  readonly measured: number | null;
  readonly parameters: NamedTensors;
  /** Told why something is computed operation by operation on a backend that has programs, every time that it is. */
  readonly tell?: (reason: string) => void;
  dispose(): void;
}

/**
 * Holds on to the source's parameters as they are now.
 * @param mask the mask to look at, or null for the one in use. @throws RangeError when the model has no such mask.
 */
export function snapshotOf(source: InspectionSource, mask: number | null): Snapshot {
  const { tf } = source.backend;
  // The one in use may be beyond those that are counted, where training draws a fresh one for every minibatch.
  if (mask !== null && (!Number.isInteger(mask) || mask < 0 || mask >= source.model.maskCount)) {
    throw new RangeError(`no mask ${mask}: the model has ${source.model.maskCount}, counted from 0`);
  }
  const parameters = Object.fromEntries(
    Object.entries(source.parameters).map(([name, tensor]) => [name, tf.clone(tensor)]),
  );
  return {
    source,
    step: source.step,
    epoch: source.epoch,
    mask: mask ?? source.mask,
    measured: source.measured === undefined ? source.step : source.measured,
    parameters,
    dispose: () => disposeTensors(parameters),
  };
}

/** Counters that every frame carries. */
export function frameBase(snapshot: Snapshot) {
  const { step, epoch, mask, source } = snapshot;
  return { version: 0, step, epoch, mask, maskCount: source.model.maskCount };
}

/** Parameters and masks of a snapshot; the masks are new tensors, which the caller disposes. */
export function densityInputs(snapshot: Snapshot): Omit<DensityInputs, 'noise' | 'context'> {
  const { model } = snapshot.source;
  return { parameters: snapshot.parameters, masks: upload(model.masks(snapshot.mask)) };
}

/**
 * Noise for evaluating so many rows: the same every time, since what should change between two looks are the weights.
 * The tensors are new.
 */
export function noiseFor({ source }: Snapshot, rows: number): NamedTensors {
  return upload(source.model.noise(rows, RandomGenerator.seeded(source.seed, 'inspection/noise')));
}

/** Runs a chunked computation without a pause, for callers that have nothing else to do. */
export async function toEnd<T>(work: Chunked<T>): Promise<T> {
  for (;;) {
    const { done, value } = await work.next();
    if (done) return value;
  }
}
