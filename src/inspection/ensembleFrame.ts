/** What the ensemble curve shows, as plain data. */
import type { FrameBase } from './frames.ts';

/** The NLL of held-out rows against the number of structures whose densities are averaged. */
export interface EnsembleFrame extends FrameBase {
  readonly kind: 'ensemble';
  readonly ensemble?: true;
  /** Why there is nothing to show; null where there is. */
  readonly reason: string | null;
  readonly split: 'train' | 'validation';
  /** Rows scored, of how many. */
  readonly rows: number;
  readonly allRows: number;
  /** [M] NLL in nats of every mask alone. */
  readonly single: Float64Array;
  /** [M] NLL in nats of the first 1 … M masks together: −mean over rows of log ¹⁄m Σ p. */
  readonly curve: Float64Array;
  /** [M] Between these lie nine tenths of the curves under random orders of the masks. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Random orders that the band is of. */
  readonly orders: number;
  /** Of the last NLL of the curve, and of what the ensemble gains over the mean of its masks, row by row. */
  readonly standardError: number;
  readonly gainError: number;
  /** Whether a closer look would show no more. */
  readonly complete: boolean;
}
