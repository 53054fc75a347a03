/** Characters as columns: what a recurrent network hears of an index 0 … V − 1. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';

/**
 * Indices [M, 1] → one-hot [M, V]; a row of zeros for −1, no character. Between two whole numbers it is the mixture of their
 * columns, max(0, 1 − |x − v|): an index has no derivative, and so what depends on a character is measured along the way
 * to the next one. Differentiable in x: e_{v+1} − e_v for v ≤ x < v + 1, of the last character and beyond that of the one
 * before.
 */
export function characterCodes(x: Tensor2D, vocabulary: number): Tensor2D {
  const levels = () => tf.expandDims<Tensor2D>(tf.range(0, vocabulary), 0);
  return differentiable([x], () => ({
    value: tf.maximum<Tensor2D>(0, tf.sub(1, tf.abs(tf.sub<Tensor2D>(x, levels())))),
    saved: [x],
    gradient: (dy, [x]) => {
      const from = tf.minimum<Tensor2D>(tf.floor(x as Tensor2D), Math.max(0, vocabulary - 2));
      const at = (index: Tensor2D) => tf.cast(tf.equal<Tensor2D>(index, levels()), 'float32');
      const slope = tf.sub<Tensor2D>(at(tf.add(from, 1)), at(from));
      return [tf.sum(tf.mul(dy, slope), 1, true)];
    },
    rowByRow: true,
  }));
}
