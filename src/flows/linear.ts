/** Square matrices as plain arrays in float64, [n · n] row-major: rotations, LU factors, condition numbers. */
import type { RandomGenerator } from '../random/generator.ts';

/** A = P L U. */
export interface LuFactors {
  readonly size: number;
  /** P as a list: row i of A is row `rows[i]` of L U. */
  readonly rows: Int32Array;
  /** [n · n] L below the diagonal, whose own diagonal is 1; U on and above it. */
  readonly factors: Float64Array;
}

/** A uniformly random rotation, det = +1: the Q of a Gaussian matrix's QR factors with a positive R diagonal. */
export function randomRotation(size: number, random: RandomGenerator): Float64Array {
  const q = Float64Array.from({ length: size * size }, () => random.normal());
  for (let i = 0; i < size; i++) {
    // Gram–Schmidt, twice: what rounding left of the earlier rows after the first time goes with the second.
    for (let time = 0; time < 2; time++) {
      for (let j = 0; j < i; j++) addTo(q, size, i, j, -dotOfRows(q, size, i, j));
    }
    scaleRow(q, size, i, 1 / Math.sqrt(dotOfRows(q, size, i, i)));
  }
  const { factors, rows } = luFactors(q);
  let sign = parityOf(rows);
  for (let i = 0; i < size; i++) sign *= Math.sign(factors[i * size + i]!);
  if (sign < 0) scaleRow(q, size, 0, -1);
  return q;
}

/** LU factors with row pivots. A singular matrix has a 0 on the diagonal of its U. */
export function luFactors(matrix: Float64Array): LuFactors {
  const size = Math.sqrt(matrix.length);
  const a = Float64Array.from(matrix);
  /** Which row of the matrix stands where. */
  const standing = Int32Array.from({ length: size }, (_, i) => i);
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(a[i * size + k]!) > Math.abs(a[pivot * size + k]!)) pivot = i;
    if (pivot !== k) {
      for (let j = 0; j < size; j++) {
        [a[k * size + j], a[pivot * size + j]] = [a[pivot * size + j]!, a[k * size + j]!];
      }
      [standing[k], standing[pivot]] = [standing[pivot]!, standing[k]!];
    }
    const head = a[k * size + k]!;
    if (head === 0) continue;
    for (let i = k + 1; i < size; i++) {
      const factor = a[i * size + k]! / head;
      a[i * size + k] = factor;
      for (let j = k + 1; j < size; j++) a[i * size + j]! -= factor * a[k * size + j]!;
    }
  }
  const rows = new Int32Array(size);
  for (const [at, row] of standing.entries()) rows[row] = at;
  return { size, rows, factors: a };
}

/** Steps after which the iterations end, should they not have settled. */
const MOST_STEPS = 1000;
/** Relative change of a singular value at which they have. */
const SETTLED = 1e-9;

/**
 * The largest singular value over the smallest: how much more a matrix stretches one direction than another, and about how
 * many times the rounding error of y = A x grows on the way back. ∞ for a singular matrix; NaN where an entry is no number.
 *
 * Both by power iteration, on AᵀA and on its inverse: n² operations a step instead of the n³ of a decomposition.
 */
export function conditionNumber(matrix: Float64Array): number {
  if (!matrix.every(Number.isFinite)) return NaN;
  const lu = luFactors(matrix);
  const { size } = lu;
  for (let i = 0; i < size; i++) if (lu.factors[i * size + i] === 0) return Infinity;
  const largest = growth(size, (v) => transposedTimes(matrix, times(matrix, v)));
  const smallest = growth(size, (v) => solve(lu, solveTransposed(lu, v)));
  return Math.sqrt(largest * smallest);
}

/** Largest eigenvalue of a positive definite map. */
function growth(size: number, map: (v: Float64Array) => Float64Array): number {
  // No direction that a structured matrix would have for an eigenvector of another eigenvalue.
  let v: Float64Array = Float64Array.from({ length: size }, (_, i) => 1 + 0.5 * Math.sin(1 + 2.3 * i));
  let found = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    const length = Math.hypot(...v);
    v = map(v.map((entry) => entry / length));
    const next = Math.hypot(...v);
    if (Math.abs(next - found) <= SETTLED * next) return next;
    found = next;
  }
  return found;
}

function times(a: Float64Array, v: Float64Array): Float64Array {
  const size = v.length;
  return v.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += a[i * size + j]! * v[j]!;
    return sum;
  });
}

function transposedTimes(a: Float64Array, v: Float64Array): Float64Array {
  const size = v.length;
  const sum = new Float64Array(size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sum[j]! += a[i * size + j]! * v[i]!;
  return sum;
}

/** A⁻¹ b. */
function solve({ size, rows, factors }: LuFactors, b: Float64Array): Float64Array {
  const z = new Float64Array(size);
  for (const [row, at] of rows.entries()) z[at] = b[row]!;
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) z[i]! -= factors[i * size + j]! * z[j]!;
  for (let i = size - 1; i >= 0; i--) {
    for (let j = i + 1; j < size; j++) z[i]! -= factors[i * size + j]! * z[j]!;
    z[i]! /= factors[i * size + i]!;
  }
  return z;
}

/** A⁻ᵀ b. */
function solveTransposed({ size, rows, factors }: LuFactors, b: Float64Array): Float64Array {
  const z = Float64Array.from(b);
  for (let i = 0; i < size; i++) {
    z[i]! /= factors[i * size + i]!;
    for (let j = i + 1; j < size; j++) z[j]! -= factors[i * size + j]! * z[i]!;
  }
  for (let i = size - 1; i >= 0; i--) for (let j = 0; j < i; j++) z[j]! -= factors[i * size + j]! * z[i]!;
  return Float64Array.from(rows, (at) => z[at]!);
}

function dotOfRows(a: Float64Array, size: number, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += a[i * size + k]! * a[j * size + k]!;
  return sum;
}

/** Row i += factor · row j. */
function addTo(a: Float64Array, size: number, i: number, j: number, factor: number): void {
  for (let k = 0; k < size; k++) a[i * size + k]! += factor * a[j * size + k]!;
}

function scaleRow(a: Float64Array, size: number, i: number, factor: number): void {
  for (let k = 0; k < size; k++) a[i * size + k]! *= factor;
}

/** +1 for an even permutation, −1 for an odd one. */
function parityOf(permutation: Int32Array): number {
  const seen = new Uint8Array(permutation.length);
  let sign = 1;
  for (const start of permutation.keys()) {
    let length = 0;
    for (let at = start; seen[at] === 0; at = permutation[at]!, length++) seen[at] = 1;
    if (length > 0 && length % 2 === 0) sign = -sign;
  }
  return sign;
}
