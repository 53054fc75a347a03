/**
 * Marginal likelihood of a model with latent variables by importance sampling, the encoder's q(z|x) as the proposal:
 *
 *   log p̂_k(x) = log ¹⁄k Σ_i p(x|z_i) p(z_i) / q(z_i|x),   z_i ~ q(z|x)
 *
 * (Rezende et al. 2014, appendix E; Burda et al. 2016, equation 8). Its mean is a lower bound of log p(x) that rises with
 * k: at k = 1 the ELBO, at k = ∞ log p(x) itself.
 */
import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Backend } from '../backends/backend.ts';
import { passesOn } from '../backends/compiledPasses.ts';
import { leavesOf } from '../backends/tensorTree.ts';
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
import { fixedMasks } from '../models/structures.ts';
import { nextTurn, rowsOfProducts, type RowScores, scoreOf } from './evaluate.ts';
import { ownParameters } from './scoringPass.ts';
import { canTellShape, isHeavy, isTame, type RowWeights, weightsOf } from './importanceWeights.ts';

export interface ImportanceOptions {
  readonly backend: Backend;
  /** k, samples of each row. */
  readonly samples: number;
  /** Rows × samples on the device at a time; what costs some 20 ms unless told. Changes no result beyond rounding. */
  readonly chunk?: number;
  /** Names the random numbers: other estimates of the same rows. 0 unless told. */
  readonly seed?: number;
  /** Told why it is computed operation by operation on a backend that has programs. */
  readonly tell?: (reason: string) => void;
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
  const { backend, samples, seed = 0, onProgress, yieldNow = nextTurn, tell } = options;
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
  const inputs: DensityInputs = { parameters: ownParameters(model, parameters), masks, noise: {}, context: null };
  const passes = passesOn(backend);
  const common = {
    ...{ of: model, ...(tell && { tell }) },
    fixed: fixedMasks(model),
  };
  /** How often pieces of this size come. */
  const timesOf = (size: number, atATime: number, all: number) => (size === atATime ? Math.floor(all / atATime) : 1);
  try {
    for (let begin = 0; begin < matrix.rows; begin += rowsAtATime) {
      const rows = Math.min(rowsAtATime, matrix.rows - begin);
      const streams = Array.from({ length: rows }, (_, i) => RandomGenerator.seeded(seed, `importance/${begin + i}`));
      const logs = streams.map(() => new Float32Array(samples));
      const x = slice(matrix, begin, begin + rows);
      const times = timesOf(rows, rowsAtATime, matrix.rows);
      const encoder = { ...common, name: 'q(z|x)', times, compute: encoderOf(latent) };
      const encoded = passes.run(encoder, { x, ...inputs });
      try {
        for (let drawn = 0; drawn < samples; drawn += samplesAtATime) {
          const count = Math.min(samplesAtATime, samples - drawn);
          const epsilon = noiseOf(streams, count, latent.latentDimension);
          const weighing = { ...common, name: 'log p(x, z) − log q(z|x)', compute: weighingOf(latent) };
          const { logs: weighed } = passes.run(
            { ...weighing, times: times * timesOf(count, samplesAtATime, samples) },
            { x, encoded, epsilon, ...inputs },
          );
          epsilon.dispose();
          const own = await weighed.data<'float32'>().finally(() => weighed.dispose());
          for (const [i, row] of logs.entries()) row.set(own.subarray(i * count, (i + 1) * count), drawn);
          onProgress?.((begin * samples + rows * (drawn + count)) / (matrix.rows * samples));
          await yieldNow();
        }
      } finally {
        backend.tf.dispose([x, ...leavesOf(encoded)]);
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

interface Rows extends DensityInputs {
  /** [rows, D] */
  readonly x: Tensor2D;
}

const encoderOf =
  (latent: LatentVariables) =>
  ({ x, ...inputs }: Rows): Encoded =>
    latent.encode(x, inputs);

/** log p(x, z) − log q(z|x), [rows · samples], the samples of a row side by side. */
const weighingOf =
  (latent: LatentVariables) =>
  ({ x, encoded, epsilon, ...inputs }: Rows & { readonly encoded: Encoded; readonly epsilon: Tensor2D }) => {
    const { z, logPosterior } = drawnFor(latent, encoded, epsilon, inputs);
    const likelihood = latent.output.logProb(repeated(x, epsilon.shape[0] / x.shape[0]), latent.decode(z, inputs));
    return { logs: plus(likelihood, rowSums(plus(logStandardNormal(z), minus(logPosterior)))) };
  };

/** ε [rows · count, K] of as many samples of each row, by a generator of its own. */
function noiseOf(streams: readonly RandomGenerator[], count: number, columns: number): Tensor2D {
  const values = new Float32Array(streams.length * count * columns);
  for (const [i, random] of streams.entries()) {
    const end = (i + 1) * count * columns;
    for (let at = i * count * columns; at < end; at++) values[at] = random.normal();
  }
  return tensor2d(values, [streams.length * count, columns]);
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
