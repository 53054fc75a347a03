/**
 * Image rows as their places: a row [H, W, C], channel fastest, is H·W places of C columns. Layers that treat every place
 * alike (channel-wise normalisation, 1×1 convolutions) compute on [N·places, C]; a vector is one place of D columns.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../layers/differentiable.ts';
import { shapedAs } from '../layers/shaped.ts';
import type { ColumnMoments } from './moments.ts';

/** What one layer treats alike. */
export interface Places {
  /** D, columns of a whole row. */
  readonly dimension: number;
  /** C, columns of a place. */
  readonly channels: number;
  /** H·W; 1 for a vector. */
  readonly places: number;
}

/**
 * @param channels left out: every column is its own, as in a vector.
 * @throws RangeError when the columns are no whole number of places.
 */
export function placesOf(dimension: number, channels = dimension): Places {
  if (!(Number.isInteger(channels) && channels > 0 && dimension % channels === 0)) {
    throw new RangeError(
      `${dimension} columns cannot be shared out among places of ${channels} channels; ` +
        'the number of channels has to divide that of columns',
    );
  }
  return { dimension, channels, places: dimension / channels };
}

/** x [N, places·C] → [N·places, C]. Differentiable. */
export function toPlaces(x: Tensor2D, { channels, places }: Places): Tensor2D {
  return places === 1 ? x : shapedAs(x, [x.shape[0] * places, channels]);
}

/** y [N·places, C] → [N, places·C]: the way back of {@link toPlaces}. Differentiable. */
export function fromPlaces(y: Tensor2D, { dimension, places }: Places): Tensor2D {
  return places === 1 ? y : shapedAs(y, [y.shape[0] / places, dimension]);
}

/** places·Σ_c s_c, of log-scales s [C] that every place of every row has: [N]. Differentiable. */
export function sharedLogDet(s: Tensor1D, rows: number, { channels, places }: Places): Tensor1D {
  return differentiable([s], () => ({
    value: tf.tile(tf.mul<Tensor1D>(tf.reshape(tf.sum(s), [1]), places), [rows]),
    saved: [],
    gradient: (dy) => [tf.tile(tf.mul<Tensor1D>(tf.reshape(tf.sum(dy), [1]), places), [channels])],
  }));
}

/** Moments of the channels, [C], of those of the columns, [D]: those of all places of a channel together. */
export function pooledMoments(moments: ColumnMoments, { channels, places }: Places): ColumnMoments {
  if (places === 1) return moments;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (const [d, own] of moments.mean.entries()) mean[d % channels]! += own / places;
  for (const [d, own] of moments.mean.entries()) {
    variance[d % channels]! += (moments.variance[d]! + (own - mean[d % channels]!) ** 2) / places;
  }
  return { rows: moments.rows * places, mean, variance };
}
