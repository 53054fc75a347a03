/**
 * The order-agnostic objective of EoNADE (Uria, Murray & Larochelle 2014, equation 13): for every row a random order and
 * a random position d in it; given the d − 1 variables before, the terms of all D − d + 1 others are lowered at once,
 *
 *   D / (D − d + 1) Σ_{i at position d or later} −log p(x_i | x_{before d}),
 *
 * which is an unbiased estimate of the mean over all orders of −log p(x). Order and position matter only by which
 * variables come before: a random number of them, then a random set of so many.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { bernoulliEntries } from '../distributions/bernoulli.ts';
import { sumOfRows } from '../distributions/sum.ts';
import { differentiable } from '../layers/differentiable.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArray } from '../runs/arrays.ts';

/**
 * [rows, D], 1 at the variables that are known. Each row's count is uniform on 0 … D − 1; together the counts are spread
 * evenly over it (stratified), since those of few unknown variables weigh most.
 */
export function drawKnown(rows: number, dimension: number, random: RandomGenerator): NamedArray {
  const data = new Float32Array(rows * dimension);
  const strata = random.permutation(rows);
  const offset = random.uniform();
  const variables = Int32Array.from({ length: dimension }, (_, d) => d);
  for (let n = 0; n < rows; n++) {
    const count = Math.min(dimension - 1, Math.floor((dimension * (strata[n]! + offset)) / rows));
    const row = data.subarray(n * dimension, (n + 1) * dimension);
    // Whichever are fewer are drawn.
    const known = count <= dimension / 2 ? 1 : 0;
    if (known === 0) row.fill(1);
    const drawn = known === 1 ? count : dimension - count;
    for (let i = 0; i < drawn; i++) {
      const j = random.integer(i, dimension - 1);
      [variables[i], variables[j]] = [variables[j]!, variables[i]!];
      row[variables[i]!] = known;
    }
  }
  return { shape: [rows, dimension], data };
}

/** The objective [N] in nats: x, logits and known [N, D]. Differentiable in the logits. */
export function orderAgnosticNll(x: Tensor2D, logits: Tensor2D, known: Tensor2D): Tensor1D {
  return differentiable([logits], () => {
    const unknown = tf.sub<Tensor2D>(1, known);
    const weights = tf.div<Tensor2D>(tf.mul(unknown, x.shape[1]), tf.sum(unknown, 1, true));
    return {
      value: tf.neg<Tensor1D>(sumOfRows(tf.mul(weights, bernoulliEntries(x, logits)))),
      saved: [x, logits, weights],
      gradient: (dy, [x, z, weights]) => [tf.mul(tf.mul(tf.expandDims(dy, 1), weights!), tf.sub(tf.sigmoid(z!), x!))],
    };
  });
}
