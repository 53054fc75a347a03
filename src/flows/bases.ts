/** Bases of independent coordinates that are all alike: the standard Gaussian, the standard logistic, the uniform on (0, 1). */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { logitOf } from '../distributions/logistic.ts';
import { normalCdf, normalDensity, normalQuantile } from '../distributions/standardNormal.ts';
import { Breath } from '../layers/breath.ts';
import { differentiable } from '../layers/differentiable.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { Base, Marginal } from './base.ts';
import { rowSums } from './sums.ts';

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;
/** Values drawn between two looks at the clock. */
const STRETCH = 4096;

/** What one coordinate is like. */
interface Coordinate {
  readonly name: string;
  /** log p of every entry in nats, [N, D] → [N, D]. Not differentiable. */
  readonly log: (u: Tensor2D) => Tensor2D;
  /** ∂ log p / ∂u of every entry. */
  readonly slope: (u: Tensor2D) => Tensor2D;
  readonly draw: (random: RandomGenerator, temperature: number) => number;
  readonly marginal: Marginal;
}

/** N(0, 1) in every coordinate: log p = −½ u² − ½ log 2π. */
export function gaussian(dimension: number): Base {
  return independent(dimension, {
    name: 'standard Gaussian',
    log: (u) => tf.sub(tf.mul<Tensor2D>(tf.square(u), -0.5), HALF_LOG_TWO_PI),
    slope: (u) => tf.neg(u),
    draw: (random, temperature) => temperature * random.normal(),
    marginal: { density: normalDensity, cdf: normalCdf, quantile: normalQuantile },
  });
}

/** The logistic of mean 0 and scale 1, NICE's prior: log p = −|u| − 2 log(1 + exp(−|u|)) (Dinh et al. 2014, equation 14). */
export function logistic(dimension: number): Base {
  return independent(dimension, {
    name: 'standard logistic',
    log(u) {
      const far = tf.neg<Tensor2D>(tf.abs(u));
      return tf.sub(far, tf.mul<Tensor2D>(tf.softplus(far), 2));
    },
    slope: (u) => tf.neg<Tensor2D>(tf.tanh(tf.mul<Tensor2D>(u, 0.5))),
    draw: (random, temperature) => temperature * logitOf(random.uniform()),
    marginal: {
      density: (u) => Math.exp(-Math.abs(u)) / (1 + Math.exp(-Math.abs(u))) ** 2,
      cdf: (u) => (u > 0 ? 1 / (1 + Math.exp(-u)) : Math.exp(u) / (1 + Math.exp(u))),
      quantile: (p) => Math.log(p) - Math.log1p(-p),
    },
  });
}

/**
 * Every coordinate even on (0, 1): log p is 0 there and −∞ outside. The two ends count as inside, for float32 rounds what
 * comes near to them. A temperature above 1 draws as 1 does: there is nothing further out.
 */
export function uniform(dimension: number): Base {
  return independent(dimension, {
    name: 'uniform on (0, 1)',
    log(u) {
      const inside = tf.logicalAnd(tf.greaterEqual(u, 0), tf.lessEqual(u, 1));
      // What is not a number has no density either, but must not look like a row outside.
      const outside = tf.where(tf.isNaN(u), tf.fill(u.shape, NaN), tf.fill(u.shape, -Infinity));
      return tf.where<Tensor2D>(inside, tf.zerosLike(u), outside as Tensor2D);
    },
    slope: (u) => tf.zerosLike(u),
    draw(random, temperature) {
      const u = 0.5 + Math.min(1, temperature) * (random.uniform() - 0.5);
      return Math.min(1 - 2 ** -24, Math.max(2 ** -54, u));
    },
    marginal: {
      density: (u) => (u >= 0 && u <= 1 ? 1 : 0),
      cdf: (u) => Math.min(1, Math.max(0, u)),
      quantile: (p) => p,
    },
  });
}

function independent(dimension: number, { name, log, slope, draw, marginal }: Coordinate): Base {
  const entries = (u: Tensor2D) =>
    differentiable([u], () => ({
      value: log(u),
      saved: [u],
      gradient: (dy, [u]) => [tf.mul(dy, slope(u as Tensor2D))],
    }));
  return {
    name,
    dimension,
    parameters: [],
    masks: {},
    initialise: () => ({}),
    logProb: (u) => rowSums(entries(u)),
    *draw({ rows, random, temperature }) {
      const values = new Float32Array(rows * dimension);
      const breath = new Breath();
      for (let at = 0; at < values.length; at++) {
        if (at % STRETCH === 0 && breath.due) {
          yield at / values.length;
          breath.drawn();
        }
        values[at] = draw(random, temperature);
      }
      return values;
    },
    marginal,
  };
}
