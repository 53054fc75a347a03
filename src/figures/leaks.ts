/** Which marks show what leaks. */
import { forEachBit, type BitMatrix } from '../masks/bits.ts';
import type { Connectivity } from '../masks/connectivity.ts';
import type { Pair } from '../masks/network.ts';
import { seesEverything } from './sentences.ts';

/**
 * The weights of a matrix to be marked as lying on a leak; null without any, and where paths join everything: all weights
 * do then, and to mark them would hide what they are.
 */
export function leakingWeights(network: Connectivity, joint: number): BitMatrix | null {
  return seesEverything(network) ? null : network.leaking(joint);
}

/** The weights of a matrix that lie on a leak, receiver as `output`, sender as `input`; none in a sound network. */
export function leakingCells(network: Connectivity, joint: number): Pair[] {
  const mask = leakingWeights(network, joint);
  const cells: Pair[] = [];
  for (let output = 0; mask && output < mask.rows; output++) {
    forEachBit(mask, output, (input) => cells.push({ output, input }));
  }
  return cells;
}

/** Every so-manieth of many, so that `most` markers lie all over where the cells do. */
export function spread<T>(cells: readonly T[], most: number): readonly T[] {
  const every = Math.ceil(cells.length / most);
  return every <= 1 ? cells : cells.filter((_, i) => i % every === 0);
}
