/**
 * Marginal likelihood of a model with latent variables by importance sampling, the encoder's q(z|x) as the proposal:
 *
 *   log p̂_k(x) = log ¹⁄k Σ_i p(x|z_i) p(z_i) / q(z_i|x),   z_i ~ q(z|x)
 *
 * (Rezende et al. 2014, appendix E; Burda et al. 2016, equation 8). Its mean is a lower bound of log p(x) that rises with
 * k: at k = 1 the ELBO, at k = ∞ log p(x) itself.
 */
import type { Tensor1D, Tensor2D, TensorContainer } from '@tensorflow/tfjs-core';
import type { Backend } from '../backends/backend.ts';
import type { Matrix } from '../data/dataset.ts';
import { minus, plus, rowSums } from '../flows/sums.ts';
import type { Encoded } from '../latent/posteriors.ts';
import { logStandardNormal, repeated } from '../latent/terms.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import type { LatentVariables } from '../models/latentVariables.ts';
import type { DensityInputs, Model, NamedTensors } from '../models/model.ts';
import { drawnFor } from '../models/vaeBound.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { Score } from '../runs/manifest.ts';
import { slice } from './batches.ts';
import { nextTurn, rowsOfProducts, type RowScores, scoreOf } from './evaluate.ts';
import { canTellShape, isHeavy, isTame, type RowWeights, weightsOf } from './importanceWeights.ts';

export interface ImportanceOptions {
  readonly backend: Backend;
  /** k, samples of each row. */
  readonly samples: number;
  /** Rows × samples on the device at a time; what costs some 20 ms unless told. Changes no result beyond rounding. */
  readonly chunk?: number;
  /** Names the random numbers: other estimates of the same rows. 0 unless told. */
  readonly seed?: number;
  /** Told the share of all rows × samples that is done, 0 … 1. */
  readonly onProgress?: (share: number) => void;
  /** Awaited between chunks; yields to the event loop unless told otherwise. Throwing from it ends the work. */
  readonly yieldNow?: () => Promise<void>;
}

export interface ImportanceScores extends RowScores {
  readonly score: Score & { readonly importance: NonNullable<Score['importance']> };
  /** (Σ w)² / Σ w² of each row, 1 … k: samples of p(z|x) itself that would do as well. */
  readonly effectiveSamples: Float64Array;
  /** ¹⁄k Σ log w of each row in nats: the ELBO by the same samples, never above {@link perRow}. */
  readonly elbo: Float64Array;
  /** k̂ of each row's weights; NaN where there are too few samples to tell. */
  readonly shapes: Float64Array;
}

/** Rows by whose halves an error can be told: of so many squares the root is right within a third or so. */
const FEWEST_ROWS = 10;

/** How the figure is called in a score: `IWAE-5000 bound`. */
export const importanceQuantity = (samples: number): string => `IWAE-${samples} bound`;

/**
 * log p̂_k of every row. Sums are of float64 and relative to the largest weight; beside a chunk on the device the weights of the
 * rows in it are held, 4 bytes each, so that the number of rows costs time and no memory. Every row has its own random numbers: what it is scored does
 * not depend on the rows beside it.
 * @throws RangeError for a model without latent variables, without rows, for rows of another width, and for a number of
 * samples that is none.
 */
