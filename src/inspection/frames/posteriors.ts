/** Where the encoder puts rows, and what all of them together come to. */
import type { FrameBase } from '../frames.ts';

export interface PosteriorsFrame extends FrameBase {
  readonly kind: 'posteriors';
  /** K */
  readonly latent: number;
  readonly split: 'train' | 'validation';
  readonly rows: number;
  readonly allRows: number;
  /** [rows] their numbers in the split. */
  readonly row: Int32Array;
  /** [rows, K] means and standard deviations of q(z|x). */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  /** Draws of each row that these were measured from; null where they are exact. */
  readonly draws: number | null;
  /** [rows] labels 0 …, and what each stands for; null where the data have none. */
  readonly labels: {
    readonly of: Int32Array;
    readonly count: number;
    readonly names: readonly string[] | null;
    /** Classes by how many rows of the whole split are of them, the most first: so many as may be told apart. */
    readonly frequent: readonly number[];
  } | null;
  /** Ends of the histograms, and their bins. */
  readonly low: number;
  readonly high: number;
  readonly bins: number;
  /** [K, bins] shares of the aggregated posterior, by one draw of each row. */
  readonly histogram: Float32Array;
  /** [bins] the prior's. */
  readonly expected: Float32Array;
  /** [K] Kolmogorov–Smirnov distance of those draws from the prior, their mean and variance. */
  readonly distance: Float32Array;
  readonly aggregateMean: Float32Array;
  readonly aggregateVariance: Float32Array;
  readonly complete: boolean;
}
