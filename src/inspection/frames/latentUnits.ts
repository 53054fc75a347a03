/** What each latent unit carries, and how the bound is made up. */
import type { BoundMoment as KeptMoment } from '../../runs/boundMoment.ts';
import type { Difference, Estimates } from '../../training/boundSums.ts';
import type { FrameBase } from '../frames.ts';

export { ACTIVE } from '../../latent/active.ts';

/** One look at the bound of a run: of the end of an epoch, as its metrics keep it, or of a moment since. */
export interface BoundMoment extends Omit<KeptMoment, 'perUnit'> {
  readonly step: number;
  readonly epoch: number;
  /** [K] KL of every unit; null where it was not kept. */
  readonly perUnit: Float32Array | null;
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
  readonly estimators: Readonly<Record<'A' | 'B', Estimates | null>> & {
    /** A less B by the same noise; left out where there is no B. */
    readonly difference?: Difference;
  };
  /** Samples of each row that the estimators were measured by. */
  readonly samples: number;
  /**
   * The bound over the run, oldest first: every epoch, and what looks between them have found since it was opened. All of the
   * same rows and noise, fewer than those above, so that they can be compared.
   */
  readonly moments: readonly BoundMoment[];
  readonly complete: boolean;
}
