/** log Σ exp, by the largest term, so that nothing overflows. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { sumOfRows } from './sum.ts';

/** log Σ_c exp(a_c) of every row, [M, C] → [M, 1]. Not differentiable. */
export function logSumExpOfRows(terms: Tensor2D): Tensor2D {
  const largest = tf.max<Tensor2D>(terms, 1, true);
  const sum = sumOfRows(tf.exp(tf.sub<Tensor2D>(terms, largest)));
  return tf.add(largest, tf.expandDims(tf.log(sum), 1));
}

/** log Σ_{0 ≤ c < count} exp(term(c)) of plain numbers. */
export function logSumExp(count: number, term: (c: number) => number): number {
  let largest = -Infinity;
  for (let c = 0; c < count; c++) largest = Math.max(largest, term(c));
  if (largest === -Infinity) return largest;
  let sum = 0;
  for (let c = 0; c < count; c++) sum += Math.exp(term(c) - largest);
  return largest + Math.log(sum);
}

/** Which of `count` classes a uniform number picks, their probabilities in proportion to exp(term(c)). */
export function pick(count: number, term: (c: number) => number, uniform: number): number {
  let largest = -Infinity;
  for (let c = 0; c < count; c++) largest = Math.max(largest, term(c));
  let total = 0;
  for (let c = 0; c < count; c++) total += Math.exp(term(c) - largest);
  let left = uniform * total;
  for (let c = 0; c < count; c++) {
    left -= Math.exp(term(c) - largest);
    if (left < 0) return c;
  }
  return count - 1;
}
