/** Masks computed on the device from degrees: a few numbers cross over to it instead of millions. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** [to, from], 1 where the receiving unit's degree is at least the sending one's, or above it. */
export function degreeMask(to: Int32Array, from: Int32Array, relation: 'at least' | 'above'): Tensor2D {
  // Degrees are whole: half a degree decides, and float32 holds them exactly.
  const margin = relation === 'above' ? -0.5 : 0.5;
  return tf.tidy(() => {
    const rows = tf.tensor2d(
      Float32Array.from(to, (degree) => degree + margin),
      [to.length, 1],
    );
    const columns = tf.tensor2d(Float32Array.from(from), [1, from.length]);
    return tf.step(tf.sub<Tensor2D>(rows, columns));
  });
}
