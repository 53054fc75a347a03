/**
 * The latent units frame: KL divergence and activity of every unit, and both estimators of the bound (Kingma & Welling 2014,
 * equations 6 and 7) on the same rows and the same noise, so that their variances can be told apart.
 */
import * as tf from '@tensorflow/tfjs-core';
import { gaussianKl } from '../latent/terms.ts';
import { boundNoise, termsOf } from '../models/vaeBound.ts';
import type { Model } from '../models/model.ts';
import { RandomGenerator } from '../random/generator.ts';
import { upload } from '../layers/namedTensors.ts';
import type { FrameMaker, Look } from './frameMaker.ts';
import { ACTIVE, type BoundMoment, type Estimates, type LatentUnitsFrame } from './frames/latentUnits.ts';
import { latentOf, lookedAt, overRows, pickedRows, posteriorsOf } from './latentLook.ts';
import { frameBase, type Chunked, type Snapshot } from './source.ts';

const MOST_ROWS = { glance: 100, quick: 250, thorough: 1000 } as const satisfies Record<Look, number>;
/** Samples of each row, from which a variance is told. */
const SAMPLES = 8;
/** Moments remembered of a run: beyond them every other one goes. */
const MOST_MOMENTS = 200;

export const latentUnitsMaker: FrameMaker<'latentUnits'> = {
  compute: (snapshot, { look, free }) => latentUnitsFrame(snapshot, look, free),
  renewed: 'step',
  canBeRefined: (_, look) => look !== 'thorough',
};

/** What was found of each model that is looked at, for as long as it is. */
const remembered = new WeakMap<Model, readonly BoundMoment[]>();

/** @throws RangeError when the model has no latent variables. */
export async function* latentUnitsFrame(
  snapshot: Snapshot,
  look: Look = 'thorough',
  free = false,
): Chunked<LatentUnitsFrame> {
  const { source } = snapshot;
  const latent = latentOf(source.model);
  const K = latent.latentDimension;
  const { split, row, of, matrix } = await lookedAt(source, MOST_ROWS[look]);
  const data = pickedRows(matrix, row);
  const rows = row.length;
  const closed = latent.posterior.type === 'gaussian';
  const posteriors = yield* posteriorsOf(snapshot, data, free);
  const perUnit = new Float64Array(K);
  let reconstruction = 0;
  const estimates = { A: new Float64Array(rows * SAMPLES), B: new Float64Array(rows * SAMPLES) };
  for (let sample = 0; sample < SAMPLES; sample++) {
    const random = RandomGenerator.seeded(source.seed, `inspection/estimators/${sample}`);
    yield* overRows(snapshot, data, {
      free,
      compute: (x, inputs) => {
        const own = { ...inputs, noise: upload(boundNoise(x.shape[0], K, random)) };
        const a = termsOf(latent, x, own, undefined, 'A');
        // In closed form the divergence is the same whatever is drawn.
        const units = closed ? gaussianKl(a.encoded.mean, a.encoded.logScale) : a.perUnit;
        return [tf.stack([a.reconstruction, a.divergence, tf.sum(units, 1)], 1), units];
      },
      take: (from, [terms, units]) => {
        for (let i = 0; i < terms!.length / 3; i++) {
          const [log, a, b] = [terms![3 * i]!, terms![3 * i + 1]!, terms![3 * i + 2]!];
          reconstruction += log / (rows * SAMPLES);
          estimates.A[(from + i) * SAMPLES + sample] = log - a;
          estimates.B[(from + i) * SAMPLES + sample] = log - b;
          for (let k = 0; k < K; k++) perUnit[k]! += units![i * K + k]! / (rows * SAMPLES);
        }
      },
    });
  }
  const activity = covariances(posteriors.mean, K);
  const divergence = perUnit.reduce((sum, own) => sum + own, 0);
  const found = { A: estimatesOf(estimates.A, rows), B: closed ? estimatesOf(estimates.B, rows) : null };
  const moment: BoundMoment = {
    step: snapshot.step,
    epoch: snapshot.epoch,
    reconstruction,
    divergence,
    perUnit: Float32Array.from(perUnit),
    active: activity.filter((own) => own > ACTIVE).length,
    varianceA: found.A.variance,
    varianceB: found.B?.variance ?? null,
  };
  const moments = withMoment(remembered.get(source.model) ?? [], moment);
  remembered.set(source.model, moments);
  return {
    kind: 'latentUnits',
    ...frameBase(snapshot),
    ...{ latent: K, posterior: latent.posterior.type, split, rows, allRows: of, activity, reconstruction, divergence },
    ...{ perUnit: moment.perUnit, estimators: found, samples: SAMPLES, moments },
    complete: look === 'thorough' || rows === of,
  };
}

/** With one more, in the order of steps; a closer look at one step takes the place of an earlier one. */
export function withMoment(known: readonly BoundMoment[], moment: BoundMoment): readonly BoundMoment[] {
  const all = [...known.filter(({ step }) => step !== moment.step), moment].sort((a, b) => a.step - b.step);
  return all.length <= MOST_MOMENTS ? all : all.filter((_, i) => i % 2 === 0 || i === all.length - 1);
}

/** [K] variance over the rows of every column of [rows, K]. */
function covariances(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  return Float32Array.from({ length: columns }, (_, k) => {
    let [mean, squares] = [0, 0];
    for (let i = 0; i < rows; i++) mean += values[i * columns + k]! / rows;
    for (let i = 0; i < rows; i++) squares += (values[i * columns + k]! - mean) ** 2;
    return squares / Math.max(1, rows - 1);
  });
}

/** Of [rows, samples]. */
function estimatesOf(values: Float64Array, rows: number): Estimates {
  let [sum, within, between] = [0, 0, 0];
  const means = Float64Array.from({ length: rows }, (_, i) => {
    const own = values.subarray(i * SAMPLES, (i + 1) * SAMPLES);
    const mean = own.reduce((all, value) => all + value, 0) / SAMPLES;
    within += own.reduce((all, value) => all + (value - mean) ** 2, 0) / (SAMPLES - 1) / rows;
    return mean;
  });
  for (const mean of means) sum += mean / rows;
  for (const mean of means) between += (mean - sum) ** 2 / Math.max(1, rows - 1);
  return { mean: sum, standardError: Math.sqrt(between / rows), variance: within };
}
