/** Whether a program gives what the function gave that it was made from. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { NotCompilable } from './compiled.ts';

/** How far a program's results may be off, as a share of the largest entry: the order of sums may differ. */
const TOLERANCE = 1e-4;

/**
 * NaN is equal to NaN, infinities to themselves. A result without any finite number proves nothing, whatever was found:
 * one mistake and another both end there.
 * @throws NotCompilable naming the first result that is another, or that proves nothing
 */
export function checkSame(found: readonly Tensor[], expected: readonly Tensor[]): void {
  for (const [i, tensor] of expected.entries()) {
    const [a, b] = [found[i]!.dataSync<'float32'>(), tensor.dataSync<'float32'>()];
    const { difference, largest } = furthest(a, b);
    if (largest === -Infinity) throw new NotCompilable(`result ${i} has no finite number by which it could be checked`);
    if (difference > TOLERANCE * largest) throw new NotCompilable(`result ${i} is off by ${difference} of ${largest}`);
  }
}

interface Furthest {
  /** The largest of the absolute differences. */
  readonly difference: number;
  /** The largest absolute value that is expected; infinities left out, and −∞ where nothing is finite. */
  readonly largest: number;
}

/** As many entries as a model has weights, and what its optimiser keeps of them: without branches, if all are finite. */
function furthest(found: Float32Array, expected: Float32Array): Furthest {
  let [difference, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i]!;
    difference = Math.max(difference, Math.abs(found[i]! - value));
    largest = Math.max(largest, Math.abs(value));
  }
  // NaN stays through all that follows it.
  return Number.isFinite(difference) ? { difference, largest } : amongInfinities(found, expected);
}

function amongInfinities(found: Float32Array, expected: Float32Array): Furthest {
  let [difference, largest] = [0, -Infinity];
  for (const [i, value] of expected.entries()) {
    const one = found[i]!;
    const size = Math.abs(value);
    if (size < Infinity) largest = Math.max(largest, size);
    if (one === value || (Number.isNaN(one) && Number.isNaN(value))) continue;
    const error = Math.abs(one - value);
    difference = Math.max(difference, Number.isNaN(error) ? Infinity : error);
  }
  return { difference, largest };
}
