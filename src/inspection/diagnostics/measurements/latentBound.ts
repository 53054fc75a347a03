/** What a model with latent variables says of some rows: KL divergence unit by unit, its bound, and a tighter one beside it. */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../../../data/dataset.ts';
import { rowsBetween } from '../../../data/matrix.ts';
import { disposeTensors, upload } from '../../../layers/namedTensors.ts';
import { EPSILON, termsOf } from '../../../models/vaeBound.ts';
import { RandomGenerator } from '../../../random/generator.ts';
import { slice } from '../../../training/batches.ts';
import { importanceScores } from '../../../training/importance.ts';
import { type Chunked, densityInputs, type Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';

const ROWS = 64;
/** Evaluations of the bound, each with noise of its own. */
const DRAWS = 12;
/** k of the bound beside it, and rows that are estimated before others have their turn. */
const [SAMPLES, ROWS_AT_A_TIME] = [64, 8];

/** A mean over the rows in nats, and its standard error by the noise alone, the rows held. */
export interface Estimate {
  readonly mean: number;
  readonly error: number;
}

export interface LatentBound {
  readonly rows: number;
  readonly split: 'validation' | 'training';
  /** [K] mean KL divergence of every latent unit from the prior, in nats. */
  readonly perUnit: Float64Array;
  /** The bound as the model tells it. */
  readonly bound: Estimate;
  /** E log p(x|z) less the divergence of all units together, by the same noise: what the bound should be. */
  readonly parts: { readonly reconstruction: number; readonly divergence: number };
  /** k, and the bound that is nearer to log p(x). */
  readonly iwae: Estimate & { readonly samples: number };
  /** Smallest σ of p(x|z) and where, with the standard deviation of all values; null where p(x|z) has none. */
  readonly scale: { readonly least: number; readonly variable: number; readonly spread: number } | null;
}

export const latentBound: Measurement<LatentBound> = {
  depth: 'cheap',
  applies: ({ latent }) => latent !== undefined,
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<LatentBound | null> {
  const { source, parameters } = snapshot;
  const { model, backend, seed } = source;
  const { latent } = model;
  if (!latent || !model.logProb) return null;
  const { train, validation } = await source.dataset();
  const held = validation ?? train;
  const matrix = rowsBetween(held, 0, Math.min(ROWS, held.rows));
  const { tf } = backend;
  const x = slice(matrix, 0, matrix.rows);
  const inputs = densityInputs(snapshot);
  const perUnit = new Float64Array(latent.latentDimension);
  const [bounds, reconstructions]: [number[], number[]] = [[], []];
  let scale: LatentBound['scale'] = null;
  try {
    for (let draw = 0; draw < DRAWS; draw++) {
      const noise = upload(model.noise(matrix.rows, RandomGenerator.seeded(seed, `inspection/bound/${draw}`)));
      const own = { ...inputs, noise, context: null };
      const told = tf.tidy((): Tensor1D => model.logProb!(x, own));
      const [units, logX, logScale] = tf.tidy((): [Tensor2D, Tensor1D, Tensor] => {
        const terms = termsOf(latent, x, { ...own, noise: { [EPSILON]: noise[EPSILON]! } });
        const { logScale: s } = terms.output;
        return [terms.perUnit, terms.reconstruction, s ? tf.min(s, 0) : tf.zeros([1])];
      });
      try {
        const all: Tensor[] = [told, units, logX, logScale];
        const [t, u, r, s] = await Promise.all(all.map((one) => one.data<'float32'>()));
        bounds.push(mean(t!));
        reconstructions.push(mean(r!));
        for (const [i, kl] of u!.entries()) perUnit[i % perUnit.length]! += kl / matrix.rows / DRAWS;
        if (latent.output.type === 'gaussian') scale = narrower(scale, s!, matrix);
      } finally {
        disposeTensors(noise, { told, units, logX, logScale });
      }
      yield;
    }
    let [sum, squares] = [0, 0];
    for (let from = 0; from < matrix.rows; from += ROWS_AT_A_TIME) {
      const some = rowsBetween(matrix, from, Math.min(from + ROWS_AT_A_TIME, matrix.rows));
      const { score } = await importanceScores(model, parameters, some, { backend, samples: SAMPLES, seed: from });
      sum -= score.nats * some.rows;
      squares += (score.importance.samplingError! * some.rows) ** 2;
      yield;
    }
    return {
      rows: matrix.rows,
      split: validation ? 'validation' : 'training',
      perUnit,
      bound: { mean: mean(bounds), error: errorOf(bounds) },
      parts: { reconstruction: mean(reconstructions), divergence: perUnit.reduce((a, b) => a + b, 0) },
      iwae: { mean: sum / matrix.rows, error: Math.sqrt(squares) / matrix.rows, samples: SAMPLES },
      scale,
    };
  } finally {
    disposeTensors(inputs.masks, { x });
  }
}

/** @param logScales [D] smallest log σ of every variable. */
function narrower(
  before: LatentBound['scale'],
  logScales: ArrayLike<number>,
  { values }: Matrix,
): LatentBound['scale'] {
  let variable = 0;
  for (let d = 1; d < logScales.length; d++) if (logScales[d]! < logScales[variable]!) variable = d;
  const least = Math.exp(logScales[variable]!);
  if (before && before.least <= least) return before;
  if (before) return { ...before, least, variable };
  const centre = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - centre) ** 2;
  return { least, variable, spread: Math.sqrt(squares / values.length) };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Standard error of the mean. */
function errorOf(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, own) => sum + (own - centre) ** 2, 0) / (values.length - 1) / values.length);
}
