/**
 * Eigenvalues of a symmetric matrix in float64: reduced to three diagonals by Householder's reflections, then the QL
 * algorithm with implicit shifts (Golub & Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3). Yields between columns,
 * since of a thousand variables it takes about a second.
 */

/** A QL iteration that does not settle is a matrix that holds no numbers. */
const MOST_SWEEPS = 60;

/**
 * @param matrix [D, D], overwritten; only its lower triangle is read.
 * @returns [D] falling.
 * @throws RangeError when entries are not finite.
 */
export function* symmetricEigenvalues(matrix: Float64Array): Generator<void, Float64Array, void> {
  if (!matrix.every(Number.isFinite)) throw new RangeError('the matrix has entries that are not finite');
  const { diagonal, beside } = yield* threeDiagonals(matrix);
  yield;
  return ql(diagonal, beside).sort().reverse();
}

interface ThreeDiagonals {
  readonly diagonal: Float64Array;
  /** Entry i is between i − 1 and i; the first is 0. */
  readonly beside: Float64Array;
}

function* threeDiagonals(a: Float64Array): Generator<void, ThreeDiagonals, void> {
  const size = Math.sqrt(a.length);
  const beside = new Float64Array(size);
  const p = new Float64Array(size);
  for (let i = size - 1; i > 0; i--) {
    const row = i * size;
    let norm = 0;
    for (let k = 0; k < i; k++) norm = Math.hypot(norm, a[row + k]!);
    const head = a[row + i - 1]!;
    if (i === 1 || norm === 0) {
      beside[i] = head;
      continue;
    }
    // v = x ± |x|e turns x into a multiple of e; the sign that adds loses no digits.
    const turned = head >= 0 ? -norm : norm;
    beside[i] = turned;
    const h = norm * norm - head * turned;
    a[row + i - 1] = head - turned;
    let along = 0;
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += a[j * size + k]! * a[row + k]!;
      for (let k = j + 1; k < i; k++) sum += a[k * size + j]! * a[row + k]!;
      p[j] = sum / h;
      along += p[j]! * a[row + j]!;
    }
    const half = along / (2 * h);
    for (let j = 0; j < i; j++) p[j]! -= half * a[row + j]!;
    for (let j = 0; j < i; j++) {
      const [vj, pj] = [a[row + j]!, p[j]!];
      for (let k = 0; k <= j; k++) a[j * size + k]! -= vj * p[k]! + pj * a[row + k]!;
    }
    if (i % 8 === 0) yield;
  }
  return { diagonal: Float64Array.from({ length: size }, (_, i) => a[i * size + i]!), beside };
}

function ql(d: Float64Array, beside: Float64Array): Float64Array {
  const size = d.length;
  const e = new Float64Array(size);
  e.set(beside.subarray(1));
  for (let l = 0; l < size; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      while (m < size - 1 && Math.abs(e[m]!) > Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) m++;
      if (m === l) break;
      if (sweep === MOST_SWEEPS) throw new RangeError('the eigenvalues do not settle');
      const shift = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      const far = Math.hypot(shift, 1);
      let g = d[m]! - d[l]! + e[l]! / (shift + (shift >= 0 ? far : -far));
      let [s, c, sum] = [1, 1, 0];
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i]!;
        const b = c * e[i]!;
        const r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= sum;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - sum;
        const turn = (d[i]! - g) * s + 2 * c * b;
        sum = s * turn;
        d[i + 1] = g + sum;
        g = c * turn - b;
      }
      if (i >= l) continue;
      d[l]! -= sum;
      e[l] = g;
      e[m] = 0;
    }
  }
  return d;
}
