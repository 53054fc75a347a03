/**
 * Distributions p(x|z) that a decoder ends in (Kingma & Welling 2014, appendix C): Bernoulli of binary rows, diagonal
 * Gaussian of real ones, whose mean may be held between 0 and 1 by a sigmoid as the paper does for Frey faces.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { bernoulliNll } from '../distributions/bernoulli.ts';
import { flooredScale, flooredScaleSlope } from '../distributions/scale.ts';
import { inEveryRow, minus, rowSums } from '../flows/sums.ts';
import { activate } from '../layers/activations.ts';
import { differentiable } from '../layers/differentiable.ts';
import type { NamedTensors, ParameterSpec } from '../layers/parameters.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { Network } from './networks.ts';
import { logGaussian } from './terms.ts';

/** Parameters of p(x|z), every one [N, D]. */
export interface OutputParameters {
  /** E[x|z], or its logit where it is Bernoulli. */
  readonly location: Tensor2D;
  /** log σ; null where it is Bernoulli. */
  readonly logScale: Tensor2D | null;
}

export interface Output {
  readonly type: 'bernoulli' | 'gaussian';
  readonly parameters: readonly ParameterSpec[];
  /** Multiplications of one row. */
  readonly products: number;
  /** How σ comes about: for every entry by the network, one for all, or given; null where it is Bernoulli. */
  readonly deviation: { readonly by: 'network' | 'shared' | 'given'; readonly floor: number } | null;
  /** First values of parameters that are not a network's. */
  initialise(): NamedArrays;
  /** Features of the decoder's network → parameters of p(x|z). Differentiable. */
  of(features: Tensor2D, parameters: NamedTensors): OutputParameters;
  /** log p(x|z) of every row in nats, [N]. Differentiable in the parameters. */
  logProb(x: Tensor2D, of: OutputParameters): Tensor1D;
  /** E[x|z], [N, D]. */
  mean(of: OutputParameters): Tensor2D;
  /** One value of x. @param temperature divides the logit, multiplies σ. */
  draw(location: number, logScale: number, temperature: number, random: RandomGenerator): number;
}

export function bernoulliOutput(network: Network, dimension: number): Output {
  const head = network.head('output', dimension, 'the logits');
  return {
    type: 'bernoulli',
    deviation: null,
    parameters: head.parameters,
    products: head.products,
    initialise: () => ({}),
    of: (features, parameters) => ({ location: head.compute(features, parameters), logScale: null }),
    logProb: (x, { location }) => minus(bernoulliNll(x, location)),
    mean: ({ location }) => tf.sigmoid(location),
    draw: (logit, _, temperature, random) => (random.uniform() < 1 / (1 + Math.exp(-logit / temperature)) ? 1 : 0),
  };
}

export interface GaussianSettings {
  /** `sigmoid`: the mean is between 0 and 1. */
  readonly mean: 'sigmoid' | 'linear';
  /** σ² of every variable and row from the network; one that all share, learnt; or given. */
  readonly variance: 'network' | 'shared' | number;
  /** Smallest σ of a variance that is learnt; 0 for none. */
  readonly floor: number;
}

/** Name of the shared log σ before its floor. */
export const SHARED_SCALE = 'decoder.sharedLogScale';

export function gaussianOutput(network: Network, dimension: number, settings: GaussianSettings): Output {
  const { mean, variance, floor } = settings;
  const location = network.head('output', dimension, 'the means');
  const scale = variance === 'network' ? network.head('logScale', dimension, 'the log-scales') : null;
  const floored = (s: Tensor2D) => (floor === 0 ? s : flooredBy(s, Math.log(floor)));
  return {
    type: 'gaussian',
    deviation: typeof variance === 'number' ? { by: 'given', floor: 0 } : { by: variance, floor },
    parameters: [
      ...location.parameters,
      ...(scale?.parameters ?? []),
      ...(variance === 'shared'
        ? [{ name: SHARED_SCALE, shape: [1], description: '[1] log-scale of all variables', masked: false }]
        : []),
    ],
    products: location.products + (scale?.products ?? 0),
    initialise: (): NamedArrays =>
      variance === 'shared' ? { [SHARED_SCALE]: { shape: [1], data: new Float32Array(1) } } : {},
    of(features, parameters) {
      const z = location.compute(features, parameters);
      const rows = features.shape[0];
      return {
        location: mean === 'sigmoid' ? activate('sigmoid', z) : z,
        logScale: scale
          ? floored(scale.compute(features, parameters))
          : variance === 'shared'
            ? everywhere(floored(inEveryRow(parameters[SHARED_SCALE] as Tensor1D, rows)), dimension)
            : tf.fill<tf.Rank.R2>([rows, dimension], Math.log(variance as number) / 2),
      };
    },
    logProb: (x, { location: mean, logScale }) => rowSums(logGaussian(x, mean, logScale!)),
    mean: ({ location: mean }) => mean,
    draw: (mean, logScale, temperature, random) => mean + temperature * Math.exp(logScale) * random.normal(),
  };
}

function flooredBy(s: Tensor2D, floor: number): Tensor2D {
  return differentiable([s], () => ({
    value: flooredScale(s, floor),
    saved: [s],
    gradient: (dy, [s]) => [tf.mul(dy, flooredScaleSlope(s as Tensor2D, floor))],
  }));
}

/** s [N, 1] in each of D columns. Differentiable. */
function everywhere(s: Tensor2D, columns: number): Tensor2D {
  return differentiable([s], () => ({
    value: tf.tile<Tensor2D>(s, [1, columns]),
    saved: [],
    gradient: (dy) => [tf.sum(dy, 1, true)],
  }));
}
