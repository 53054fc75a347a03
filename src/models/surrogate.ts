/** Learning by other gradients than those of what is told of each row. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { differentiable } from '../layers/differentiable.ts';

/** What no gradient goes through. */
export function still<T extends Tensor>(compute: () => T): T {
  return differentiable([], () => ({ value: compute(), saved: [], gradient: () => [] }));
}

/** `value` [N], with the gradients of `surrogate` [N]. */
export function told(surrogate: Tensor1D, value: Tensor1D): Tensor1D {
  return differentiable([surrogate], () => ({ value: tf.clone(value), saved: [], gradient: (dy) => [dy] }));
}
