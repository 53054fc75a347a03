/**
 * Orders and degrees of a MADE (Germain et al. 2015, section 3 and 4).
 *
 * The degree of an input is its position in the order, 1 … D. A hidden unit of degree m sees inputs of degree ≤ m.
 */
import { RandomGenerator } from '../random/generator.ts';
import type { MadeSpec } from '../spec/models/made.ts';
import { permutationFault } from '../spec/models/permutation.ts';

/** The connectivity of one MADE, from which every mask follows. */
export interface MadeStructure {
  /** order[d] is the position of variable d, 1 … D: the degree m⁰(d) of the paper, not the d-th variable. */
  readonly order: Int32Array;
  /** Degrees of each hidden layer, first to last. */
  readonly hidden: readonly Int32Array[];
  /** Whether inputs also reach the outputs directly. */
  readonly direct: boolean;
}

/** Degrees of the inputs under a named order or a given one. @throws RangeError when a given order is no permutation. */
export function orderDegrees(order: MadeSpec['order'], dimension: number, random: RandomGenerator): Int32Array {
  if (order === 'natural') return Int32Array.from({ length: dimension }, (_, d) => d + 1);
  if (order === 'reversed') return Int32Array.from({ length: dimension }, (_, d) => dimension - d);
  if (order === 'random') return random.permutation(dimension).map((position) => position + 1);
  const fault = permutationFault(order, dimension);
  if (fault) throw new RangeError(`order ${fault.message}`);
  return Int32Array.from(order);
}

/**
 * Degrees of the hidden layers.
 *
 * `random`: uniform over [smallest degree of the layer below, D−1], so that no unit is cut off from the inputs;
 * `even`: spread over 1 … D−1; a list per layer is taken as it is. With D = 1 there is nothing to see: every unit has
 * degree 0 and the outputs are biases alone.
 */
export function hiddenDegrees(
  degrees: MadeSpec['degrees'],
  widths: readonly number[],
  dimension: number,
  random: RandomGenerator,
): Int32Array[] {
  if (typeof degrees !== 'string') {
    if (degrees.length !== widths.length) {
      throw new RangeError(`degrees has ${degrees.length} lists; the model has ${widths.length} hidden layers`);
    }
    return degrees.map((layer, l) => {
      if (layer.length !== widths[l]) {
        throw new RangeError(`degrees[${l}] has ${layer.length} entries; hidden layer ${l + 1} has ${widths[l]} units`);
      }
      return Int32Array.from(layer);
    });
  }
  const highest = dimension - 1;
  let lowest = Math.min(1, highest);
  return widths.map((width) => {
    const layer =
      degrees === 'even'
        ? evenDegrees(width, lowest, highest)
        : Int32Array.from({ length: width }, () => random.integer(lowest, highest));
    lowest = layer.reduce((a, b) => Math.min(a, b), highest);
    return layer;
  });
}

function evenDegrees(width: number, lowest: number, highest: number): Int32Array {
  if (width === 1) return Int32Array.of(highest);
  return Int32Array.from({ length: width }, (_, k) => Math.round(lowest + ((highest - lowest) * k) / (width - 1)));
}

/** The `count` structures that a MADE cycles through: orders and degrees drawn anew where the spec says so. */
export function madeStructures(spec: MadeSpec, dimension: number, random: RandomGenerator): MadeStructure[] {
  const firstOrder = orderDegrees(spec.order, dimension, random);
  const firstHidden = hiddenDegrees(spec.degrees, spec.hidden, dimension, random);
  return Array.from({ length: spec.masks }, (_, i) => ({
    order: spec.orderAgnostic && i > 0 ? orderDegrees('random', dimension, random) : firstOrder,
    hidden:
      spec.connectivityAgnostic && i > 0 ? hiddenDegrees(spec.degrees, spec.hidden, dimension, random) : firstHidden,
    direct: spec.direct,
  }));
}

/** The structures of the model that an experiment with this `seed` trains: what is drawn before training is this. */
export function seededStructures(spec: MadeSpec, dimension: number, seed: number): MadeStructure[] {
  return madeStructures(spec, dimension, RandomGenerator.seeded(seed, 'masks'));
}
