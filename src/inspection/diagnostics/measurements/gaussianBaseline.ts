/**
 * A Gaussian with a full covariance matrix, fitted in closed form: what a model of real values must beat.
 *
 *   −log p(x) = ½ (D log 2π + log |Σ| + (x − μ)ᵀ Σ⁻¹ (x − μ)), by the Cholesky factor of Σ
 */
import type { Dataset, Matrix } from '../../../data/dataset.ts';
import type { Chunked } from '../../source.ts';
import type { Baseline } from './baseline.ts';
import { isChunkEnd } from './chunks.ts';
import { ScoreMean } from './moments.ts';

/** Products that the covariance may take; of larger data the first rows that fit are used, and no fewer than so many times D. */
const PRODUCTS = 2e9;
const ROWS_PER_COLUMN = 4;
/** With more columns than this each has a variance of its own and nothing else. */
const FULL_COLUMNS = 512;
/** Added to every variance, as a share of it: keeps columns that follow from others from a density without bound. */
const RIDGE = 1e-6;
/** Standard deviation below which a column counts as constant; it is taken to have this one. */
const LEAST_DEVIATION = 1e-6;
/** Products between two yields. */
const CHUNK_PRODUCTS = 2e7;

/** Fitted to the training rows, scored on the validation rows, or on the training rows without them. */
export async function* gaussianBaseline({ train, validation }: Dataset): Chunked<Baseline> {
  const full = train.columns <= FULL_COLUMNS;
  const rows = full ? rowsFor(train) : train.rows;
  const mean = yield* meanOf(train, rows);
  const factor = full ? yield* choleskyOf(yield* covarianceOf(train, rows, mean)) : null;
  const deviation = factor ? null : yield* deviationOf(train, mean);
  const scored = validation ?? train;
  const score = new ScoreMean();
  const away = new Float64Array(train.columns);
  const perRow = full ? train.columns ** 2 / 2 : train.columns;
  for (let row = 0; row < scored.rows; row++) {
    for (let d = 0, i = row * scored.columns; d < scored.columns; d++, i++) away[d] = scored.values[i]! - mean[d]!;
    score.add(factor ? surpriseUnder(factor, away) : surpriseOf(deviation!, away));
    if ((row + 1) % Math.max(1, Math.floor(CHUNK_PRODUCTS / perRow)) === 0) yield;
  }
  return {
    name: factor ? 'A Gaussian with full covariance' : 'Independent Gaussians',
    split: validation ? 'validation' : 'train',
    ...score.result(),
  };
}

function rowsFor({ rows, columns }: Matrix): number {
  const fitting = Math.floor((2 * PRODUCTS) / columns ** 2);
  return Math.min(rows, Math.max(fitting, ROWS_PER_COLUMN * columns));
}

async function* meanOf({ columns, values }: Matrix, rows: number): Chunked<Float64Array> {
  const mean = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let d = 0, i = row * columns; d < columns; d++, i++) mean[d]! += values[i]! / rows;
    if (isChunkEnd(row, columns)) yield;
  }
  return mean;
}

async function* deviationOf({ rows, columns, values }: Matrix, mean: Float64Array): Chunked<Float64Array> {
  const variance = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let d = 0, i = row * columns; d < columns; d++, i++) variance[d]! += (values[i]! - mean[d]!) ** 2 / rows;
    if (isChunkEnd(row, columns)) yield;
  }
  return variance.map((own) => Math.max(LEAST_DEVIATION, Math.sqrt(own)));
}

/** The lower triangle of the covariance, [D, D] row-major, with its ridge. */
async function* covarianceOf(
  { columns, values }: Matrix,
  rows: number,
  mean: Float64Array,
): Chunked<{ readonly cells: Float64Array; readonly size: number }> {
  const cells = new Float64Array(columns * columns);
  const away = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let d = 0, i = row * columns; d < columns; d++, i++) away[d] = values[i]! - mean[d]!;
    for (let a = 0; a < columns; a++) {
      const own = away[a]! / rows;
      if (own === 0) continue;
      for (let b = 0, at = a * columns; b <= a; b++, at++) cells[at]! += own * away[b]!;
    }
    if ((row + 1) % Math.max(1, Math.floor((2 * CHUNK_PRODUCTS) / columns ** 2)) === 0) yield;
  }
  for (let d = 0; d < columns; d++) {
    const at = d * columns + d;
    cells[at] = Math.max(LEAST_DEVIATION ** 2, cells[at]! * (1 + RIDGE));
  }
  return { cells, size: columns };
}

/** L with L Lᵀ = Σ, in place. Pivots that rounding made too small count as the least variance. */
async function* choleskyOf({
  cells,
  size,
}: {
  readonly cells: Float64Array;
  readonly size: number;
}): Chunked<{ readonly cells: Float64Array; readonly size: number }> {
  for (let a = 0; a < size; a++) {
    const floor = Math.max(LEAST_DEVIATION ** 2, RIDGE * cells[a * size + a]! * 1e-3);
    for (let b = 0; b <= a; b++) {
      let sum = cells[a * size + b]!;
      for (let k = 0; k < b; k++) sum -= cells[a * size + k]! * cells[b * size + k]!;
      cells[a * size + b] = a === b ? Math.sqrt(Math.max(floor, sum)) : sum / cells[b * size + b]!;
    }
    if ((a + 1) % 64 === 0) yield;
  }
  return { cells, size };
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** −log p of what is `away` from the mean; overwrites it with L⁻¹ (x − μ). */
function surpriseUnder({ cells, size }: { readonly cells: Float64Array; readonly size: number }, away: Float64Array) {
  let nats = 0;
  for (let a = 0; a < size; a++) {
    let sum = away[a]!;
    for (let k = 0, at = a * size; k < a; k++, at++) sum -= cells[at]! * away[k]!;
    const own = sum / cells[a * size + a]!;
    away[a] = own;
    nats += 0.5 * (LOG_TWO_PI + own * own) + Math.log(cells[a * size + a]!);
  }
  return nats;
}

function surpriseOf(deviation: Float64Array, away: Float64Array): number {
  return away.reduce(
    (nats, own, d) => nats + 0.5 * (LOG_TWO_PI + (own / deviation[d]!) ** 2) + Math.log(deviation[d]!),
    0,
  );
}
