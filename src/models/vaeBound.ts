/**
 * Stochastic gradient variational Bayes: the two estimators of the bound (Kingma & Welling 2014, section 2.3),
 *
 *   A  ¹⁄L Σ_l log p(x, z_l) − log q(z_l|x)      B  −KL(q(z|x) ‖ p(z)) + ¹⁄L Σ_l log p(x|z_l)
 *
 * with z_l = μ + σ ∘ ε_l. Both have the bound as their mean; where q is Gaussian, B varies less.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { minus, plus, rowSums } from '../flows/sums.ts';
import type { Traced } from '../latent/networks.ts';
import type { OutputParameters } from '../latent/outputs.ts';
import type { Drawn, Encoded } from '../latent/posteriors.ts';
import {
  freeBits,
  gaussianKl,
  logStandardNormal,
  overSamples,
  repeated,
  rowsOverSamples,
  times,
} from '../latent/terms.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { LatentVariables } from './latentVariables.ts';
import type { DensityInputs } from './model.ts';
import { told } from './surrogate.ts';

/** Name of the noise that makes latents of what is encoded. */
export const EPSILON = 'epsilon';

/** ε [rows, K] from N(0, I). */
export function boundNoise(rows: number, latent: number, random: RandomGenerator): NamedArrays {
  const data = Float32Array.from({ length: rows * latent }, () => random.normal());
  return { [EPSILON]: { shape: [rows, latent], data } };
}

/** Latents of rows that are encoded [N], by noise ε [N·L, K], the L samples of a row side by side. Differentiable. */
export function drawnFor(
  model: LatentVariables,
  { mean, logScale, context }: Encoded,
  epsilon: Tensor2D,
  inputs: DensityInputs,
): Drawn {
  const samples = epsilon.shape[0] / mean.shape[0];
  const several = {
    mean: repeated(mean, samples),
    logScale: repeated(logScale, samples),
    context: context && repeated(context, samples),
  };
  return model.draw(several, epsilon, inputs);
}

/** ¹⁄L Σ_l log p(x|z_l) of every row in nats, [N], by what was decoded of its samples, [N·L, …]. Differentiable. */
export function reconstructionOf(model: LatentVariables, x: Tensor2D, output: OutputParameters): Tensor1D {
  const samples = output.location.shape[0] / x.shape[0];
  return overSamples(model.output.logProb(repeated(x, samples), output), samples);
}

export interface BoundTerms {
  readonly encoded: Encoded;
  /** Of the samples, [N·L, …]. */
  readonly output: OutputParameters;
  /** ¹⁄L Σ_l log p(x|z_l), [N] nats. */
  readonly reconstruction: Tensor1D;
  /** KL divergence of every latent unit from the prior, [N, K] nats; by Monte Carlo, a unit's may be below 0. */
  readonly perUnit: Tensor2D;
  /** Their sum, [N]. */
  readonly divergence: Tensor1D;
}

/** @param estimator B takes the divergence in closed form; left out where that exists. */
export function termsOf(
  model: LatentVariables,
  x: Tensor2D,
  inputs: DensityInputs,
  trace?: Traced[],
  estimator: 'A' | 'B' = model.posterior.type === 'gaussian' ? 'B' : 'A',
): BoundTerms {
  const encoded = model.encode(x, inputs, trace);
  const epsilon = inputs.noise[EPSILON] as Tensor2D;
  const { z, logPosterior } = drawnFor(model, encoded, epsilon, inputs);
  const output = model.decode(z, inputs, trace);
  const perUnit =
    estimator === 'B'
      ? gaussianKl(encoded.mean, encoded.logScale)
      : rowsOverSamples(plus(logPosterior, minus(logStandardNormal(z))), epsilon.shape[0] / x.shape[0]);
  return {
    encoded,
    output,
    reconstruction: reconstructionOf(model, x, output),
    perUnit,
    divergence: rowSums(perUnit),
  };
}

export interface BoundOptions {
  readonly estimator: 'A' | 'B';
  /** Weight of the divergence; 1 for the bound. */
  readonly beta: number;
  /** λ in nats a unit; 0 for none. */
  readonly freeBits: number;
}

/**
 * An estimate of the bound of every row in nats, [N], whose gradients are those of the bound as training weighs it. The weights
 * enter no figure: a bound with another weight of its divergence is none, and compares with nothing.
 */
export function boundOf(model: LatentVariables, x: Tensor2D, inputs: DensityInputs, o: BoundOptions): Tensor1D {
  const terms = termsOf(model, x, inputs, undefined, o.estimator);
  const bound = plus(terms.reconstruction, minus(terms.divergence));
  return o.beta === 1 && o.freeBits === 0 ? bound : told(weighed(terms, o), bound);
}

/** What training raises: log p(x|z) less β times the divergence, of each unit the free bits at least; [N] nats. Differentiable. */
export function weighed(
  { reconstruction, perUnit, divergence }: Pick<BoundTerms, 'reconstruction' | 'perUnit' | 'divergence'>,
  o: Omit<BoundOptions, 'estimator'>,
): Tensor1D {
  const counted = o.freeBits > 0 ? freeBits(perUnit, o.freeBits) : divergence;
  return plus(reconstruction, minus(times(counted, o.beta)));
}
