/**
 * From grey levels to the real line, each as a layer: dequantised levels to (0, 1), and (0, 1) to the reals.
 *
 * The noise that dequantises, u on [0, 1) in every entry, is added to the levels before the layers: a flow is a function,
 * and what it draws at random is an input of the model's.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../layers/differentiable.ts';
import { lazyMaskOf } from '../masks/matrix.ts';
import { inPlace, type Bijector } from './bijector.ts';
import { rowSums } from './sums.ts';

/** Name of the noise that is added to levels, [N, D]: that of other models, such as a VAE's, is added to no row. */
export const DEQUANTISATION = 'dequantisation';

/**
 * y = x/L, from levels with their noise on [0, L) to [0, 1): log|det| = −D·log L (Theis, van den Oord & Bethge 2016,
 * section 3.1). What is even on [0, L) then reads log₂ L bits for each variable.
 * @param levels L, 256 for bytes
 * @throws RangeError when that is no whole number of at least 2
 */
export function levelScaling(dimension: number, levels: number): Bijector {
  if (!Number.isInteger(levels) || levels < 2) {
    throw new RangeError(`pixels of ${levels} levels cannot be scaled; there are two levels at least, 256 in a byte`);
  }
  const logLevels = Math.log(levels);
  const logDet = (rows: number, sign: 1 | -1) => tf.fill<Rank.R1>([rows], sign * dimension * logLevels);
  return {
    ...elementwise(dimension),
    movement: (x) => ({
      logScale: tf.fill<Rank.R2>(x.shape, -logLevels),
      shift: tf.fill<Rank.R2>(x.shape, 0),
    }),
    forward: (x) => ({ y: times(x, 1 / levels), logDet: logDet(x.shape[0], -1) }),
    inverse: (y) => ({ x: times(y, levels), logDet: logDet(y.shape[0], 1) }),
  };
}

/**
 * y = logit p, p = α + (1 − 2α)x, from [0, 1] to the reals: log|det| = Σ log(1 − 2α) − log p − log(1 − p) (Dinh et al. 2017,
 * section 4.1; both ends kept off 0 and 1, as Papamakarios et al. 2017, section 4.3, have it). Not a number for x that is
 * further outside than −α/(1 − 2α).
 * @param alpha α, 0.05 for natural images, 1e-6 for digits
 * @throws RangeError when that is not above 0 and below ½
 */
export function logit(dimension: number, alpha: number): Bijector {
  if (!(alpha > 0 && alpha < 0.5)) {
    throw new RangeError(`the logit's α is ${alpha}; it has to lie above 0 and below 0.5`);
  }
  const slope = 1 - 2 * alpha;
  const logSlope = Math.log(slope);
  /** p and 1 − p, each as exact as x is: near 1, 1 − p would lose what α adds. */
  const shares = (x: Tensor2D): [p: Tensor2D, rest: Tensor2D] => [
    tf.add<Tensor2D>(tf.mul<Tensor2D>(x, slope), alpha),
    tf.add<Tensor2D>(tf.mul<Tensor2D>(tf.sub<Tensor2D>(1, x), slope), alpha),
  ];
  return {
    ...elementwise(dimension),
    exactInverse: (y) => Float64Array.from(y, (own) => (1 / (1 + Math.exp(-own)) - alpha) / slope),
    forward(x) {
      const y = differentiable<Tensor2D>([x], () => {
        const [p, rest] = shares(x);
        return {
          value: tf.sub(tf.log(p), tf.log(rest)),
          saved: [p, rest],
          // 1/(p(1 − p)) = 1/p + 1/(1 − p)
          gradient: (dy, [p, rest]) => [
            tf.mul(tf.mul<Tensor2D>(dy, slope), tf.add(tf.reciprocal(p!), tf.reciprocal(rest!))),
          ],
        };
      });
      const logSlopes = differentiable<Tensor2D>([x], () => {
        const [p, rest] = shares(x);
        return {
          value: tf.sub<Tensor2D>(logSlope, tf.add(tf.log(p), tf.log(rest))),
          saved: [p, rest],
          gradient: (dy, [p, rest]) => [
            tf.mul(tf.mul<Tensor2D>(dy, slope), tf.sub(tf.reciprocal(rest!), tf.reciprocal(p!))),
          ],
        };
      });
      return { y, logDet: rowSums(logSlopes) };
    },
    inverse(y) {
      const x = differentiable<Tensor2D>([y], () => {
        const p = tf.sigmoid(y);
        return {
          value: tf.div(tf.sub<Tensor2D>(p, alpha), slope),
          saved: [p],
          gradient: (dx, [p]) => [tf.mul(tf.div<Tensor2D>(dx, slope), tf.mul(p!, tf.sub(1, p!)))],
        };
      });
      const logSlopes = differentiable<Tensor2D>([y], () => ({
        value: tf.sub<Tensor2D>(tf.neg(tf.add(tf.softplus(y), tf.softplus(tf.neg(y)))), logSlope),
        saved: [y],
        // 1 − 2 sigmoid y
        gradient: (dy, [y]) => [tf.neg(tf.mul(dy, tf.tanh(tf.mul(y!, 0.5))))],
      }));
      return { x, logDet: rowSums(logSlopes) };
    },
  };
}

/** What layers have in common that move every variable by itself, without parameters. */
function elementwise(dimension: number): Omit<Bijector, 'forward' | 'inverse'> {
  return {
    dimension,
    parameters: [],
    masks: {},
    initialise: () => ({}),
    moves: new Uint8Array(dimension).fill(1),
    origin: inPlace(dimension),
    dependencies: lazyMaskOf(dimension, dimension, (i, j) => i === j),
  };
}

/** x·factor. Differentiable. */
function times(x: Tensor2D, factor: number): Tensor2D {
  return differentiable<Tensor2D>([x], () => ({
    value: tf.mul(x, factor),
    saved: [],
    gradient: (dy) => [tf.mul(dy, factor)],
  }));
}
