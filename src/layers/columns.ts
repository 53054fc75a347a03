/** Columns of a matrix chosen, and put together again. */
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';

/** Columns `indices` of x [N, D], at least one and none twice: [N, indices]. Differentiable in x. */
export function takeColumns(x: Tensor2D, indices: Int32Array): Tensor2D {
  const [, width] = x.shape;
  const places = new Int32Array(width).fill(indices.length);
  for (const [i, column] of indices.entries()) places[column] = i;
  return differentiable([x], () => ({
    value: gathered(x, indices),
    saved: [],
    // Columns that were not taken have no gradient: they are fetched from a column of zeros behind the others.
    gradient: (dy) => {
      if (indices.length === width) return [gathered(dy, places)];
      const nothing = tf.fill<Rank.R2>([dy.shape[0], 1], 0);
      return [gathered(tf.concat([dy, nothing], 1), places)];
    },
  }));
}

/**
 * The columns of a and b side by side in the places they came from: column i of a goes to `placesOfA[i]`. The two lists
 * together are a permutation of 0 … D − 1, neither of them empty. Differentiable in both.
 */
export function joinColumns(a: Tensor2D, placesOfA: Int32Array, b: Tensor2D, placesOfB: Int32Array): Tensor2D {
  const order = new Int32Array(placesOfA.length + placesOfB.length);
  for (const [i, place] of placesOfA.entries()) order[place] = i;
  for (const [i, place] of placesOfB.entries()) order[place] = placesOfA.length + i;
  return differentiable([a, b], () => ({
    value: gathered(tf.concat([a, b], 1), order),
    saved: [],
    gradient: (dy) => [gathered(dy, placesOfA), gathered(dy, placesOfB)],
  }));
}

function gathered(x: Tensor2D, columns: Int32Array): Tensor2D {
  return tf.gather(x, tf.tensor1d(columns, 'int32'), 1);
}
