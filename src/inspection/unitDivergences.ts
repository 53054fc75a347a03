/** What each latent unit carries: its KL divergence from the prior, and how much its posterior mean moves with the row. */
import type { Matrix } from '../data/dataset.ts';
import { ACTIVE } from '../latent/active.ts';
import { boundNoise } from '../models/vaeBound.ts';
import { BOUND_SAMPLE, boundSample, historyNoise } from '../training/boundHistory.ts';
import { BoundSums } from '../training/boundSums.ts';
import { latentOf, overRows, posteriorsOf } from './latentLook.ts';
import type { Chunked, Snapshot } from './source.ts';

export interface UnitDivergences {
  /** [K] mean over the rows of KL(q(z_k|x) ‖ p(z_k)) in nats; by Monte Carlo where q is no Gaussian. */
  readonly perUnit: Float32Array;
  /** [K] Cov_x(E_q[z_k|x]). */
  readonly activity: Float32Array;
}

/** Samples of each row where there is no closed form. */
const SAMPLES = 8;

/** Of rows [rows, D]. @throws RangeError when the model has no latent variables. */
export async function* unitDivergences(snapshot: Snapshot, rows: Matrix, free: boolean): Chunked<UnitDivergences> {
  const { source } = snapshot;
  const latent = latentOf(source.model);
  const { mean, deviation, draws } = yield* posteriorsOf(snapshot, rows, free);
  const sums = new BoundSums(latent, { rows: rows.rows, samples: SAMPLES });
  sums.addMeans(0, mean);
  if (draws === null) {
    // Nothing need be decoded for a divergence in closed form.
    return { perUnit: closedForm(mean, deviation, latent.latentDimension), activity: sums.activity };
  }
  for (let sample = 0; sample < SAMPLES; sample++) {
    const random = historyNoise(source.seed, sample);
    yield* overRows(snapshot, rows, {
      free,
      pass: BOUND_SAMPLE,
      noise: (count) => boundNoise(count, latent.latentDimension, random),
      compute: (x, inputs) => boundSample(latent, x, inputs),
      take: (from, values) => sums.add(from, sample, values),
    });
  }
  return { perUnit: sums.perUnit, activity: sums.activity };
}

/** [K] mean over rows [rows, K] of ½ (μ² + σ² − 1 − log σ²) (Kingma & Welling 2014, appendix B). */
function closedForm(mean: Float32Array, deviation: Float32Array, columns: number): Float32Array {
  const sums = new Float64Array(columns);
  for (const [at, m] of mean.entries()) {
    const variance = deviation[at]! ** 2;
    sums[at % columns]! += (m ** 2 + variance - 1 - Math.log(variance)) / 2;
  }
  return Float32Array.from(sums, (sum) => (sum * columns) / mean.length);
}

/** Units that are active first, of each kind the one with the largest KL. */
export function byCarried({ perUnit, activity }: UnitDivergences): Int32Array {
  const dead = (unit: number) => (activity[unit]! > ACTIVE ? 0 : 1);
  return Int32Array.from(perUnit, (_, unit) => unit).sort(
    (a, b) => dead(a) - dead(b) || perUnit[b]! - perUnit[a]! || a - b,
  );
}
