/** Other shapes of the same numbers, which gradients flow through. */
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';

/** x under another shape. Differentiable. */
export function shapedAs(x: Tensor2D, shape: [number, number]): Tensor2D {
  const before = x.shape;
  return differentiable([x], () => ({
    value: tf.reshape(x, shape),
    saved: [],
    gradient: (dy) => [tf.reshape(dy, before)],
  }));
}

/** a [N, H] at all `pixels` of its image: [N·pixels, H]. Differentiable. */
export function atEveryPixel(a: Tensor2D, pixels: number): Tensor2D {
  const [rows, units] = a.shape;
  return differentiable([a], () => ({
    value: tf.reshape<Rank.R2>(tf.tile(tf.expandDims(a, 1), [1, pixels, 1]), [rows * pixels, units]),
    saved: [],
    gradient: (dy) => [tf.sum(tf.reshape(dy, [rows, pixels, units]), 1)],
  }));
}
