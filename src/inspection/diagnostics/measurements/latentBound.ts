/** What a model with latent variables says of some rows: KL divergence unit by unit, its bound, and a tighter one beside it. */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { rowsBetween } from '../../../data/matrix.ts';
import { rowSums } from '../../../flows/sums.ts';
import { gaussianKl } from '../../../latent/terms.ts';
import { upload } from '../../../layers/namedTensors.ts';
import { EPSILON, termsOf } from '../../../models/vaeBound.ts';
import { RandomGenerator } from '../../../random/generator.ts';
import { slice } from '../../../training/batches.ts';
import { rowsOfProducts } from '../../../training/evaluate.ts';
import { noiseFor } from '../../../training/scoringPass.ts';
import { importanceScores } from '../../../training/importance.ts';
import { type Chunked, densityInputs, type Snapshot } from '../../source.ts';
import { DecoderScales, type DecoderScale } from './decoderScale.ts';
import type { Measurement } from './measurement.ts';
import { inChunks } from './scoring.ts';

const ROWS = 64;
/** Evaluations of the bound, each with noise of its own. */
const DRAWS = 12;
/** k of the bound beside it. */
const SAMPLES = 64;

/** A mean over the rows in nats, and its standard error by the noise alone, the rows held; null where none can be told. */
export interface Estimate {
  readonly mean: number;
  readonly error: number | null;
}

export interface LatentBound {
  readonly rows: number;
  readonly split: 'validation' | 'training';
  readonly posterior: 'gaussian' | 'iaf';
  /** [K] mean of each unit's terms of the divergence from the prior, nats: of a Gaussian posterior its KL divergence. */
  readonly perUnit: Float64Array;
  /** The bound as the model tells it, and from how many differences of one row's evaluations its error comes. */
  readonly bound: Estimate & { readonly error: number; readonly degrees: number };
  /** E log p(x|z) less the divergence of all units together, by the same noise: what the bound should be. */
  readonly parts: { readonly reconstruction: number; readonly divergence: number };
  /** Estimator A less estimator B by the same noise, of one sample of a row: 0 on average; null where B has no closed form. */
  readonly estimators: (Estimate & { readonly error: number }) | null;
  /** k, and the bound that is nearer to log p(x). */
  readonly iwae: Estimate & {
    readonly samples: number;
    /** Standard error of the mean by the choice of rows. */
    readonly rowError: number;
  };
  /** Of p(x|z); null where it has no σ. */
  readonly scale: DecoderScale | null;
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
  const inputs = densityInputs(snapshot);
  const perUnit = new Float64Array(latent.latentDimension);
  const bounds = Array.from({ length: matrix.rows }, () => [] as number[]);
  const [differences, reconstructions]: [number[], number[]] = [[], []];
  const closed = latent.posterior.type === 'gaussian';
  const scales = latent.output.deviation && new DecoderScales(latent.output.deviation, held);
  const atATime = rowsOfProducts(model.densityProducts ?? 1);
  try {
    for (let draw = 0; draw < DRAWS; draw++) {
      const random = RandomGenerator.seeded(seed, `inspection/bound/${draw}`);
      for (let from = 0; from < matrix.rows; from += atATime) {
        const to = Math.min(matrix.rows, from + atATime);
        const tensors = tf.tidy((): Tensor[] => {
          const x = slice(matrix, from, to);
          const own = { ...inputs, noise: upload(noiseFor(model)(to - from, random)), context: null };
          const told: Tensor1D = model.logProb!(x, own);
          const a = termsOf(latent, x, { ...own, noise: { [EPSILON]: own.noise[EPSILON]! } }, undefined, 'A');
          const units: Tensor2D = closed ? gaussianKl(a.encoded.mean, a.encoded.logScale) : a.perUnit;
          const apart = tf.sub(rowSums(units), a.divergence);
          const { logScale } = a.output;
          return [told, tf.sum(units, 0), a.reconstruction, apart, ...(logScale ? [logScale] : [])];
        });
        try {
          const [t, u, r, d, s] = await Promise.all(tensors.map((one) => one.data<'float32'>()));
          for (const [i, value] of t!.entries()) bounds[from + i]!.push(value);
          for (const [k, kl] of u!.entries()) perUnit[k]! += kl / matrix.rows / DRAWS;
          reconstructions.push(...r!);
          differences.push(...d!);
          if (s) scales?.add(s);
        } finally {
          tf.dispose(tensors);
        }
        yield;
      }
    }
    const { score } = yield* inChunks((yieldNow) =>
      importanceScores(model, parameters, matrix, { backend, samples: SAMPLES, yieldNow }),
    );
    const { rows } = matrix;
    return {
      rows,
      split: validation ? 'validation' : 'training',
      posterior: latent.posterior.type,
      perUnit,
      // Every row has noise of its own: their variances add up, and are known by as many differences.
      bound: {
        mean: mean(bounds.map(mean)),
        error: Math.hypot(...bounds.map(errorOf)) / rows,
        degrees: rows * (DRAWS - 1),
      },
      parts: { reconstruction: mean(reconstructions), divergence: perUnit.reduce((a, b) => a + b, 0) },
      estimators: closed ? { mean: mean(differences), error: errorOf(differences) } : null,
      iwae: {
        mean: -score.nats,
        error: score.importance.samplingError,
        samples: SAMPLES,
        rowError: score.standardError,
      },
      scale: scales?.result() ?? null,
    };
  } finally {
    tf.dispose(Object.values(inputs.masks));
  }
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
