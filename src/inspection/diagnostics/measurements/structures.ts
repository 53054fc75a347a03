import { fromMasks } from '../../../masks/byMasks.ts';
import type { Connectivity, CutOffUnit } from '../../../masks/connectivity.ts';
import { layerSizes, type MaskedNetwork, type Pair } from '../../../masks/network.ts';
import { type ConditionalNetwork, conditionalsOf } from '../../../models/model.ts';
import type { Chunked } from '../../source.ts';
import type { Measurement } from './measurement.ts';
import { type BlindSpot, pixelFacts } from './pixelFacts.ts';
import { inverseOf, isInvolution } from './orders.ts';

/** Structures looked at; further ones are drawn by the same rule. */
const MAX_STRUCTURES = 32;
/** Pairs kept as examples. */
const EXAMPLES = 20;

/** One structure of a masked network and what reaches what in it. */
export interface StructureFacts {
  readonly mask: number;
  readonly order: Int32Array;
  /** Units of each layer, inputs first, outputs last. */
  readonly sizes: readonly number[];
  /** Whether what lies between is not units but whole vectors of them, as in NADE. */
  readonly vectors: boolean;
  readonly leaks: Violations;
  readonly losses: Violations;
  /** The same under the inverse of the order, where something leaks and the order is not its own inverse. */
  readonly underInverse?: { readonly leaks: number; readonly losses: number };
  /** Of networks over pixels: what the pixel in the middle misses; left out for others. */
  readonly pixels?: BlindSpot;
  /** Outputs that see nothing though earlier variables exist. */
  readonly blindOutputs: number;
  /** Hidden units with no way from an input or a context, or with none to an output, by layer (1 is the first hidden one). */
  readonly cutOff: readonly CutOffUnit[];
}

/** How many of so many pairs are wrong, and the first of them. */
export interface Violations {
  readonly count: number;
  readonly of: number;
  readonly pairs: readonly Pair[];
}

/** The model's structures, one a chunk: all of them, or the first 32. */
export const structures: Measurement<readonly StructureFacts[]> = {
  depth: 'facts',
  applies: (model) => conditionalsOf(model) !== null,
  async *measure({ source: { model } }) {
    if (model.pixels) return [yield* pixelFacts(model.pixels, model.dimension)];
    return model.network && (yield* structureFacts(model.network, model.maskCount));
  },
};

async function* structureFacts(network: ConditionalNetwork, maskCount: number): Chunked<StructureFacts[]> {
  const facts: StructureFacts[] = [];
  for (let mask = 0; mask < Math.min(maskCount, MAX_STRUCTURES); mask++) {
    facts.push(factsOf(mask, network.order(mask), network.connections(mask)));
    yield;
  }
  return facts;
}

/** Facts of one network under an order of its variables. */
export function factsOf(mask: number, order: Int32Array, network: MaskedNetwork): StructureFacts {
  const connectivity = fromMasks(network, order);
  const { leaks, losses, forbidden, required } = connectivity.report();
  const lost = new Int32Array(order.length);
  for (const { output } of losses) lost[output]!++;
  const underInverse = leaks.length > 0 && !isInvolution(order) && reportUnder(network, inverseOf(order));
  return {
    mask,
    order,
    ...(underInverse && { underInverse }),
    sizes: layerSizes(network),
    vectors: network.vectors !== undefined,
    leaks: violations(leaks, forbidden),
    losses: violations(losses, required),
    blindOutputs: lost.filter((inputs, output) => inputs > 0 && inputs === order[output]! - 1).length,
    cutOff: network.vectors ? cutOffVectors(connectivity) : connectivity.cutOff(),
  };
}

/** The vectors of the order's first variable see nothing and must not: they are there for its bias alone. */
function cutOffVectors(connectivity: Connectivity): readonly CutOffUnit[] {
  const { earliestOutput } = connectivity.ends();
  return connectivity.cutOff().filter(({ layer, unit }) => earliestOutput[layer]![unit] !== 1);
}

function reportUnder(network: MaskedNetwork, order: Int32Array) {
  const { leaks, losses } = fromMasks(network, order).report();
  return { leaks: leaks.length, losses: losses.length };
}

function violations(pairs: readonly Pair[], of: number): Violations {
  return { count: pairs.length, of, pairs: pairs.slice(0, EXAMPLES) };
}
