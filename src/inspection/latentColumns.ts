/** Columns of numbers beside what they ought to be drawn from: histograms, quantiles, the largest gap. Plain arrays. */
import type { Marginal } from '../flows/base.ts';

/** What a column is held against: a density in closed form, or other numbers that were drawn from it. */
export interface Reference {
  /** Share of the probability below u. */
  cdf(u: number): number;
  quantile(p: number): number;
}

/** Column d of rows [n, D], what is finite of it, rising. */
export function sortedColumn(values: Float32Array, dimension: number, d: number): Float32Array {
  const rows = values.length / dimension;
  const column = Float32Array.from({ length: rows }, (_, row) => values[row * dimension + d]!);
  return (column.every(Number.isFinite) ? column : column.filter(Number.isFinite)).sort();
}

/** Shares of sorted numbers in even bins from `low` to `high`, of all of them: those beyond the ends are in none. */
export function histogramOf(sorted: Float32Array, low: number, high: number, bins: number): Float32Array {
  const shares = new Float32Array(bins);
  for (const value of sorted) {
    const bin = Math.floor(((value - low) / (high - low)) * bins);
    if (bin >= 0 && bin < bins) shares[bin]! += 1 / sorted.length;
    else if (value === high) shares[bins - 1]! += 1 / sorted.length;
  }
  return shares;
}

/** The same of a density. */
export function expectedIn({ cdf }: Pick<Reference, 'cdf'>, low: number, high: number, bins: number): Float32Array {
  const at = (k: number) => cdf(low + ((high - low) * k) / bins);
  return Float32Array.from({ length: bins }, (_, k) => at(k + 1) - at(k));
}

/** The number below which a share p of sorted numbers lies, straight lines between them. NaN of none. */
export function quantileOf(sorted: Float32Array, p: number): number {
  if (sorted.length === 0) return NaN;
  const at = Math.min(sorted.length - 1, Math.max(0, p * sorted.length - 0.5));
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}

/**
 * The Kolmogorov–Smirnov distance of sorted numbers from a distribution function: the largest |F_n(u) − F(u)|, with F_n on
 * either side of each step. NaN of none.
 */
export function distanceFrom(sorted: Float32Array, cdf: (u: number) => number): number {
  const n = sorted.length;
  if (n === 0) return NaN;
  let most = 0;
  for (let i = 0; i < n;) {
    let end = i + 1;
    while (end < n && sorted[end] === sorted[i]) end++;
    const own = cdf(sorted[i]!);
    most = Math.max(most, Math.abs(own - i / n), Math.abs(end / n - own));
    i = end;
  }
  return most;
}

/** The same of two columns of sorted numbers, each a step function. NaN where either is empty. */
export function distanceBetween(a: Float32Array, b: Float32Array): number {
  if (a.length === 0 || b.length === 0) return NaN;
  let [i, j, most] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const next = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= next) i++;
    while (j < b.length && b[j]! <= next) j++;
    most = Math.max(most, Math.abs(i / a.length - j / b.length));
  }
  return most;
}

/**
 * The Kolmogorov–Smirnov distance that n numbers drawn from the very distribution have on average, about: the mean of the
 * Kolmogorov distribution, √(π/2)·ln 2, over √n with Stephens' correction for small n (1970). Against other numbers that were
 * drawn themselves, n·m/(n + m) stands for n, and the distance is some per cent smaller: it is a multiple of 1/n.
 */
export function distanceByChance(n: number, draws: number | null): number {
  const root = Math.sqrt(draws === null ? n : (n * draws) / (n + draws));
  return (Math.sqrt(Math.PI / 2) * Math.LN2) / (root + 0.12 + 0.11 / root);
}

/**
 * The distance that n numbers drawn from the very distribution exceed once in a hundred times: the Kolmogorov distribution's
 * 99 % point, with the same correction.
 */
export function distanceByRareChance(n: number): number {
  const root = Math.sqrt(n);
  return 1.628 / (root + 0.12 + 0.11 / root);
}

/** Where the quantile function is looked at for moments. */
const PLACES = 20_000;

/** Mean and variance of a density of one variable, from its quantiles. */
export function marginalMoments({ quantile }: Pick<Marginal, 'quantile'>): {
  readonly mean: number;
  readonly variance: number;
} {
  let [mean, squares] = [0, 0];
  for (let i = 0; i < PLACES; i++) {
    const u = quantile((i + 0.5) / PLACES);
    mean += u / PLACES;
    squares += (u * u) / PLACES;
  }
  // What adds up to nothing but rounding is a mean of 0, and is written so.
  return { mean: Math.abs(mean) < 1e-12 ? 0 : mean, variance: squares - mean * mean };
}

/** Whether a density is the standard Gaussian's, for which distances and angles mean something. */
export function isGaussian(marginal: Pick<Marginal, 'cdf'> | null): boolean {
  if (!marginal) return false;
  const known: readonly (readonly [number, number])[] = [
    [0, 0.5],
    [1, 0.841344746],
    [2.5, 0.993790335],
  ];
  return known.every(([u, p]) => Math.abs(marginal.cdf(u) - p) < 1e-6);
}
