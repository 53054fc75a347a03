/** Mean and standard deviation of q(z|x), where it has no closed form by draws that are even and the same for every row. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { RandomGenerator } from '../random/generator.ts';
import type { LatentVariables } from './latentVariables.ts';
import type { DensityInputs } from './model.ts';

/** Draws that stand for a posterior where its moments have no closed form. */
export const MOMENT_DRAWS = 16;

/**
 * Both [N, K]. Behind a flow they are those of {@link MOMENT_DRAWS} latents: the same noise ε for every row, in pairs ±ε, of
 * mean square 1 in every unit. Of a Gaussian they would be exact; and rows whose posteriors are the same come out the same, so
 * that a unit that tells nothing does not seem to move with the row.
 */
export function posteriorMoments(
  latent: LatentVariables,
  x: Tensor2D,
  inputs: DensityInputs,
  seed: number,
): { readonly mean: Tensor2D; readonly deviation: Tensor2D } {
  const encoded = latent.encode(x, inputs);
  if (latent.posterior.type === 'gaussian') return { mean: encoded.mean, deviation: tf.exp(encoded.logScale) };
  const draws = evenNoise(latent.latentDimension, seed).map((epsilon) => {
    const everywhere = tf.tile<Tensor2D>(tf.tensor2d(epsilon, [1, epsilon.length]), [x.shape[0], 1]);
    return latent.draw(encoded, everywhere, inputs).z;
  });
  const { mean, variance } = tf.moments(tf.stack(draws), 0);
  return { mean: mean as Tensor2D, deviation: tf.sqrt<Tensor2D>(variance as Tensor2D) };
}

/** ε of every draw, [K]: pairs of opposites, of mean square 1 in each unit. */
function evenNoise(units: number, seed: number): Float32Array[] {
  const random = RandomGenerator.seeded(seed, 'inspection/posteriors/moments');
  const half = Array.from({ length: MOMENT_DRAWS / 2 }, () =>
    Float32Array.from({ length: units }, () => random.normal()),
  );
  for (let k = 0; k < units; k++) {
    const size = Math.sqrt(half.reduce((sum, epsilon) => sum + epsilon[k]! ** 2, 0) / half.length);
    for (const epsilon of half) epsilon[k]! /= size;
  }
  return half.flatMap((epsilon) => [epsilon, epsilon.map((value) => -value)]);
}
