/** Adds up what samples of rows say of the bound: its parts, its estimators, and what each latent unit carries. */
import { ACTIVE } from '../latent/active.ts';
import type { LatentVariables } from '../models/latentVariables.ts';
import type { BoundMoment } from '../runs/boundMoment.ts';

/** Of an estimator of the bound with one sample: mean, standard error over rows and noise, variance over one row's noise. */
export interface Estimates {
  readonly mean: number;
  readonly standardError: number;
  readonly variance: number;
}

/** Estimator A less estimator B of the same rows by the same noise: 0 on average. */
export type Difference = Omit<Estimates, 'variance'>;

/** A moment with the KL of every unit. */
export type WholeMoment = BoundMoment & { readonly perUnit: number[] };

export class BoundSums {
  readonly #rows: number;
  readonly #samples: number;
  readonly #latent: LatentVariables;
  readonly #perUnit: Float64Array;
  readonly #estimates: Readonly<Record<'A' | 'B', Float64Array>>;
  readonly #mean: Float32Array;
  #reconstruction = 0;

  /** Of the first so many rows and samples; what is added of others is left out. */
  constructor(latent: LatentVariables, { rows, samples }: { readonly rows: number; readonly samples: number }) {
    this.#rows = rows;
    this.#samples = samples;
    this.#latent = latent;
    const [K, draws] = [latent.latentDimension, rows * samples];
    this.#perUnit = new Float64Array(K);
    this.#estimates = { A: new Float64Array(draws), B: new Float64Array(draws) };
    this.#mean = new Float32Array(rows * K);
  }

  /** One sample of rows `from` …: what `boundSample` computes of them, [N, 3] and [N, K]. */
  add(from: number, sample: number, [terms, units]: readonly Float32Array[]): void {
    if (sample >= this.#samples) return;
    const K = this.#latent.latentDimension;
    const draws = this.#rows * this.#samples;
    const rows = Math.min(this.#rows - from, terms!.length / 3);
    for (let i = 0; i < rows; i++) {
      const [log, a, b] = [terms![3 * i]!, terms![3 * i + 1]!, terms![3 * i + 2]!];
      this.#reconstruction += log / draws;
      this.#estimates.A[(from + i) * this.#samples + sample] = log - a;
      this.#estimates.B[(from + i) * this.#samples + sample] = log - b;
      for (let k = 0; k < K; k++) this.#perUnit[k]! += units![i * K + k]! / draws;
    }
  }

  /** Means of the posteriors of rows `from` …, [N, K]. */
  addMeans(from: number, mean: Float32Array): void {
    const K = this.#latent.latentDimension;
    if (from < this.#rows) this.#mean.set(mean.subarray(0, (this.#rows - from) * K), from * K);
  }

  get perUnit(): Float32Array {
    return Float32Array.from(this.#perUnit);
  }
  get reconstruction(): number {
    return this.#reconstruction;
  }
  get divergence(): number {
    return this.#perUnit.reduce((sum, own) => sum + own, 0);
  }
  /** [K] Cov_x(E_q[z_k|x]). */
  get activity(): Float32Array {
    return variances(this.#mean, this.#latent.latentDimension);
  }
  get estimators(): { readonly A: Estimates; readonly B: Estimates | null; readonly difference?: Difference } {
    const of = (values: Float64Array) => estimatesOf(values, this.#rows, this.#samples);
    const { A, B } = this.#estimates;
    if (this.#latent.posterior.type !== 'gaussian') return { A: of(A), B: null };
    return { A: of(A), B: of(B), difference: differenceOf(A, B) };
  }

  /** All of it as it is kept of an epoch. */
  get moment(): WholeMoment {
    const { A, B } = this.estimators;
    return {
      rows: this.#rows,
      reconstruction: this.#reconstruction,
      divergence: this.divergence,
      active: this.activity.reduce((count, own) => count + (own > ACTIVE ? 1 : 0), 0),
      varianceA: A.variance,
      varianceB: B?.variance ?? null,
      perUnit: Array.from(this.#perUnit, (value) => Number(value.toPrecision(4))),
    };
  }
}

/** [K] variance over the rows of every column of [rows, K]. */
function variances(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  return Float32Array.from({ length: columns }, (_, k) => {
    let [mean, squares] = [0, 0];
    for (let i = 0; i < rows; i++) mean += values[i * columns + k]! / rows;
    for (let i = 0; i < rows; i++) squares += (values[i * columns + k]! - mean) ** 2;
    return squares / Math.max(1, rows - 1);
  });
}

/**
 * Of the differences one by one: what both estimators have in common, the rows and the reconstructions by the same noise, is
 * in neither mean nor error. Every row and sample has noise of its own.
 */
function differenceOf(a: Float64Array, b: Float64Array): Difference {
  let [mean, squares] = [0, 0];
  for (const [i, value] of a.entries()) mean += (value - b[i]!) / a.length;
  for (const [i, value] of a.entries()) squares += (value - b[i]! - mean) ** 2;
  return { mean, standardError: Math.sqrt(squares / Math.max(1, a.length - 1) / a.length) };
}

/** Of [rows, samples]. */
function estimatesOf(values: Float64Array, rows: number, samples: number): Estimates {
  let [sum, within, between] = [0, 0, 0];
  const means = Float64Array.from({ length: rows }, (_, i) => {
    const own = values.subarray(i * samples, (i + 1) * samples);
    const mean = own.reduce((all, value) => all + value, 0) / samples;
    within += own.reduce((all, value) => all + (value - mean) ** 2, 0) / (samples - 1) / rows;
    return mean;
  });
  for (const mean of means) sum += mean / rows;
  for (const mean of means) between += (mean - sum) ** 2 / Math.max(1, rows - 1);
  return { mean: sum, standardError: Math.sqrt(between / rows), variance: within };
}
