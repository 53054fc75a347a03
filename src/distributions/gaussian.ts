/** Gaussian density: log f(x) = −½ u² − log σ − ½ log 2π, u = (x − μ) / σ. */
import * as tf from '@tensorflow/tfjs-core';
import { pointsAround, standardised, type Component } from './component.ts';
import { heardAsItIs } from './conditional.ts';
import { integrate } from './quadrature.ts';
import { LOG_SCALE_FLOOR } from './scale.ts';

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;
/** Beyond 12 σ is 1e-32 of the mass. */
const DISTANCES = [-12, -9, -7, -5, -3.5, -2, -1, 0, 1, 2, 3.5, 5, 7, 9, 12];

export const gaussian: Component = {
  support: 'real',
  input: heardAsItIs,
  floor: LOG_SCALE_FLOOR,

  log(x, mean, logScale) {
    const u = standardised(x, mean, tf.exp(tf.neg(logScale)));
    return tf.sub(tf.mul(tf.square(u), -0.5), tf.add(logScale, HALF_LOG_TWO_PI));
  },
  gradient(x, mean, logScale) {
    const precision = tf.exp(tf.neg(logScale));
    const u = standardised(x, mean, precision);
    return [tf.mul(u, precision), tf.sub(tf.square(u), 1)];
  },

  logOf: (x, mean, logScale) => -0.5 * ((x - mean) / Math.exp(logScale)) ** 2 - logScale - HALF_LOG_TWO_PI,
  meanOf: (mean) => mean,
  uniforms: 2,
  // Box and Muller's transformation; 1 − u, since u may be 0 and is never 1.
  draw(mean, logScale, uniforms, from) {
    const radius = Math.sqrt(-2 * Math.log1p(-uniforms[from]!));
    return mean + Math.exp(logScale) * radius * Math.cos(2 * Math.PI * uniforms[from + 1]!);
  },
  total: (f, means, logScales) => integrate(f, pointsAround(DISTANCES, means, logScales)),
};
