/** What a generated data set is: how a row is drawn, and how probable it is. */
import type { RandomGenerator } from '../../random/generator.ts';

/** One row and the label that it has by its making, see `generators` in `spec/data.ts`. */
export interface LabelledRow {
  readonly values: ArrayLike<number>;
  readonly label: number;
}

/** Draws one row of a generated data set. */
export type RowSampler = (random: RandomGenerator) => LabelledRow;

/** Any function of one row: its `values`, from index 0. */
export type RowFunction = (row: ArrayLike<number>) => number;

/** Sampler and density of one data set, out of the same constants. All labels of a data set are equally likely. */
export interface GeneratedDensity {
  readonly draw: RowSampler;
  /**
   * log p(x | label) in nats of the row that begins at index `at`, a probability for binary rows and a density for
   * points; −Infinity where no row of that label can be.
   */
  logGiven(values: ArrayLike<number>, at: number, label: number): number;
  /**
   * ∫ f(x) dx, or Σ f(x) for binary rows: a quadrature laid out for this density, for functions of the densities of its
   * labels in which all labels count alike.
   */
  integrate(f: RowFunction): number;
  /** Bound of the error in nats of the entropies that {@link integrate} gives; 0: exact up to rounding. */
  readonly entropyError: number;
}

/** log of the Gaussian density N(z; 0, σ²) of one variable, in nats. */
export function logNormal(z: number, deviation: number): number {
  return -0.5 * (z / deviation) ** 2 - Math.log(deviation) - 0.5 * Math.log(2 * Math.PI);
}

/** log of the mean of exp(term), by the largest one, so that nothing overflows; −Infinity where all terms are. */
export function logMeanExp(terms: readonly number[]): number {
  const largest = Math.max(...terms);
  if (largest === -Infinity) return largest;
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0) / terms.length);
}