export async function importanceScores(
  model: Model,
  parameters: NamedTensors,
  matrix: Matrix,
  options: ImportanceOptions,
): Promise<ImportanceScores> {
  const { backend, samples, seed = 0, onProgress, yieldNow = nextTurn } = options;
  const { latent } = model;
  if (!latent) throw new RangeError(`a model of type ${model.type} has no latent variables to sample`);
  if (!Number.isInteger(samples) || samples < 1) {
    throw new RangeError(`the number of importance samples is a whole number from 1, found ${samples}`);
  }
  if (matrix.rows === 0) throw new RangeError('there are no rows to score');
  if (matrix.columns !== model.dimension) {
    throw new RangeError(`the rows have ${matrix.columns} columns, the model ${model.dimension}`);
  }
  const chunk = Math.max(1, options.chunk ?? rowsOfProducts(latent.products.sample));
  const samplesAtATime = Math.min(samples, chunk);
  const rowsAtATime = Math.max(
    1,
    Math.min(Math.floor(chunk / samplesAtATime), rowsOfProducts(latent.products.encoding)),
  );

  const found: RowWeights[] = [];
  const masks = upload(model.masks(0));
  const inputs: DensityInputs = { parameters, masks, noise: {}, context: null };
  try {
    for (let begin = 0; begin < matrix.rows; begin += rowsAtATime) {
      const rows = Math.min(rowsAtATime, matrix.rows - begin);
      const streams = Array.from({ length: rows }, (_, i) => RandomGenerator.seeded(seed, `importance/${begin + i}`));
      const logs = streams.map(() => new Float32Array(samples));
      const x = slice(matrix, begin, begin + rows);
      const encoded = encodedBy(backend, () => latent.encode(x, inputs));
      try {
        for (let drawn = 0; drawn < samples; drawn += samplesAtATime) {
          const count = Math.min(samplesAtATime, samples - drawn);
          const own = await logWeights(latent, backend, { x, encoded, inputs, streams, count });
          for (const [i, row] of logs.entries()) row.set(own.subarray(i * count, (i + 1) * count), drawn);
          onProgress?.((begin * samples + rows * (drawn + count)) / (matrix.rows * samples));
          await yieldNow();
        }
      } finally {
        backend.tf.dispose([x, encoded as unknown as TensorContainer]);
      }
      for (const row of logs) found.push(weightsOf(row));
    }
  } finally {
    disposeTensors(masks);
  }
  const of = (pick: (row: RowWeights) => number) => Float64Array.from(found, pick);
  const [perRow, effectiveSamples, elbo] = [
    of(({ logMean }) => logMean),
    of(({ effective }) => effective),
    of(({ elbo }) => elbo),
  ];
  const { dimension, quantity } = model;
  const named = { ...quantity, name: importanceQuantity(samples) };
  return {
    score: {
      ...scoreOf(perRow, { dimension, quantity: named }),
      importance: {
        samples,
        effectiveSamples: { mean: mean(effectiveSamples), smallest: effectiveSamples.reduce((a, b) => Math.min(a, b)) },
        samplingError: samplingError(found, samples),
        heavyTailed: canTellShape(samples) ? found.filter((row) => isHeavy(row, samples)).length : null,
        elbo: mean(elbo),
      },
    },
    perRow,
    effectiveSamples,
    elbo,
    shapes: of(({ shape }) => shape ?? NaN),
  };
}

interface Draws {
  /** [rows, D] */
  readonly x: Tensor2D;
  readonly encoded: Encoded;
  readonly inputs: DensityInputs;
  /** One a row. */
  readonly streams: readonly RandomGenerator[];
  /** Samples of each row. */
  readonly count: number;
}

/** log p(x, z) − log q(z|x), [rows · count], the samples of a row side by side. */
async function logWeights(latent: LatentVariables, backend: Backend, draws: Draws): Promise<Float32Array> {
  const { x, encoded, inputs, streams, count } = draws;
  const { latentDimension } = latent;
  const epsilon = new Float32Array(streams.length * count * latentDimension);
  for (const [i, random] of streams.entries()) {
    const end = (i + 1) * count * latentDimension;
    for (let at = i * count * latentDimension; at < end; at++) epsilon[at] = random.normal();
  }
  const logs = backend.tf.tidy((): Tensor1D => {
    const noise = backend.tf.tensor2d(epsilon, [streams.length * count, latentDimension]);
    const { z, logPosterior } = drawnFor(latent, encoded, noise, inputs);
    const likelihood = latent.output.logProb(repeated(x, count), latent.decode(z, inputs));
    return plus(likelihood, rowSums(plus(logStandardNormal(z), minus(logPosterior))));
  });
  try {
    return await logs.data<'float32'>();
  } finally {
    logs.dispose();
  }
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Standard error of the mean of log p̂_k from the random samples alone, the rows held: of rows with tame weights by the delta
 * method, of others by how far two halves of their samples are apart. That is one draw a row of what is to be known: where few
 * such rows make up most of it, and of one sample, no error can be told.
 */
function samplingError(rows: readonly RowWeights[], samples: number): number | null {
  if (samples === 1) return null;
  const sumOf = (some: readonly RowWeights[]) => some.reduce((sum, { variance }) => sum + variance!, 0);
  const byHalves = rows.filter(({ shape }) => !isTame(shape, samples));
  const [all, wild] = [sumOf(rows), sumOf(byHalves)];
  return byHalves.length < FEWEST_ROWS && wild > all / 2 ? null : Math.sqrt(all) / rows.length;
}

/** tf.tidy keeps what is in a record; only its type knows no null. */
function encodedBy(backend: Backend, encode: () => Encoded): Encoded {
  return backend.tf.tidy(() => encode() as unknown as TensorContainer) as unknown as Encoded;
}
