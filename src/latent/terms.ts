/**
 * The terms of the variational bound (Kingma & Welling 2014), in nats: log-densities of diagonal Gaussians, their KL
 * divergence from the prior, and several samples of each row.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../layers/differentiable.ts';

export const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

/** log N(z_k; 0, 1) of every entry, [N, K] → [N, K]. Differentiable. */
export function logStandardNormal(z: Tensor2D): Tensor2D {
  return differentiable([z], () => ({
    value: tf.sub<Tensor2D>(tf.mul(tf.square(z), -0.5), HALF_LOG_TWO_PI),
    saved: [z],
    gradient: (dy, [z]) => [tf.neg(tf.mul(dy, z!))],
  }));
}

/**
 * log N(z_k; μ_k, σ_k²) of every entry at z = μ + σ ∘ ε, [N, K]: −½ ε² − log σ − ½ log 2π. Differentiable in the log-scale
 * alone: whatever way μ goes, z goes with it.
 */
export function logAtNoise(epsilon: Tensor2D, logScale: Tensor2D): Tensor2D {
  return differentiable([logScale], () => ({
    value: tf.sub<Tensor2D>(tf.sub(tf.mul(tf.square(epsilon), -0.5), logScale), HALF_LOG_TWO_PI),
    saved: [],
    gradient: (dy) => [tf.neg(dy)],
  }));
}

/**
 * log N(z_k; μ_k, σ_k²) of every entry, all [N, K]. Differentiable in mean and log-scale; z is given.
 */
export function logGaussian(z: Tensor2D, mean: Tensor2D, logScale: Tensor2D): Tensor2D {
  return differentiable([mean, logScale], () => {
    const precision = tf.exp(tf.neg(logScale));
    const u = tf.mul<Tensor2D>(tf.sub(z, mean), precision);
    return {
      value: tf.sub<Tensor2D>(tf.sub(tf.mul(tf.square(u), -0.5), logScale), HALF_LOG_TWO_PI),
      saved: [u, precision],
      gradient: (dy, [u, precision]) => [tf.mul(tf.mul(dy, u!), precision!), tf.mul(dy, tf.sub(tf.square(u!), 1))],
    };
  });
}

/**
 * KL(N(μ_k, σ_k²) ‖ N(0, 1)) of every latent unit, [N, K]: ½ (μ² + σ² − 1 − log σ²), appendix B of the paper.
 * Differentiable in both.
 */
export function gaussianKl(mean: Tensor2D, logScale: Tensor2D): Tensor2D {
  return differentiable([mean, logScale], () => {
    const variance = tf.exp(tf.mul<Tensor2D>(logScale, 2));
    const sum = tf.add<Tensor2D>(tf.square(mean), tf.sub(variance, 1));
    return {
      value: tf.sub<Tensor2D>(tf.mul(sum, 0.5), logScale),
      saved: [mean, variance],
      gradient: (dy, [mean, variance]) => [tf.mul(dy, mean!), tf.mul(dy, tf.sub(variance!, 1))],
    };
  });
}

/**
 * Free bits (Kingma et al. 2016, appendix C.8): of every unit the mean KL of the minibatch, but no less than λ; summed, and
 * told of each row: [N, K] → [N]. Below λ a unit has no gradient. Differentiable.
 */
export function freeBits(kl: Tensor2D, lambda: number): Tensor1D {
  const [rows, units] = kl.shape;
  return differentiable([kl], () => {
    const means = tf.mean<Tensor1D>(kl, 0);
    return {
      value: tf.tile(tf.reshape<tf.Rank.R1>(tf.sum(tf.maximum(means, lambda)), [1]), [rows]),
      saved: [tf.cast(tf.greater(means, lambda), 'float32')],
      gradient: (dy, [counts]) => [
        tf.tile<Tensor2D>(tf.reshape(tf.mul(counts!, tf.div(tf.sum(dy), rows)), [1, units]), [rows, 1]),
      ],
    };
  });
}

/** Every row `times` times, one after the other: [N, C] → [N·times, C]. Differentiable. */
export function repeated(x: Tensor2D, times: number): Tensor2D {
  if (times === 1) return x;
  const [rows, columns] = x.shape;
  return differentiable([x], () => ({
    value: tf.reshape<tf.Rank.R2>(tf.tile(tf.expandDims(x, 1), [1, times, 1]), [rows * times, columns]),
    saved: [],
    gradient: (dy) => [tf.sum(tf.reshape(dy, [rows, times, columns]), 1)],
  }));
}

/** Mean over the `times` samples of every row: [N·times] → [N]. Differentiable. */
export function overSamples(values: Tensor1D, times: number): Tensor1D {
  if (times === 1) return values;
  const rows = values.shape[0] / times;
  return differentiable([values], () => ({
    value: tf.mean<Tensor1D>(tf.reshape(values, [rows, times]), 1),
    saved: [],
    gradient: (dy) => [tf.reshape(tf.tile(tf.expandDims(tf.div(dy, times), 1), [1, times]), [rows * times])],
  }));
}

/** The same of several columns: [N·times, K] → [N, K]. Differentiable. */
export function rowsOverSamples(values: Tensor2D, times: number): Tensor2D {
  if (times === 1) return values;
  const [all, columns] = values.shape;
  return differentiable([values], () => ({
    value: tf.mean<Tensor2D>(tf.reshape(values, [all / times, times, columns]), 1),
    saved: [],
    gradient: (dy) => [tf.reshape(tf.tile(tf.expandDims(tf.div(dy, times), 1), [1, times, 1]), [all, columns])],
  }));
}

/** a·factor. Differentiable. */
export function times(a: Tensor1D, factor: number): Tensor1D {
  if (factor === 1) return a;
  return differentiable([a], () => ({
    value: tf.mul<Tensor1D>(a, factor),
    saved: [],
    gradient: (dy) => [tf.mul(dy, factor)],
  }));
}
