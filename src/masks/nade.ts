/**
 * The structure of NADE and EoNADE: their orders, and the network that is drawn of them.
 *
 * The hidden vectors h_1 … h_D of H units each are one node each, since a drawing of D·H units would show the same
 * weights D times over. Inputs lead to the hidden vectors of later variables, each hidden vector to its own output. With
 * several layers a variable has a vector in each, joined one by one.
 */
import { RandomGenerator } from '../random/generator.ts';
import type { EonadeSpec } from '../spec/models/eonade.ts';
import { orderDegrees } from './degrees.ts';
import { strictTriangle } from './masks.ts';
import { maskOf } from './matrix.ts';
import type { MaskedNetwork } from './network.ts';

/**
 * The orders of EoNADE: the first as the specification says, the others at random. Each has a stream of random numbers of
 * its own, so that there is one for every number, beyond those that the ensemble has, too.
 */
export function eonadeOrder(
  spec: Pick<EonadeSpec, 'order'>,
  dimension: number,
  seed: number,
  which: number,
): Int32Array {
  const random = RandomGenerator.seeded(seed, which === 0 ? 'masks' : `masks/${which}`);
  return orderDegrees(which === 0 ? spec.order : 'random', dimension, random);
}

/** @param hidden units of the vectors of each layer. */
export function nadeConnections(order: Int32Array, hidden: readonly number[]): MaskedNetwork {
  const dimension = order.length;
  const own = maskOf(dimension, dimension, (to, from) => to === from);
  return {
    masks: [strictTriangle(order), ...hidden.map(() => own)],
    direct: null,
    vectors: hidden,
  };
}

/** Of every layer's vectors the number of variables that they have seen: those before their own. */
export function nadeDegrees(order: Int32Array, hidden: readonly number[]): Int32Array[] {
  const seen = order.map((position) => position - 1);
  return hidden.map(() => seen);
}
