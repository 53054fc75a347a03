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
    let difference = 0;
    let largest = 0;
    // By index: there are as many entries as a model has weights, and what its optimiser keeps of them.
    for (let j = 0; j < b.length; j++) {
      const one = a[j]!;
      const value = b[j]!;
      const size = Math.abs(value);
      if (one === value || (Number.isNaN(one) && Number.isNaN(value))) {
        if (size < Infinity && size > largest) largest = size;
        continue;
      }
      const error = Math.abs(one - value);
      if (Number.isNaN(error)) difference = Infinity;
      else if (error > difference) difference = error;
      if (size < Infinity && size > largest) largest = size;
    }
    if (difference > TOLERANCE * largest) throw new NotCompilable(`result ${i} is off by ${difference} of ${largest}`);
  }
}
