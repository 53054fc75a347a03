/** What stands on the edges of NADE's drawing (`masks/nade.ts`), and what its evaluation costs. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** Products that an evaluation of g, and what goes with it, is worth. */
export const EVALUATION = 8;

/** ‖W_{:, j}‖ from input j to every hidden vector, [D, D]: they share W. @param weight [H, D] */
export function inputNorms(weight: Tensor2D): Tensor2D {
  const dimension = weight.shape[1];
  return tf.tidy(() => tf.tile(tf.sqrt(tf.sum<Tensor2D>(tf.square(weight), 0, true)), [dimension, 1]));
}

/** ‖V_{d, :}‖ from hidden vector d to output d, [D, D]. @param weight [D, H] */
export function outputNorms(weight: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    const norms = tf.sqrt(tf.sum(tf.square(weight), 1));
    return tf.mul<Tensor2D>(tf.eye(weight.shape[0]), tf.expandDims(norms, 0));
  });
}

/** ‖W‖ (Frobenius) between the two hidden vectors of every variable, [D, D]. */
export function layerNorms(weight: Tensor2D, dimension: number): Tensor2D {
  return tf.tidy(() => tf.mul<Tensor2D>(tf.eye(dimension), tf.sqrt(tf.sum(tf.square(weight)))));
}
