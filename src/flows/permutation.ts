/** Permutations of the variables: no volume is gained or lost, log|det| = 0. */
import * as tf from '@tensorflow/tfjs-core';
import { takeColumns } from '../layers/columns.ts';
import { lazyMaskOf } from '../masks/matrix.ts';
import type { Bijector } from './bijector.ts';

/**
 * y_i = x_{order[i]}.
 * @throws RangeError when the order is no permutation of 0 … D − 1, naming the entry.
 */
export function permutation(order: Int32Array): Bijector {
  const dimension = order.length;
  const back = inverseOf(order);
  return {
    dimension,
    parameters: [],
    masks: {},
    initialise: () => ({}),
    moves: new Uint8Array(dimension),
    origin: order,
    dependencies: lazyMaskOf(dimension, dimension, (i, j) => order[i] === j),
    forward: (x) => ({ y: takeColumns(x, order), logDet: tf.zeros([x.shape[0]]) }),
    inverse: (y) => ({ x: takeColumns(y, back), logDet: tf.zeros([y.shape[0]]) }),
  };
}

/** D − 1, …, 0: its own inverse. */
export function reversal(dimension: number): Int32Array {
  return Int32Array.from({ length: dimension }, (_, i) => dimension - 1 - i);
}

function inverseOf(order: Int32Array): Int32Array {
  const back = new Int32Array(order.length).fill(-1);
  for (const [i, from] of order.entries()) {
    if (!(from >= 0 && from < order.length)) {
      throw new RangeError(`entry ${i} of the permutation is ${from}; 0 … ${order.length - 1} are possible`);
    }
    if (back[from] !== -1) throw new RangeError(`entries ${back[from]} and ${i} of the permutation are both ${from}`);
    back[from] = i;
  }
  return back;
}
