/**
 * Independent Bernoulli variables given their logits z: p(x_d = 1) = σ(z_d), x_d ∈ {0, 1}; k = 1.
 *
 * log p(x_d) = −softplus((1 − 2 x_d) z_d): one exponential, exact in both tails, no difference of large numbers.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { activationFunctions } from '../layers/activations.ts';
import { differentiable } from '../layers/differentiable.ts';
import { heardAsItIs, type Conditional } from './conditional.ts';
import { sumOfRows } from './sum.ts';

/** log p of every entry in nats: [N, D]. Not differentiable. */
export function bernoulliEntries(x: Tensor2D, logits: Tensor2D): Tensor2D {
  return tf.neg(surprise(x, logits));
}

/** −log p(x) of every row in nats: [N]. Differentiable in the logits: ∂/∂z_d = σ(z_d) − x_d. */
export function bernoulliNll(x: Tensor2D, logits: Tensor2D): Tensor1D {
  return differentiable([logits], () => ({
    value: sumOfRows(surprise(x, logits)),
    saved: [x, logits],
    gradient: (dy, [x, z]) => [tf.mul(tf.expandDims(dy, 1), tf.sub(tf.sigmoid(z!), x!))],
  }));
}

const softplusOf = activationFunctions.softplus.scalar;

function surprise(x: Tensor2D, logits: Tensor2D): Tensor2D {
  return tf.softplus(tf.mul<Tensor2D>(tf.sub(1, tf.mul(x, 2)), logits));
}

/** p(x = 1) of one logit. */
export function bernoulliMean(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

export const bernoulli: Conditional = {
  type: 'bernoulli',
  parameterNames: ['logit'],
  support: 'binary',
  input: heardAsItIs,

  entries: bernoulliEntries,
  nll: bernoulliNll,
  initialBias: () => Float32Array.of(0),

  logProb(x, parameters, at) {
    if (x !== 0 && x !== 1) return -Infinity;
    return -softplusOf((1 - 2 * x) * parameters[at]!);
  },
  mean: (parameters, at, temperature) => bernoulliMean(parameters[at]! / temperature),
  uniforms: 1,
  draw: (parameters, at, temperature, uniforms, from) =>
    uniforms[from]! < bernoulliMean(parameters[at]! / temperature) ? 1 : 0,
  entropy(parameters, at) {
    const z = parameters[at]!;
    // Σ p · −log p, each logarithm taken directly.
    return bernoulliMean(z) * softplusOf(-z) + bernoulliMean(-z) * softplusOf(z);
  },
};
