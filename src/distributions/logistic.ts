/**
 * Logistic density: F(x) = σ(u), u = (x − μ) / s, log f(x) = −softplus(u) − softplus(−u) − log s. Its tails fall as
 * exp(−|u|), not as exp(−u²/2): a value far away costs little.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { pointsAround, standardised, type Component } from './component.ts';
import { heardAsItIs } from './conditional.ts';
import { integrate } from './quadrature.ts';
import { LOG_SCALE_FLOOR } from './scale.ts';

/** Beyond 44 s is 1e-19 of the mass. */
const DISTANCES = [-44, -30, -20, -13, -8, -5, -3, -1.5, 0, 1.5, 3, 5, 8, 13, 20, 30, 44];
/** The smallest uniform number whose logarithm is taken. */
const TINY = 2 ** -54;

export const logistic: Component = {
  support: 'real',
  input: heardAsItIs,
  floor: LOG_SCALE_FLOOR,

  log(x, mean, logScale) {
    const u = standardised(x, mean, tf.exp(tf.neg(logScale)));
    const tails = tf.add<Tensor2D>(tf.softplus(u), tf.softplus(tf.neg(u)));
    return tf.neg(tf.add<Tensor2D>(tails, logScale));
  },
  // d log f / du = −tanh(u/2)
  gradient(x, mean, logScale) {
    const precision = tf.exp(tf.neg(logScale));
    const u = standardised(x, mean, precision);
    const slope = tf.tanh(tf.mul(u, 0.5));
    return [tf.mul(slope, precision), tf.sub(tf.mul(slope, u), 1)];
  },

  logOf(x, mean, logScale) {
    const u = Math.abs((x - mean) / Math.exp(logScale));
    return -u - 2 * Math.log1p(Math.exp(-u)) - logScale;
  },
  meanOf: (mean) => mean,
  uniforms: 1,
  draw: (mean, logScale, uniforms, from) => mean + Math.exp(logScale) * logitOf(uniforms[from]!),
  total: (f, means, logScales) => integrate(f, pointsAround(DISTANCES, means, logScales)),
};

/** The standard logistic's quantile. */
export function logitOf(uniform: number): number {
  const u = Math.max(uniform, TINY);
  return Math.log(u) - Math.log1p(-u);
}
