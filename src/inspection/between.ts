/** Ways from one place to another in a space whose middle is the origin. */

export type WalkPath = 'straight' | 'spherical';

/** Two rows that point the same way have no great circle of their own. */
const SAME_WAY = 1e-4;

/** Distance from the origin. */
export const norm = (u: Float32Array): number => Math.sqrt(u.reduce((sum, value) => sum + value * value, 0));

/** [steps] distances of rows [steps, D] from the origin. */
export function norms(way: Float32Array, dimension: number): Float32Array {
  const steps = way.length / dimension;
  return Float32Array.from({ length: steps }, (_, k) => norm(way.subarray(k * dimension, (k + 1) * dimension)));
}

/**
 * [steps, D] from a to b. `spherical`: along the great circle between their directions, lengths going over evenly (Shoemake
 * 1985), so that the way stays as far out as draws from a Gaussian are; straight where the two point the same way.
 */
export function between(a: Float32Array, b: Float32Array, steps: number, path: WalkPath): Float32Array {
  const [lengthA, lengthB] = [norm(a), norm(b)];
  const cosine = a.reduce((sum, value, d) => sum + value * b[d]!, 0) / (lengthA * lengthB);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const bent = path === 'spherical' && Math.sin(angle) > SAME_WAY;
  const way = new Float32Array(steps * a.length);
  for (let k = 0; k < steps; k++) {
    const t = steps === 1 ? 0 : k / (steps - 1);
    const length = lengthA + (lengthB - lengthA) * t;
    const [fromA, fromB] = bent
      ? [
          (length * Math.sin((1 - t) * angle)) / (Math.sin(angle) * lengthA),
          (length * Math.sin(t * angle)) / (Math.sin(angle) * lengthB),
        ]
      : [1 - t, t];
    for (let d = 0; d < a.length; d++) way[k * a.length + d] = fromA * a[d]! + fromB * b[d]!;
  }
  return way;
}
