/** An affine function of every entry. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';

/** scale · x + shift; x itself where that changes nothing. Differentiable in x. */
export function scaled(x: Tensor2D, { scale, shift }: { readonly scale: number; readonly shift: number }): Tensor2D {
  if (scale === 1 && shift === 0) return x;
  return differentiable([x], () => ({
    value: tf.add<Tensor2D>(tf.mul(x, scale), shift),
    saved: [],
    gradient: (dy) => [tf.mul(dy, scale)],
    rowByRow: true,
  }));
}
