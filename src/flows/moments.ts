/** Means and variances of columns, added up in float64 from as many rows as there are. */

export interface ColumnMoments {
  readonly rows: number;
  /** [D] */
  readonly mean: Float64Array;
  /** [D] mean squared deviation from the mean (divided by the rows, not by one less). */
  readonly variance: Float64Array;
}

/** @param values [rows, D] row-major @throws RangeError when there are no rows */
export function momentsOf(values: Float32Array, dimension: number): ColumnMoments {
  const rows = values.length / dimension;
  if (rows === 0) throw new RangeError('there are no rows to take the moments of');
  const mean = new Float64Array(dimension);
  const variance = new Float64Array(dimension);
  for (let at = 0; at < values.length; at++) mean[at % dimension]! += values[at]! / rows;
  for (let at = 0; at < values.length; at++)
    variance[at % dimension]! += (values[at]! - mean[at % dimension]!) ** 2 / rows;
  return { rows, mean, variance };
}
