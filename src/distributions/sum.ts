import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** Below this a plain sum is as good. */
const SHORT = 64;
/** Terms added one after the other in a longer one. */
const WIDTH = 8;

/**
 * Σ_d of every row, [N, D] → [N], as a tree. Backends add in float32 one term after the other, so that the rounding
 * error of a plain sum grows with D: over 784 log-probabilities it would reach 1e-4 nats and more.
 * Not differentiable.
 */
export function sumOfRows(terms: Tensor2D): Tensor1D {
  const [rows, columns] = terms.shape;
  if (columns <= SHORT) return tf.sum(terms, 1);
  let partial = terms;
  for (let width = columns; width > WIDTH; width = partial.shape[1]) {
    const groups = Math.ceil(width / WIDTH);
    const missing = groups * WIDTH - width;
    const zeros: [number, number][] = [
      [0, 0],
      [0, missing],
    ];
    const padded = missing === 0 ? partial : tf.pad(partial, zeros);
    partial = tf.sum(tf.reshape(padded, [rows, groups, WIDTH]), 2);
  }
  return tf.sum(partial, 1);
}
