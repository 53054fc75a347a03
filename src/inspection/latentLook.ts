/** Looking into models with latent variables: rows encoded and places decoded, in chunks between which training goes on. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../data/dataset.ts';
import { heldOut, rowOrder } from '../data/heldOut.ts';
import type { DensityInputs, Model } from '../models/model.ts';
import type { LatentVariables } from '../models/latentVariables.ts';
import { boundNoise, EPSILON } from '../models/vaeBound.ts';
import { MOMENT_DRAWS, posteriorMoments } from '../models/vaeMoments.ts';
import { RandomGenerator } from '../random/generator.ts';
import { evaluateRows, type Evaluation, Pace, rowsAt } from './ensembleScoring.ts';
import { AT_ZERO } from './frames/manifold.ts';
import { framed, valueRange } from './sampleFrames.ts';
import type { SamplesFrame } from './frames.ts';
import type { Chunked, InspectionSource, Snapshot } from './source.ts';

/** The latent variables of a model that has some. @throws RangeError for others */
export function latentOf({ latent, type }: Pick<Model, 'latent' | 'type'>): LatentVariables {
  if (!latent) throw new RangeError(`this model (${type}) has no latent variables`);
  return latent;
}

export interface LookedAt {
  readonly split: 'train' | 'validation';
  /** [rows] their numbers in the split. */
  readonly row: Int32Array;
  /** Rows of the split. */
  readonly of: number;
  readonly matrix: Matrix;
}

/** Some of the rows that are not trained on, the same at every look; a closer look takes more of the same. */
export async function lookedAt(source: InspectionSource, most: number): Promise<LookedAt> {
  const { split, matrix } = heldOut(await source.dataset());
  return { split, matrix, of: matrix.rows, row: rowOrder(matrix, source.seed).slice(0, most) };
}

/** Computes from rows on the device; `take` is given what comes of rows `from` … */
export async function* overRows(
  snapshot: Snapshot,
  rows: Matrix,
  o: {
    readonly free: boolean;
    /** As there. */
    readonly pass?: Evaluation['pass'];
    /** As there; none unless told. */
    readonly noise?: Evaluation['noise'];
    readonly compute: (x: Tensor2D, inputs: DensityInputs) => readonly Tensor[];
    readonly take: (from: number, values: readonly Float32Array[]) => void;
  },
): Chunked<void> {
  const { model } = snapshot.source;
  const every = Int32Array.from({ length: rows.rows }, (_, row) => row);
  yield* evaluateRows(snapshot, {
    mask: snapshot.mask,
    count: rows.rows,
    rowsOf: rowsAt(rows, every),
    noise: o.noise ?? (() => ({})),
    pace: new Pace({ free: o.free, products: model.densityProducts }),
    ...(o.pass !== undefined && { pass: o.pass }),
    evaluate: o.compute,
    take: o.take,
  });
}

/** E[x|z] of places z [rows, K]: [rows, D]. */
export async function* decodedMeans(snapshot: Snapshot, z: Float32Array, free: boolean): Chunked<Float32Array> {
  const latent = latentOf(snapshot.source.model);
  const { dimension, latentDimension: columns } = latent;
  const rows = z.length / columns;
  const means = new Float32Array(rows * dimension);
  yield* overRows(
    snapshot,
    { rows, columns, values: z },
    {
      free,
      pass: 'E[x|z]',
      compute: (places, inputs) => [latent.output.mean(latent.decode(places, inputs))],
      take: (from, [own]) => means.set(own!, from * dimension),
    },
  );
  return means;
}

export interface Posteriors {
  /** [rows, K] */
  readonly mean: Float32Array;
  /** [rows, K] */
  readonly deviation: Float32Array;
  /** [rows, K] one draw from each. */
  readonly drawn: Float32Array;
  /** Draws that mean and deviation were measured from; null where they are exact. */
  readonly draws: number | null;
}

/** q(z|x) of rows [rows, D]. */
export async function* posteriorsOf(snapshot: Snapshot, rows: Matrix, free: boolean): Chunked<Posteriors> {
  const { source } = snapshot;
  const latent = latentOf(source.model);
  const K = latent.latentDimension;
  const [mean, deviation, drawn] = [0, 1, 2].map(() => new Float32Array(rows.rows * K)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const random = RandomGenerator.seeded(source.seed, 'inspection/posteriors');
  yield* overRows(snapshot, rows, {
    free,
    // What stands for moments without a closed form is drawn by the seed.
    pass: `q(z|x), drawn from, seed ${source.seed}`,
    noise: (count) => boundNoise(count, K, random),
    compute: (x, inputs) => {
      const { mean, deviation } = posteriorMoments(latent, x, inputs, source.seed);
      const epsilon = inputs.noise[EPSILON] as Tensor2D;
      return [mean, deviation, latent.draw(latent.encode(x, inputs), epsilon, inputs).z];
    },
    take: (from, [m, s, z]) => {
      mean.set(m!, from * K);
      deviation.set(s!, from * K);
      drawn.set(z!, from * K);
    },
  });
  return { mean, deviation, drawn, draws: latent.posterior.type === 'gaussian' ? null : MOMENT_DRAWS };
}

/** [K] the mean of q(z|x) of one of the rows that are not trained on, or 0. @throws RangeError when there is no such row */
export async function* heldAt(snapshot: Snapshot, row: number, free: boolean): Chunked<Float32Array> {
  const { split, matrix } = heldOut(await snapshot.source.dataset());
  if (row === AT_ZERO) return new Float32Array(latentOf(snapshot.source.model).latentDimension);
  if (row >= matrix.rows) {
    throw new RangeError(`no row ${row}: there are ${matrix.rows} ${split} rows, counted from 0`);
  }
  return (yield* posteriorsOf(snapshot, pickedRows(matrix, Int32Array.of(row)), free)).mean;
}

/** Means E[x|z], or rows of data, as the views of samples draw them. */
export async function shownRows(snapshot: Snapshot, values: Float32Array): Promise<SamplesFrame> {
  const { source } = snapshot;
  const range = await valueRange(source);
  const { dimension } = source.model;
  const drawn = { rows: values.length / dimension, dimension, values, means: null, given: null, context: null };
  return framed(snapshot, drawn, { mask: null, request: null, range });
}

/** Rows of a matrix by their numbers, as floats and without what they are conditioned on. */
export function pickedRows({ columns, values }: Matrix, row: Int32Array): Matrix & { readonly values: Float32Array } {
  const own = new Float32Array(row.length * columns);
  for (const [i, at] of row.entries()) own.set(values.subarray(at * columns, (at + 1) * columns), i * columns);
  return { rows: row.length, columns, values: own };
}
