/** Determinants of plain matrices in float64: what a layer states of its volume is checked against them. */

/** Multiplications between two yields, some milliseconds. */
const CHUNK = 4_000_000;

/**
 * log|det A| of A [n, n], row-major, by elimination with partial pivots (Golub & Van Loan, algorithm 3.4.1); −∞ where A is
 * singular, not a number where an entry is not finite. Yields from time to time: 784 variables take a second.
 * @throws RangeError when the number of entries is no square.
 */
export function* logAbsDetInSteps(matrix: ArrayLike<number>): Generator<void, number, void> {
  const size = Math.sqrt(matrix.length);
  if (!Number.isInteger(size)) throw new RangeError(`a matrix of ${matrix.length} entries is not square`);
  const a = Float64Array.from(matrix);
  if (!a.every(Number.isFinite)) return NaN;
  let sum = 0;
  let work = 0;
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(a[i * size + k]!) > Math.abs(a[pivot * size + k]!)) pivot = i;
    if (pivot !== k) {
      const own = a.slice(k * size, (k + 1) * size);
      a.copyWithin(k * size, pivot * size, (pivot + 1) * size);
      a.set(own, pivot * size);
    }
    const head = a[k * size + k]!;
    sum += Math.log(Math.abs(head));
    // Nothing can be divided by 0, and log 0 = −∞ is the answer already.
    if (head === 0) return sum;
    for (let i = k + 1; i < size; i++) {
      const factor = a[i * size + k]! / head;
      // Flows' matrices are mostly 0 on one side of the diagonal.
      if (factor === 0) continue;
      for (let j = k + 1; j < size; j++) a[i * size + j]! -= factor * a[k * size + j]!;
      work += size - k;
    }
    if (work > CHUNK) {
      work = 0;
      yield;
    }
  }
  return sum;
}

/** The same at once. */
export function logAbsDet(matrix: ArrayLike<number>): number {
  const steps = logAbsDetInSteps(matrix);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
