/** Squared error of a reconstruction: no distribution, what stands in a likelihood's place where there is none. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../layers/differentiable.ts';
import { sumOfRows } from './sum.ts';

/** (x_d − x̂_d)² of every entry, [N, D]. Not differentiable. */
export function squaredErrors(x: Tensor2D, reconstruction: Tensor2D): Tensor2D {
  return tf.square(tf.sub<Tensor2D>(x, reconstruction));
}

/** Σ_d (x_d − x̂_d)² of every row, [N]. Differentiable in the reconstruction: ∂/∂x̂_d = 2 (x̂_d − x_d). */
export function squaredError(x: Tensor2D, reconstruction: Tensor2D): Tensor1D {
  return differentiable([reconstruction], () => ({
    value: sumOfRows(squaredErrors(x, reconstruction)),
    saved: [x, reconstruction],
    gradient: (dy, [x, y]) => [tf.mul(tf.expandDims(dy, 1), tf.mul(2, tf.sub(y!, x!)))],
  }));
}
