/**
 * What the importance weights of one row say: the estimate, how many samples count, and whether its error can be told.
 *
 * The delta method's √((k/ESS − 1)/(k − 1)) is never above 1 and means nothing where a few weights outweigh all others: it
 * then judges by the very weights that are missing. Pareto smoothed importance sampling (Vehtari, Simpson, Gelman, Yao & Gabry
 * 2024, section 3) tells such samples by the shape k̂ of a generalised Pareto distribution fitted to the largest weights
 * (Zhang & Stephens 2009).
 */

/** Weights of the tail that a shape can be told from at least, and the samples that have so many in a fifth of them. */
const FEWEST_IN_TAIL = 5;
/** A tail whose largest excess is that small a share of the largest weight is rounding: the weights are equal. */
const EQUAL = 1e-5;
/** The authors' weak prior of the shape: as good as so many weights with a shape of ½. */
const [PRIOR_WEIGHTS, PRIOR_SHAPE] = [10, 0.5];

export interface RowWeights {
  /** log ¹⁄k Σ w in nats. */
  readonly logMean: number;
  /** ¹⁄k Σ log w in nats. */
  readonly elbo: number;
  /** (Σ w)² / Σ w², 1 … k. */
  readonly effective: number;
  /** k̂: the weights have moments up to 1/k̂; null of too few samples to tell. */
  readonly shape: number | null;
  /** Variance of {@link logMean} over other samples, nats²; null of one sample. */
  readonly variance: number | null;
}

/** @param logs [k] log w in nats, as drawn: independent of each other. */
export function weightsOf(logs: Float32Array): RowWeights {
  const k = logs.length;
  const { logMean, squares } = sums(logs);
  const effective = Math.max(1, Math.min(k, k * Math.exp(2 * logMean - squares)));
  const shape = paretoShape(logs);
  return {
    logMean,
    elbo: logs.reduce((sum, log) => sum + log / k, 0),
    effective,
    shape,
    variance: k === 1 ? null : isTame(shape, k) ? (k / effective - 1) / (k - 1) : varianceByHalves(logs),
  };
}

/** Beyond this shape no number of samples that one can take is enough: q(z|x) misses much of p(z|x). */
export const HEAVY = 0.7;

/** Whether so many samples are enough for their mean, and for its error by the delta method, if the weights have this shape. */
export function isTame(shape: number | null, samples: number): boolean {
  return shape !== null && shape <= Math.min(HEAVY, 1 - 1 / Math.log10(samples));
}

/** Whether a few of the samples decide. Weights that hardly differ may have any tail: it is no matter then. */
export function isHeavy({ shape, effective }: Pick<RowWeights, 'shape' | 'effective'>, samples: number): boolean {
  return shape !== null && shape > HEAVY && effective < samples / 2;
}

/** log of the means of w and of w². */
function sums(logs: Float32Array): { readonly logMean: number; readonly squares: number } {
  const largest = logs.reduce((a, b) => (a > b ? a : b), -Infinity);
  // NaN must not vanish, and of nothing but −∞ there is no ratio.
  if (logs.some(Number.isNaN)) return { logMean: NaN, squares: NaN };
  if (!Number.isFinite(largest)) return { logMean: largest, squares: largest };
  let [first, second] = [0, 0];
  for (const log of logs) {
    const w = Math.exp(log - largest);
    first += w;
    second += w * w;
  }
  const k = logs.length;
  return { logMean: largest + Math.log(first / k), squares: 2 * largest + Math.log(second / k) };
}

/**
 * Of log p̂ from half of the samples, by how far both halves are apart: one draw of it, to be added up over rows. With all samples
 * it is half as much where weights are tame, and hardly less where single ones decide, which is when it is asked for.
 */
function varianceByHalves(logs: Float32Array): number {
  const middle = Math.floor(logs.length / 2);
  return (sums(logs.subarray(0, middle)).logMean - sums(logs.subarray(middle)).logMean) ** 2 / 2;
}

/** Of so many samples: min(k/5, 3√k), as the authors take it. */
const inTail = (samples: number): number => Math.ceil(Math.min(samples / 5, 3 * Math.sqrt(samples)));

/** Whether so many samples have a tail that a shape can be told from. */
export const canTellShape = (samples: number): boolean => inTail(samples) >= FEWEST_IN_TAIL;

/** k̂ of the largest weights; null of fewer samples than it takes. */
export function paretoShape(logs: Float32Array): number | null {
  const k = logs.length;
  if (!canTellShape(k)) return null;
  const tail = inTail(k);
  const sorted = logs.slice().sort();
  const largest = sorted[k - 1]!;
  if (!Number.isFinite(largest)) return null;
  const cut = Math.exp(sorted[k - 1 - tail]! - largest);
  const excess = Float64Array.from(sorted.subarray(k - tail), (log) => Math.exp(log - largest) - cut);
  if (excess.at(-1)! < EQUAL) return 0;
  return (tail * generalisedPareto(excess) + PRIOR_WEIGHTS * PRIOR_SHAPE) / (tail + PRIOR_WEIGHTS);
}

/** Shape of the generalised Pareto distribution of these values, ascending and not all 0: Zhang & Stephens 2009, equations 7 and 8. */
function generalisedPareto(values: Float64Array): number {
  const n = values.length;
  const points = 30 + Math.floor(Math.sqrt(n));
  const largest = values[n - 1]!;
  // Equal weights above the cut leave excesses of 0.
  const quartile = Math.max(values[Math.max(0, Math.floor(n / 4 + 0.5) - 1)]!, largest * 1e-290);
  const shapeAt = (theta: number) => values.reduce((sum, x) => sum + Math.log1p(-theta * x), 0) / n;
  const thetas = Array.from(
    { length: points },
    (_, j) => 1 / largest + (1 - Math.sqrt(points / (j + 0.5))) / (3 * quartile),
  );
  const profile = thetas.map((theta) => {
    const shape = shapeAt(theta);
    return n * (Math.log(-theta / shape) - shape - 1);
  });
  const theta = thetas.reduce((sum, own, j) => {
    const odds = profile.reduce((all, other) => all + Math.exp(other - profile[j]!), 0);
    return sum + own / odds;
  }, 0);
  return shapeAt(theta);
}
