/**
 * How the bound of a model with latent variables is made up at one moment of training: kept with the metrics of every epoch,
 * so that it can be drawn over the whole of a run whenever somebody looks, also of one that was resumed or is over.
 */
import * as z from 'zod/mini';
import { count, number } from './numbers.ts';

export const boundMomentSpec = z.object({
  /** Rows that were looked at: the same ones at every moment of a run. */
  rows: count,
  /** Mean over rows of E_q[log p(x|z)] and of KL(q(z|x) ‖ p(z)), nats: their difference is the bound. */
  reconstruction: number,
  divergence: number,
  /** Latent units k with Cov_x(E_q[z_k|x]) above 0.01. */
  active: count,
  /** Variance of each estimator of the bound over its noise, of one row, nats²; null where B has no closed form. */
  varianceA: number,
  varianceB: z.nullable(number),
  /** [K] mean KL of every unit, nats, to four digits; left out at epochs between where there are very many units. */
  perUnit: z.optional(z.array(number)),
});

export type BoundMoment = Readonly<z.output<typeof boundMomentSpec>>;

/** KL of so many units is kept of every epoch on average. */
const MOST_UNITS = 512;

/** Whether the KL of every single one of K units is kept at the end of an epoch, counted from 1. */
export function keepsUnits(latent: number, epoch: number): boolean {
  return epoch % Math.ceil(latent / MOST_UNITS) === 0 || epoch === 1;
}
