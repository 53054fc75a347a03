/** Columns of a matrix chosen, and put together again. */
import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';

/** Columns `indices` of x [N, D], at least one and none twice: [N, indices]. Differentiable in x. */
export function takeColumns(x: Tensor2D, indices: Int32Array): Tensor2D {
  const [, width] = x.shape;
  if (areNeighbours(indices)) return takeNeighbours(x, indices[0]!, indices.length);
  const places = new Int32Array(width).fill(indices.length);
  for (const [i, column] of indices.entries()) places[column] = i;
  return differentiable([x], () => ({
    value: gathered(x, indices),
    saved: [],
    // Columns that were not taken have no gradient: they are fetched from a column of zeros behind the others.
    gradient: (dy) => {
      if (indices.length === width) return [gathered(dy, places)];
      return [gathered(tf.concat([dy, nothing(dy.shape[0], 1)], 1), places)];
    },
  }));
}

/**
 * The columns of a and b side by side in the places they came from: column i of a goes to `placesOfA[i]`. The two lists
 * together are a permutation of 0 … D − 1, neither of them empty. Differentiable in both.
 */
export function joinColumns(a: Tensor2D, placesOfA: Int32Array, b: Tensor2D, placesOfB: Int32Array): Tensor2D {
  if (areNeighbours(placesOfA) && areNeighbours(placesOfB)) {
    return placesOfA[0] === 0 ? joinNeighbours(a, b) : joinNeighbours(b, a);
  }
  const order = new Int32Array(placesOfA.length + placesOfB.length);
  for (const [i, place] of placesOfA.entries()) order[place] = i;
  for (const [i, place] of placesOfB.entries()) order[place] = placesOfA.length + i;
  return differentiable([a, b], () => ({
    value: gathered(tf.concat([a, b], 1), order),
    saved: [],
    gradient: (dy) => [gathered(dy, placesOfA), gathered(dy, placesOfB)],
  }));
}

/** Whether the columns follow each other as they do in the matrix: halves do, and are moved several times as fast as others. */
function areNeighbours(columns: Int32Array): boolean {
  return columns.every((column, i) => column === columns[0]! + i);
}

function takeNeighbours(x: Tensor2D, begin: number, count: number): Tensor2D {
  const left = x.shape[1] - begin - count;
  return differentiable([x], () => ({
    value: neighbours(x, begin, count),
    saved: [],
    gradient: (dy) => {
      const rows = dy.shape[0];
      const before = begin > 0 ? [nothing(rows, begin)] : [];
      const behind = left > 0 ? [nothing(rows, left)] : [];
      return [tf.concat([...before, dy, ...behind], 1)];
    },
  }));
}

function joinNeighbours(first: Tensor2D, second: Tensor2D): Tensor2D {
  const [left, right] = [first.shape[1], second.shape[1]];
  return differentiable([first, second], () => ({
    value: tf.concat([first, second], 1),
    saved: [],
    gradient: (dy) => [neighbours(dy, 0, left), neighbours(dy, left, right)],
  }));
}

function neighbours(x: Tensor2D, begin: number, count: number): Tensor2D {
  return tf.slice(x, [0, begin], [x.shape[0], count]);
}

function nothing(rows: number, columns: number): Tensor2D {
  return tf.fill<Rank.R2>([rows, columns], 0);
}

function gathered(x: Tensor2D, columns: Int32Array): Tensor2D {
  return tf.gather(x, tf.tensor1d(columns, 'int32'), 1);
}
