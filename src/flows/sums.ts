/** Sums that gradients flow through. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { sumOfRows } from '../distributions/sum.ts';
import { differentiable } from '../layers/differentiable.ts';

/** Σ_d of every row, [N, D] → [N], as exact as {@link sumOfRows}. Differentiable. */
export function rowSums(terms: Tensor2D): Tensor1D {
  const [, columns] = terms.shape;
  return differentiable([terms], () => ({
    value: sumOfRows(terms),
    saved: [],
    gradient: (dy) => [tf.tile(tf.expandDims<Tensor2D>(dy, 1), [1, columns])],
  }));
}

/** a + b, of one shape. Differentiable in both. */
export function plus<T extends Tensor>(a: T, b: T): T {
  return differentiable([a, b], () => ({ value: tf.add<T>(a, b), saved: [], gradient: (dy) => [dy, dy] }));
}

/** −a. Differentiable. */
export function minus<T extends Tensor>(a: T): T {
  return differentiable([a], () => ({ value: tf.neg(a), saved: [], gradient: (dy) => [tf.neg(dy)] }));
}

/** a [D] in each of `rows` rows: [N, D]. Differentiable. */
export function inEveryRow(a: Tensor1D, rows: number): Tensor2D {
  return differentiable([a], () => ({
    value: tf.tile(tf.expandDims<Tensor2D>(a, 0), [rows, 1]),
    saved: [],
    gradient: (dy) => [tf.sum(dy, 0)],
  }));
}
