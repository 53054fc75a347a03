/** What a position hears of the states of its neighbours along a row or a diagonal of an image. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Hearing } from './scan.ts';

/**
 * States of `length` positions side by side, several images one after the other: every position hears those at the given
 * offsets from it, zeros beyond the ends. The state-to-state convolution of PixelRNN: offsets −1, 0, 1 of a Row LSTM with a
 * kernel of 3, −1 and 0 of a Diagonal BiLSTM (van den Oord, Kalchbrenner & Kavukcuoglu 2016, sections 3.1 and 3.2).
 */
export function neighbours(length: number, offsets: readonly number[]): Hearing {
  /** Of every position the one `offset` further on. */
  const shifted = (h: Tensor2D, offset: number): Tensor2D => {
    if (offset === 0) return h;
    if (Math.abs(offset) >= length) return tf.zerosLike(h);
    const [rows, width] = h.shape;
    const rowsOfImages = tf.reshape<tf.Rank.R3>(h, [rows / length, length, width]);
    const far = Math.abs(offset);
    const kept = tf.slice(rowsOfImages, [0, offset > 0 ? far : 0, 0], [-1, length - far, -1]);
    const beyond: [number, number] = offset > 0 ? [0, far] : [far, 0];
    return tf.reshape(tf.pad(kept, [[0, 0], beyond, [0, 0]]), [rows, width]);
  };
  return {
    forward: (h) =>
      tf.concat<Tensor2D>(
        offsets.map((offset) => shifted(h, offset)),
        1,
      ),
    backward: (dHeard) => {
      const parts = tf.split<Tensor2D>(dHeard, offsets.length, 1);
      return tf.addN<Tensor2D>(parts.map((part, i) => shifted(part, -offsets[i]!)));
    },
  };
}
