/** The gate of gated PixelCNN (van den Oord et al. 2016, "Conditional image generation with PixelCNN decoders", equation 2). */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';

/** y = tanh(a) ∘ σ(b), z = [a, b]: [N, 2F] → [N, F]. Differentiable. */
export function gate(z: Tensor2D): Tensor2D {
  return differentiable([z], () => {
    const [a, b] = tf.split(z, 2, 1) as [Tensor2D, Tensor2D];
    const [value, open] = [tf.tanh(a), tf.sigmoid(b)];
    return {
      value: tf.mul<Tensor2D>(value, open),
      saved: [value, open],
      gradient: (dy, saved) => {
        const [value, open] = saved as [Tensor2D, Tensor2D];
        const ofValue = tf.mul(open, tf.sub(1, tf.square(value)));
        const ofOpen = tf.mul(tf.mul(value, open), tf.sub(1, open));
        return [tf.concat([tf.mul<Tensor2D>(dy, ofValue), tf.mul<Tensor2D>(dy, ofOpen)], 1)];
      },
      rowByRow: true,
    };
  });
}
