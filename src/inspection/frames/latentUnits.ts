/** What each latent unit carries, and how the bound is made up. */
import type { FrameBase } from '../frames.ts';

/** A unit is active where Cov_x(E_q[z|x]) is above this (Burda, Grosse & Salakhutdinov 2016, section 5.1). */
export const ACTIVE = 0.01;

/** One look at the bound, means over rows in nats. */
export interface BoundMoment {
  readonly step: number;
  readonly epoch: number;
  /** E_q[log p(x|z)] and KL(q(z|x) ‖ p(z)). */
  readonly reconstruction: number;
  readonly divergence: number;
  /** [K] KL of every unit. */
  readonly perUnit: Float32Array;
  readonly active: number;
  /** Variance of each estimator over its noise, of one row; null where there is none in closed form. */
  readonly varianceA: number;
  readonly varianceB: number | null;
}

export interface LatentUnitsFrame extends FrameBase {
  readonly kind: 'latentUnits';
  /** K */
  readonly latent: number;
  readonly posterior: 'gaussian' | 'iaf';
  readonly split: 'train' | 'validation';
  readonly rows: number;
  readonly allRows: number;
  /** [K] mean KL from the prior in nats; where the posterior is no Gaussian by Monte Carlo, and may be below 0. */
  readonly perUnit: Float32Array;
  /** [K] Cov_x(E_q[z_k|x]). */
  readonly activity: Float32Array;
  /** Means over rows, nats. */
  readonly reconstruction: number;
  readonly divergence: number;
  /** Estimates of the bound with one sample: mean, standard error over rows and noise, and variance over the noise of one row. */
  readonly estimators: Readonly<Record<'A' | 'B', Estimates | null>>;
  /** Samples of each row that the estimators were measured by. */
  readonly samples: number;
  /** What earlier looks at this run have found, oldest first, this one the last. */
  readonly moments: readonly BoundMoment[];
  readonly complete: boolean;
}

export interface Estimates {
  readonly mean: number;
  readonly standardError: number;
  readonly variance: number;
}
