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

/**
 * Logits divided by a temperature, all of them less the largest, which changes no probability: 0 and below it, so that nothing
 * overflows however near to 0 the temperature is.
 * @throws RangeError when the largest is no finite number: nothing can be drawn by such logits.
 */
export function tempered(count: number, logit: (c: number) => number, temperature: number): (c: number) => number {
  let largest = -Infinity;
  for (let c = 0; c < count; c++) largest = Math.max(largest, logit(c));
  if (!Number.isFinite(largest)) {
    throw new RangeError(
      `the largest of ${count} logits is ${largest}: the model is beyond finite numbers, and nothing can be drawn`,
    );
  }
  return (c) => (logit(c) - largest) / temperature;
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
