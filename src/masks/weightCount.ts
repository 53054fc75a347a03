/** How many weights a masked network has, by what its forward pass multiplies. */
import type { Connectivity, Joint } from './connectivity.ts';

export interface WeightsEach {
  /** Numbers that each output gives, k: a row of V and of A for every one of them. */
  readonly perOutput?: number;
  /** Which matrices, in the order of the joints, have a companion of the same mask that is applied to ones (MADE's U). */
  readonly companions?: (index: number) => boolean;
}

/** The weights that one connection of each matrix stands for, in the order of the joints. */
export function weightsPerConnection(
  { joints, last }: { readonly joints: readonly Joint[]; readonly last: number },
  { perOutput = 1, companions = () => false }: WeightsEach,
): number[] {
  return joints.map(({ index, to }) => (to === last ? perOutput : 1) * (companions(index) ? 2 : 1));
}

export interface WeightCount {
  readonly existing: number;
  readonly all: number;
}

/**
 * The weights that masks leave, and all: the direct connection's and companions included. A context's weights, of which
 * none is ever masked, and biases are not among them.
 * @param each weights of one connection of each matrix; what the network itself says of them where left out.
 */
export function countWeights(network: Connectivity, each: readonly number[] | null = network.weightsEach): WeightCount {
  let existing = 0;
  let all = 0;
  for (const { index, from, to } of network.joints) {
    const times = each?.[index] ?? 1;
    existing += times * network.existing(index);
    all += times * network.layers[from]!.units * network.layers[to]!.units;
  }
  return { existing, all };
}
