/**
 * A logistic density cut into levels 0 … L−1 (Salimans, Karpathy, Chen & Kingma 2017, PixelCNN++, equation 2).
 *
 * Level x stands at t = 2x/(L−1) − 1, so that means and scales are in units in which the levels span [−1, 1]; its
 * probability is the mass between t − h and t + h, h = 1/(L−1): F(b) − F(a), b = (t + h − μ)/s, a = (t − h − μ)/s. The
 * first and the last level have the tails as well, so that the probabilities sum to 1.
 *
 * The difference of two sigmoids is lost in float32 where both are near 0 or 1. But
 *   σ(b) − σ(a) = σ(b) σ(−a) (1 − exp(−w)),   w = b − a = 2h/s,
 * so that log p = −softplus(−b) − softplus(a) + log(1 − exp(−w)), exact everywhere; the paper's fall-back to the density
 * in the middle of the bin, after which probabilities no longer sum to 1, is not needed. The first level leaves the
 * terms with a away, the last one those with b.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { activationFunctions } from '../layers/activations.ts';
import { standardised, type Component } from './component.ts';
import { heardAsLevels } from './conditional.ts';
import { logitOf } from './logistic.ts';

const softplusOf = activationFunctions.softplus.scalar;

/** Bins of so many scales are wide enough: a level in the middle then has up to tanh(4) = 0.9993 of the probability. */
const WIDEST = 16;
/** Scales beyond which a sigmoid is 0 or 1 in float64. */
const REACH = 40;

/** What the tensor side needs of every row: whether the level has a lower edge and an upper one, 1 or 0, [M, 1]. */
interface Edges {
  readonly t: Tensor2D;
  readonly below: Tensor2D;
  readonly above: Tensor2D;
}

/** @param levels L, at least 2. */
export function discretisedLogistic(levels: number): Component {
  const last = levels - 1;
  const half = 1 / last;
  const floor = Math.log((2 * half) / WIDEST);
  const position = (x: number) => (2 * x) / last - 1;

  const edgesOf = (x: Tensor2D): Edges => ({
    t: tf.sub(tf.mul(x, 2 / last), 1),
    below: tf.step(tf.sub<Tensor2D>(x, 0.5)),
    above: tf.step(tf.sub<Tensor2D>(last - 0.5, x)),
  });
  const standardisedEdges = ({ t }: Edges, mean: Tensor2D, logScale: Tensor2D) => {
    const precision = tf.exp(tf.neg(logScale));
    return {
      precision,
      a: standardised(tf.sub(t, half), mean, precision),
      b: standardised(tf.add(t, half), mean, precision),
      w: tf.mul<Tensor2D>(precision, 2 * half),
    };
  };

  return {
    support: { levels },
    input: heardAsLevels(levels),
    floor,

    log(x, mean, logScale) {
      const edges = edgesOf(x);
      const { a, b, w } = standardisedEdges(edges, mean, logScale);
      const { above, below } = edges;
      const tails = tf.add(tf.mul(tf.softplus(tf.neg(b)), above), tf.mul(tf.softplus(a), below));
      const inner = tf.mul<Tensor2D>(above, below);
      return tf.sub(tf.mul(logOneMinusExp(w, tf.add(tf.neg(logScale), Math.log(2 * half))), inner), tails);
    },
    gradient(x, mean, logScale) {
      const edges = edgesOf(x);
      const { a, b, w, precision } = standardisedEdges(edges, mean, logScale);
      const { above, below } = edges;
      const fromB = tf.mul<Tensor2D>(tf.sigmoid(tf.neg(b)), above);
      const fromA = tf.mul<Tensor2D>(tf.sigmoid(a), below);
      const inner = tf.mul<Tensor2D>(above, below);
      const scale = tf.sub(tf.sub(tf.mul(fromA, a), tf.mul(fromB, b)), tf.mul(widthSlope(w), inner));
      return [tf.mul(tf.sub(fromA, fromB), precision), scale as Tensor2D];
    },

    logOf(x, mean, logScale) {
      if (!Number.isInteger(x) || x < 0 || x > last) return -Infinity;
      const scale = Math.exp(logScale);
      const a = (position(x) - half - mean) / scale;
      const b = (position(x) + half - mean) / scale;
      const upper = x === last ? 0 : softplusOf(-b);
      const lower = x === 0 ? 0 : softplusOf(a);
      const inner = x === 0 || x === last ? 0 : Math.log(-Math.expm1((-2 * half) / scale));
      return inner - upper - lower;
    },
    // E[x] = Σ_{j ≥ 1} p(x ≥ j), in which all but the terms near the mean are 0 or 1.
    meanOf(mean, logScale) {
      const scale = Math.exp(logScale);
      const levelAt = (t: number) => ((t + 1) / 2) * last + 0.5;
      const first = Math.min(last, Math.max(0, Math.floor(levelAt(mean - REACH * scale))));
      const end = Math.min(last, Math.max(0, Math.ceil(levelAt(mean + REACH * scale))));
      let sum = first;
      for (let j = first + 1; j <= end; j++) sum += 1 / (1 + Math.exp((position(j) - half - mean) / scale));
      return sum;
    },
    uniforms: 1,
    draw(mean, logScale, uniforms, from) {
      const t = mean + Math.exp(logScale) * logitOf(uniforms[from]!);
      return Math.min(last, Math.max(0, Math.floor(((t + 1) / 2) * last + 0.5)));
    },
    total(f) {
      let sum = 0;
      for (let x = 0; x < levels; x++) sum += f(x);
      return sum;
    },
  };
}

/**
 * log(1 − exp(−w)), w > 0, by w and log w: directly where w is large; where it is small as log w plus the series of
 * log((1 − exp(−w)) / w), whose rest is below 2e-7 up to w = 1.
 */
function logOneMinusExp(w: Tensor2D, logW: Tensor2D): Tensor2D {
  const small = tf.minimum<Tensor2D>(w, 1);
  const square = tf.square(small);
  // −w/2 + w²/24 − w⁴/2880 + w⁶/181440
  const even = tf.mul(square, polynomial(square, [1 / 24, -1 / 2880, 1 / 181_440]));
  const series = tf.add(logW, tf.sub(even, tf.mul(small, 0.5)));
  const direct = tf.log(tf.sub(1, tf.exp(tf.neg(tf.maximum(w, 1)))));
  return tf.where(tf.less(w, 1), series, direct) as Tensor2D;
}

/** w / (exp(w) − 1), by which log(1 − exp(−w)) falls with log s; its series where w is small. */
function widthSlope(w: Tensor2D): Tensor2D {
  const small = tf.minimum<Tensor2D>(w, 1);
  const square = tf.square(small);
  // 1 − w/2 + w²/12 − w⁴/720 + w⁶/30240
  const even = tf.add(tf.mul(square, polynomial(square, [1 / 12, -1 / 720, 1 / 30_240])), 1);
  const series = tf.sub(even, tf.mul(small, 0.5));
  const large = tf.maximum(w, 1);
  const decay = tf.exp(tf.neg(large));
  const direct = tf.div(tf.mul(large, decay), tf.sub(1, decay));
  return tf.where(tf.less(w, 1), series, direct) as Tensor2D;
}

/** Σ_i coefficients_i xⁱ */
function polynomial(x: Tensor2D, coefficients: readonly [number, number, number]): Tensor2D {
  const [c0, c1, c2] = coefficients;
  return tf.add(tf.mul(tf.add(tf.mul(x, c2), c1), x), c0);
}
