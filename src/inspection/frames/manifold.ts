/** What the decoder makes of places in the latent space. */
import type { FrameBase, SamplesFrame } from '../frames.ts';

/** Holds the coordinates that are not shown at 0, the middle of the prior. */
export const AT_ZERO = -1;

/** Cells along a side at most. */
export const MOST_CELLS = 36;
/** As far out as places are looked at, in standard deviations of the prior. */
export const FURTHEST = 5;

export interface ManifoldPlane {
  /** Latent coordinates, from 0; of one coordinate alone the second has no effect. */
  readonly across: number;
  readonly down: number;
  /** Row of the held-out data whose posterior mean the other coordinates are held at, from 0, or {@link AT_ZERO}. */
  readonly row: number;
}

export interface ManifoldChoice extends ManifoldPlane {
  /** n, cells along a side. */
  readonly side: number;
}

export interface ManifoldPointChoice extends ManifoldPlane {
  readonly u: number;
  readonly v: number;
}

interface LatentPlane extends FrameBase {
  /** K */
  readonly latent: number;
  /** As they were chosen, but for coordinates that there are not: those are the nearest that there are. */
  readonly plane: ManifoldPlane;
  /** What rows are held out: `plane.row` is one of them. */
  readonly split: 'train' | 'validation';
  readonly allRows: number;
}

/** E[x|z] on a grid that is even in the prior's probability. */
export interface ManifoldFrame extends LatentPlane {
  readonly kind: 'manifold';
  /** Cells across and down: n × n, or n × 1 of one latent variable. */
  readonly columns: number;
  readonly rows: number;
  /** [n] z along a side: the Gaussian's quantiles at (i + ½)/n. */
  readonly places: Float32Array;
  /** Cells row by row, the first at the top left, where the second coordinate is largest. */
  readonly decoded: SamplesFrame;
  /** [K] where the others are held. */
  readonly held: Float32Array;
}

/** E[x|z] at one place, and the training row nearest to it. */
export interface ManifoldPointFrame extends LatentPlane {
  readonly kind: 'manifoldPoint';
  /** [K] */
  readonly z: Float32Array;
  readonly decoded: SamplesFrame;
  readonly nearest: {
    readonly row: number;
    /** Root mean square over the variables of the difference from E[x|z]. */
    readonly distance: number;
    readonly shown: SamplesFrame;
    /** Training rows that were looked at, of how many. */
    readonly among: number;
    readonly of: number;
  };
}
