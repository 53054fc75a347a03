/** Parameters [N, D·k], one row for every entry of x: how distributions with several parameters a variable see them. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** x [N, D] → [N·D, 1] */
export function entriesAsColumn(x: Tensor2D): Tensor2D {
  return tf.reshape(x, [x.size, 1]);
}

/** Parameters [N, D·k] of x [N, D] → [N·D, k], cut into columns of these widths, which add up to k. */
export function columnsOf(parameters: Tensor2D, x: Tensor2D, widths: readonly number[]): Tensor2D[] {
  const all = tf.reshape<tf.Rank.R2>(parameters, [x.size, widths.reduce((sum, width) => sum + width, 0)]);
  let from = 0;
  return widths.map((width) => {
    const column = tf.slice(all, [0, from], [x.size, width]);
    from += width;
    return column;
  });
}
