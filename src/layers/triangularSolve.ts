/** Systems of equations with a triangular matrix, solved by substitution, for many right-hand sides at once. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';

export type Triangle = 'lower' | 'upper';

/**
 * The z with T z = b for every row b of `rows`: [N, n] → [N, n]. Of T [n, n] the named triangle and the diagonal are read;
 * no entry of the diagonal may be 0. Differentiable in both.
 */
export function triangularSolve(matrix: Tensor2D, rows: Tensor2D, triangle: Triangle): Tensor2D {
  return differentiable([matrix, rows], () => {
    const z = substituted(matrix, rows, triangle);
    return {
      value: z,
      saved: [matrix, z],
      gradient: (dz, [matrix, z]) => {
        const transposed = tf.transpose(matrix as Tensor2D);
        const db = substituted(transposed, dz, triangle === 'lower' ? 'upper' : 'lower');
        return [tf.mul(tf.neg(tf.matMul(db, z as Tensor2D, true, false)), ones(z!.shape[1]!, triangle)), db];
      },
    };
  });
}

/**
 * Half of the unknowns first, then the other half with what they contribute taken away: the same operations as one unknown
 * after the other, most of them in a few large products.
 */
function substituted(matrix: Tensor2D, b: Tensor2D, triangle: Triangle): Tensor2D {
  const [rows, size] = b.shape;
  const part = (from: number, to: number, rest: Tensor2D): Tensor2D => {
    const count = to - from;
    if (count === 1) return tf.div(rest, tf.slice(matrix, [from, from], [1, 1]));
    const middle = from + (count >> 1);
    const [first, second] = [middle - from, to - middle];
    const head = tf.slice(rest, [0, 0], [rows, first]);
    const tail = tf.slice(rest, [0, first], [rows, second]);
    if (triangle === 'lower') {
      const z = part(from, middle, head);
      const joint = tf.slice(matrix, [middle, from], [second, first]);
      return tf.concat([z, part(middle, to, tf.sub(tail, tf.matMul(z, joint, false, true)))], 1);
    }
    const z = part(middle, to, tail);
    const joint = tf.slice(matrix, [from, middle], [first, second]);
    return tf.concat([part(from, middle, tf.sub(head, tf.matMul(z, joint, false, true))), z], 1);
  };
  return part(0, size, b);
}

/** 1 in the triangle and on the diagonal. */
function ones(size: number, triangle: Triangle): Tensor2D {
  const cells = Float32Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return (triangle === 'lower' ? j <= i : j >= i) ? 1 : 0;
  });
  return tf.tensor2d(cells, [size, size]);
}
