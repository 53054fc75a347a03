/** Whether a program gives what the function gave that it was made from. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { NotCompilable } from './compiled.ts';

/** How far a program's results may be off, as a share of the largest entry: the order of sums may differ. */
const TOLERANCE = 1e-4;

/**
 * NaN is equal to NaN, infinities to themselves.
 * @throws NotCompilable naming the first result that is another
 */
export function checkSame(found: readonly Tensor[], expected: readonly Tensor[]): void {
  for (const [i, tensor] of expected.entries()) {
    const [a, b] = [found[i]!.dataSync<'float32'>(), tensor.dataSync<'float32'>()];
    let [difference, largest] = [0, 0];
    for (const [j, value] of b.entries()) {
      if (Object.is(a[j], value) || a[j] === value) {
        if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
        continue;
      }
      const error = Math.abs(a[j]! - value);
      difference = Number.isNaN(error) ? Infinity : Math.max(difference, error);
      largest = Math.max(largest, Math.abs(value));
    }
    if (difference > TOLERANCE * largest) throw new NotCompilable(`result ${i} is off by ${difference} of ${largest}`);
  }
}
