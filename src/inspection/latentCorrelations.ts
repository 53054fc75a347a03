/** Correlations between all pairs of columns: the strongest, and how strong they are together. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { LatentFrame } from './frames/latent.ts';
import type { Chunked } from './source.ts';

/** Pairs that are named. */
const NAMED = 8;
/** Columns that are multiplied with all others in one chunk. */
const BLOCK = 64;
/** Columns of which pairs are looked at, evenly spread among more. */
const MOST = 1024;

export interface Moments {
  /** [D] */
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly rows: number;
}

export interface Correlations {
  readonly pairs: LatentFrame['pairs'];
  /** Root mean square over all pairs of different columns; 0 where there are none. */
  readonly rms: number;
}

/** @param values [rows, D]; what is not finite counts as its column's mean */
export async function* correlations(values: Float32Array, { mean, variance, rows }: Moments): Chunked<Correlations> {
  const dimension = mean.length;
  const count = Math.min(MOST, dimension);
  const columns = Int32Array.from({ length: count }, (_, k) => Math.floor((k * dimension) / count));
  if (count < 2 || rows < 2) return { pairs: [], rms: 0 };
  const standard = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    for (const [k, d] of columns.entries()) {
      const own = (values[row * dimension + d]! - mean[d]!) / Math.sqrt(variance[d]! * rows);
      standard[row * count + k] = Number.isFinite(own) ? own : 0;
    }
  }
  yield;
  const best: { a: number; b: number; r: number }[] = [];
  let [squares, pairs] = [0, 0];
  for (let from = 0; from < count; from += BLOCK) {
    const to = Math.min(count, from + BLOCK);
    const product = tf.tidy(() => {
      const all = tf.tensor2d(standard, [rows, count]);
      return tf.matMul<Tensor2D>(tf.slice(all, [0, from], [rows, to - from]), all, true, false);
    });
    const r = await product.data<'float32'>();
    product.dispose();
    for (let i = from; i < to; i++) {
      for (let j = i + 1; j < count; j++) {
        const own = r[(i - from) * count + j]!;
        squares += own * own;
        pairs++;
        if (best.length < NAMED || Math.abs(own) > Math.abs(best.at(-1)!.r)) {
          best.push({ a: columns[i]!, b: columns[j]!, r: own });
          best.sort((a, b) => Math.abs(b.r) - Math.abs(a.r));
          best.length = Math.min(best.length, NAMED);
        }
      }
    }
    yield;
  }
  return { pairs: best, rms: Math.sqrt(squares / pairs) };
}
