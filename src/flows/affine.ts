/** The affine map of every entry, y = x·exp(s) + t, and its inverse. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../layers/differentiable.ts';

/** y = x·exp(s) + t, all [N, D]; log|det| of a row is Σ s. Differentiable in all three. */
export function affine(x: Tensor2D, s: Tensor2D, t: Tensor2D): Tensor2D {
  return differentiable([x, s, t], () => {
    const scale = tf.exp(s);
    const grown = tf.mul<Tensor2D>(x, scale);
    return {
      value: tf.add<Tensor2D>(grown, t),
      saved: [scale, grown],
      gradient: (dy, [scale, grown]) => [tf.mul(dy, scale!), tf.mul(dy, grown!), dy],
    };
  });
}

/** x = (y − t)·exp(−s), all [N, D]; log|det| of a row is −Σ s. Differentiable in all three. */
export function affineInverse(y: Tensor2D, s: Tensor2D, t: Tensor2D): Tensor2D {
  return differentiable([y, s, t], () => {
    const scale = tf.exp(tf.neg(s));
    const x = tf.mul<Tensor2D>(tf.sub<Tensor2D>(y, t), scale);
    return {
      value: x,
      saved: [scale, x],
      gradient: (dx, [scale, x]) => {
        const dy = tf.mul<Tensor2D>(dx, scale!);
        return [dy, tf.neg(tf.mul(dx, x!)), tf.neg(dy)];
      },
    };
  });
}
