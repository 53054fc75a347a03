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
 * degree 0 and the outputs are biases alone. With a context, which has degree 0 itself, degrees start at 0: units of
 * degree 0 hear the context and nothing else, and through them the first variable depends on it.
 */
export function hiddenDegrees(
  degrees: MadeSpec['degrees'],
  widths: readonly number[],
  dimension: number,
  random: RandomGenerator,
  contextDimension = 0,
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
  let lowest = contextDimension > 0 ? 0 : Math.min(1, highest);
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

/** The structures of a MADE's masks: orders and degrees drawn anew where the spec says so. */
export function madeStructures(
  spec: MadeSpec,
  dimension: number,
  random: RandomGenerator,
  contextDimension = 0,
): MadeStructure[] {
  const first: MadeStructure = {
    order: orderDegrees(spec.order, dimension, random),
    hidden: hiddenDegrees(spec.degrees, spec.hidden, dimension, random, contextDimension),
    direct: spec.direct,
  };
  return Array.from({ length: spec.masks }, (_, i) =>
    i === 0 ? first : anotherStructure(first, spec, random, contextDimension),
  );
}

/** One more structure of the same model: what the spec says each mask draws is drawn, the rest is that of the first. */
function anotherStructure(
  { order, hidden, direct }: MadeStructure,
  spec: MadeSpec,
  random: RandomGenerator,
  contextDimension: number,
): MadeStructure {
  const dimension = order.length;
  return {
    order: spec.orderAgnostic ? orderDegrees('random', dimension, random) : order,
    hidden: spec.connectivityAgnostic
      ? hiddenDegrees(spec.degrees, spec.hidden, dimension, random, contextDimension)
      : hidden,
    direct,
  };
}

/** The structures of the model that an experiment with this `seed` trains: what is drawn before training is this. */
export function seededStructures(
  spec: MadeSpec,
  dimension: number,
  seed: number,
  contextDimension = 0,
): MadeStructure[] {
  return madeStructures(spec, dimension, RandomGenerator.seeded(seed, 'masks'), contextDimension);
}

/** A structure beyond those of the model's list: the same for the same seed and number, and stored nowhere. */
export function freshStructure(
  first: MadeStructure,
  spec: MadeSpec,
  {
    seed,
    number,
    contextDimension,
  }: { readonly seed: number; readonly number: number; readonly contextDimension: number },
): MadeStructure {
  return anotherStructure(first, spec, RandomGenerator.seeded(seed, `masks/${number}`), contextDimension);
}

/**
 * The same network under an order that has the known variables first: otherwise as they were in the order before. Degrees
 * of hidden units stay, which is how the weights were trained: with other variables behind them.
 * @param known [D], 1 at the variables that are to come first.
 */
export function structureWithFirst(structure: MadeStructure, known: Uint8Array): MadeStructure {
  const { order } = structure;
  const count = known.reduce((sum, one) => sum + one, 0);
  const byPosition = Int32Array.from(order.keys()).sort((a, b) => order[a]! - order[b]!);
  const next = [count, 0];
  const positions = new Int32Array(order.length);
  for (const variable of byPosition) positions[variable] = ++next[known[variable]!]!;
  return { ...structure, order: positions };
}
