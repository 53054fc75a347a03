/** Each latent coordinate led through the prior by itself. */
import type { FrameBase, SamplesFrame } from '../frames.ts';

export interface TraversalsChoice {
  /** Row of the held-out data whose posterior mean the other coordinates are held at, from 0, or `AT_ZERO`. */
  readonly row: number;
}

export interface TraversalsFrame extends FrameBase {
  readonly kind: 'traversals';
  /** K */
  readonly latent: number;
  readonly split: 'train' | 'validation';
  readonly allRows: number;
  readonly row: number;
  /** [K] where the others are held. */
  readonly held: Float32Array;
  /** Rows of the split that the next two were measured on. */
  readonly rows: number;
  /** [K] mean KL from the prior in nats; where the posterior is no Gaussian by Monte Carlo, and may be below 0. */
  readonly perUnit: Float32Array;
  /** [K] Cov_x(E_q[z_k|x]). */
  readonly activity: Float32Array;
  /**
   * [strips] coordinates from 0: those that are active first, of each kind the one with the largest KL. As many as fit into
   * a frame, which may be fewer than K.
   */
  readonly units: Int32Array;
  /** [n] z along a strip: the Gaussian's quantiles at (i + ½)/n. */
  readonly places: Float32Array;
  /** E[x|z], [strips · n] strip by strip. */
  readonly decoded: SamplesFrame;
  readonly complete: boolean;
}
