/** What arrives at a flow's base, and what is led back from there. */
import type { WalkPath } from '../between.ts';
import type { ImageSize } from '../../spec/imageShape.ts';
import type { FrameBase, SamplesFrame } from '../frames.ts';

/** u of data rows beside the base, coordinate by coordinate. */
export interface LatentFrame extends FrameBase {
  readonly kind: 'latent';
  readonly dimension: number;
  /** Height and width if a row is an image. */
  readonly image: ImageSize | null;
  readonly split: 'train' | 'validation';
  readonly rows: number;
  readonly allRows: number;
  readonly base: {
    /** In words: "standard Gaussian". */
    readonly name: string;
    readonly gaussian: boolean;
    /**
     * Draws that stand for the base where its coordinates depend on each other, so that none has a density of its own in
     * closed form; null where they are independent and alike, and the base is shown exactly.
     */
    readonly draws: number | null;
    /** Of every coordinate, one number where all are alike: [1] or [D]. */
    readonly mean: Float32Array;
    readonly variance: Float32Array;
  };
  /** Ends of the histograms, and their bins. */
  readonly low: number;
  readonly high: number;
  readonly bins: number;
  /** [D, bins] shares of the rows; the rest lies beyond the ends. */
  readonly histogram: Float32Array;
  /** [1, bins] or [D, bins] the same of the base. */
  readonly expected: Float32Array;
  /** [Q] shares of the probability at which quantiles are compared. */
  readonly probabilities: Float32Array;
  /** [D, Q] */
  readonly quantiles: Float32Array;
  /** [1, Q] or [D, Q] */
  readonly baseQuantiles: Float32Array;
  /** [D] Kolmogorov–Smirnov distance: the largest gap between the two distribution functions. */
  readonly distance: Float32Array;
  /** [D] */
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  /** The pairs of coordinates that are most correlated, strongest first, and the root mean square of all pairs. */
  readonly pairs: readonly { readonly a: number; readonly b: number; readonly r: number }[];
  readonly correlation: number;
  /** Entries of u that are no finite numbers. */
  readonly notFinite: number;
  readonly complete: boolean;
}

/** Asks for rows of the view's own choice. */
export const OWN_ROW = -1;

export interface WalkChoice {
  /** Rows of the split, from 0, or {@link OWN_ROW}. */
  readonly first: number;
  readonly second: number;
  /**
   * Along a straight line, or along a great circle while the distance from the origin changes evenly. Of no effect where
   * both are shown.
   */
  readonly path: WalkPath;
}

/** One way through latent space. */
export interface Way {
  readonly path: WalkPath;
  /** The rows on the way, both ends with them: those of a flow, E[x|z] of latent variables. */
  readonly decoded: SamplesFrame;
  /** [steps] distance from the origin. */
  readonly norm: Float32Array;
}

/** From one row to another, evenly in latent space. */
export interface WalkFrame extends FrameBase, Way {
  readonly kind: 'walk';
  /** What is walked in: a flow's base, u, or the space of latent variables, z, between the means of two posteriors. */
  readonly space: 'base' | 'latent';
  /** Of that space. */
  readonly dimension: number;
  readonly split: 'train' | 'validation';
  readonly allRows: number;
  readonly first: number;
  readonly second: number;
  /** Whether draws of the model are Gaussian there, so that a great circle means something. */
  readonly gaussian: boolean;
  /** The same ends by the other path, where both are shown. */
  readonly beside: Way | null;
  /** Both rows themselves, where what is decoded from their places is not they; null otherwise. */
  readonly ends: SamplesFrame | null;
  /** [steps] log p in nats; null where it is not known. */
  readonly logProb: Float32Array | null;
  /** Largest |x − x'| of the two ends, x' being what is decoded from their places. */
  readonly error: number;
  /** [n, 2] some rows of the data, where these are points of a plane; null otherwise. */
  readonly points: Float32Array | null;
}

export interface HeatChoice {
  /** Multiplies the distance of u from the middle of the base. */
  readonly temperature: number;
}

/** Rows led back from the same u at any temperature. */
export interface HeatFrame extends FrameBase {
  readonly kind: 'heat';
  readonly temperature: number;
  readonly decoded: SamplesFrame;
  /** Mean log p of them in nats. */
  readonly logProb: number;
  readonly points: Float32Array | null;
}
