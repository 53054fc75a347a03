/**
 * How the bound is made up at the end of an epoch: its two parts, the KL of every latent unit, active units, and the variances
 * of both estimators (Kingma & Welling 2014, equations 6 and 7), on a few rows that are not trained on. The same rows and the
 * same noise every time, so that what changes from one epoch to the next are the weights alone. It draws on streams of its
 * own: training is the same with and without.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Backend } from '../backends/backend.ts';
import { type Pass, passesOn } from '../backends/compiledPasses.ts';
import type { Dataset } from '../data/dataset.ts';
import { heldOut, rowOrder } from '../data/heldOut.ts';
import { pickRows } from '../data/matrix.ts';
import { gaussianKl } from '../latent/terms.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import type { LatentVariables } from '../models/latentVariables.ts';
import type { DensityInputs, Model, NamedTensors } from '../models/model.ts';
import { parameterCount } from '../models/parameters.ts';
import { boundNoise, termsOf } from '../models/vaeBound.ts';
import { fixedMasks } from '../models/structures.ts';
import { posteriorMoments } from '../models/vaeMoments.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { type BoundMoment, keepsUnits } from '../runs/boundMoment.ts';
import { slice } from './batches.ts';
import { BoundSums } from './boundSums.ts';
import { rowsOfProducts } from './evaluate.ts';
import { madeUpScoring, ownParameters, type ScoringInputs } from './scoringPass.ts';

/** Samples of each row: two are the fewest that a variance can be told from. */
export const HISTORY_SAMPLES = 2;
/** Rows at most; of little data an eighth of those that an epoch trains on, so that looking costs little beside training. */
const [MOST_ROWS, FEWEST_ROWS, SHARE] = [250, 50, 1 / 8];

/** How many of the held-out rows, in the order of {@link rowOrder}, the history of a run is told by. */
export function historyRows(dataset: Pick<Dataset, 'train' | 'validation'>): number {
  const wanted = Math.max(FEWEST_ROWS, Math.ceil(SHARE * dataset.train.rows));
  return Math.min(MOST_ROWS, wanted, heldOut(dataset).matrix.rows);
}

/** Noise of one sample of every row, drawn row by row in their order. */
export function historyNoise(seed: number, sample: number): RandomGenerator {
  return RandomGenerator.seeded(seed, `inspection/estimators/${sample}`);
}

/** What {@link boundSample} is called as a pass. */
export const BOUND_SAMPLE = 'parts of the bound';

/**
 * Log p(x|z) and both estimates of the divergence, [N, 3] nats, and the divergence of every unit, [N, K], by one sample of
 * each row: what {@link BoundSums} adds up. The noise is {@link boundNoise}. Runs within `tf.tidy`.
 */
export function boundSample(latent: LatentVariables, x: Tensor2D, inputs: DensityInputs): Tensor[] {
  const a = termsOf(latent, x, inputs, undefined, 'A');
  // In closed form the divergence is the same whatever is drawn.
  const units = latent.posterior.type === 'gaussian' ? gaussianKl(a.encoded.mean, a.encoded.logScale) : a.perUnit;
  return [tf.stack([a.reconstruction, a.divergence, tf.sum(units, 1)], 1), units];
}

export interface BoundHistoryOptions {
  readonly model: Model;
  readonly parameters: NamedTensors;
  readonly dataset: Dataset;
  readonly backend: Backend;
  readonly seed: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Told why it is computed operation by operation on a backend that has programs. */
  readonly tell?: ((reason: string) => void) | undefined;
  /** Awaited between pieces of work; throwing from it ends the work. */
  readonly yieldNow: () => Promise<void>;
}

type BoundPass = Pass<ScoringInputs, Tensor[]>;
/** Of so many rows. @param random who draws them, where it is not the history's own */
type Noise = (rows: number, random?: RandomGenerator) => NamedArrays;

/** After every epoch the same, the first and the only one, too. */
const everyEpoch = (model: Model) => ({
  ...{ of: model, times: Infinity },
  fixed: fixedMasks(model),
});

const partsPass = (model: Model, latent: LatentVariables): BoundPass => ({
  ...everyEpoch(model),
  name: `${BOUND_SAMPLE}, after an epoch`,
  compute: ({ x, ...inputs }) => boundSample(latent, x, inputs),
});

/** What stands for means without a closed form is drawn by the seed. */
const meansPass = (model: Model, latent: LatentVariables, seed: number): BoundPass => ({
  ...everyEpoch(model),
  name: `E[z|x], seed ${seed}`,
  compute: ({ x, ...inputs }) => [posteriorMoments(latent, x, inputs, seed).mean],
});

/** The bound's parts under these parameters; null for a model without latent variables. */
export async function boundMoment(o: BoundHistoryOptions): Promise<BoundMoment | null> {
  const { model, parameters, dataset, backend, seed, epoch, yieldNow } = o;
  const { latent } = model;
  if (!latent) return null;
  const { matrix } = heldOut(dataset);
  const rows = historyRows(dataset);
  const data = pickRows(matrix, rowOrder(matrix, seed).subarray(0, rows));
  const sums = new BoundSums(latent, { rows, samples: HISTORY_SAMPLES });
  const atATime = rowsOfProducts(model.densityProducts ?? parameterCount(model));
  const inputs = { parameters: ownParameters(model, parameters), masks: upload(model.masks(0)) };
  const read = async (from: number, pass: BoundPass, noise: Noise) => {
    const to = Math.min(rows, from + atATime);
    const tensors = backend.tf.tidy(() =>
      passesOn(backend).run<ScoringInputs, Tensor[]>(
        { ...pass, ...(o.tell && { tell: o.tell }), examples: (like) => madeUpScoring(like, model, noise) },
        { ...inputs, x: slice(data, from, to), noise: upload(noise(to - from)), context: null },
      ),
    );
    try {
      return await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
    } finally {
      backend.tf.dispose(tensors);
    }
  };
  try {
    for (let sample = 0; sample < HISTORY_SAMPLES; sample++) {
      const random = historyNoise(seed, sample);
      const noise: Noise = (count, drawn = random) => boundNoise(count, latent.latentDimension, drawn);
      for (let from = 0; from < rows; from += atATime) {
        sums.add(from, sample, await read(from, partsPass(model, latent), noise));
        await yieldNow();
      }
    }
    for (let from = 0; from < rows; from += atATime) {
      const [mean] = await read(from, meansPass(model, latent, seed), () => ({}));
      sums.addMeans(from, mean!);
      await yieldNow();
    }
  } finally {
    disposeTensors(inputs.masks);
  }
  const { perUnit, ...parts } = sums.moment;
  return { ...parts, ...(keepsUnits(latent.latentDimension, epoch) && { perUnit }) };
}
