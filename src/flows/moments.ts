/** Means and variances of columns, added up in float64 row by row, from as many rows as there are. */

export interface ColumnMoments {
  readonly rows: number;
  /** [D] */
  readonly mean: Float64Array;
  /** [D] mean squared deviation from the mean (divided by the rows, not by one less). */
  readonly variance: Float64Array;
}

/**
 * Moments of rows that come in pieces (Welford 1962): the mean so far and the sum of squared deviations from it are brought
 * up to date with every row, so that what comes out is, bit for bit, the same however the rows are cut.
 */
export class RunningMoments {
  #rows = 0;
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;

  /** @param dimension D */
  constructor(dimension: number) {
    this.#mean = new Float64Array(dimension);
    this.#squares = new Float64Array(dimension);
  }

  /** @param values [rows, D] row-major */
  add(values: Float32Array): void {
    const [mean, squares] = [this.#mean, this.#squares];
    const dimension = mean.length;
    for (let at = 0; at < values.length; at += dimension) {
      this.#rows += 1;
      const share = 1 / this.#rows;
      for (let d = 0; d < dimension; d++) {
        const value = values[at + d]!;
        const before = value - mean[d]!;
        mean[d]! += before * share;
        squares[d]! += before * (value - mean[d]!);
      }
    }
  }

  /** Of all rows so far. @throws RangeError when there are none */
  get moments(): ColumnMoments {
    const rows = this.#rows;
    if (rows === 0) throw new RangeError('there are no rows to take the moments of');
    return { rows, mean: this.#mean.slice(), variance: this.#squares.map((sum) => sum / rows) };
  }
}

/** @param values [rows, D] row-major @throws RangeError when there are no rows */
export function momentsOf(values: Float32Array, dimension: number): ColumnMoments {
  const running = new RunningMoments(dimension);
  running.add(values);
  return running.moments;
}
