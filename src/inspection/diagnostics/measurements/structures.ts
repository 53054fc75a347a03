import {
  compareWithTriangle,
  layerSizes,
  type MaskedNetwork,
  type Pair,
  reachability,
} from '../../../masks/network.ts';
import type { MaskedAutoregressive } from '../../../models/model.ts';
import type { Chunked } from '../../source.ts';
import type { Measurement } from './measurement.ts';

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
  readonly leaks: Violations;
  readonly losses: Violations;
  /** Outputs that see nothing though earlier variables exist. */
  readonly blindOutputs: number;
  /** Hidden units with no way from an input or to an output, by layer (1 is the first hidden layer). */
  readonly cutOff: readonly CutOffUnit[];
}

/** How many of so many pairs are wrong, and the first of them. */
export interface Violations {
  readonly count: number;
  readonly of: number;
  readonly pairs: readonly Pair[];
}

export interface CutOffUnit {
  readonly layer: number;
  readonly unit: number;
  readonly from: 'inputs' | 'outputs';
}

/** The model's structures, one a chunk: all of them, or the first 32. */
export const structures: Measurement<readonly StructureFacts[]> = {
  depth: 'facts',
  applies: ({ masked }) => masked !== null,
  async *measure({ source: { model } }) {
    return model.masked && (yield* structureFacts(model.masked, model.maskCount));
  },
};

async function* structureFacts(masked: MaskedAutoregressive, maskCount: number): Chunked<StructureFacts[]> {
  const facts: StructureFacts[] = [];
  for (let mask = 0; mask < Math.min(maskCount, MAX_STRUCTURES); mask++) {
    facts.push(factsOf(mask, masked.structure(mask).order, masked.network(mask)));
    yield;
  }
  return facts;
}

/** Facts of one network under an order of its variables. */
export function factsOf(mask: number, order: Int32Array, network: MaskedNetwork): StructureFacts {
  const { leaks, losses, forbidden, required } = compareWithTriangle(reachability(network), order);
  const lost = new Int32Array(order.length);
  for (const { output } of losses) lost[output]!++;
  return {
    mask,
    order,
    sizes: layerSizes(network),
    leaks: violations(leaks, forbidden),
    losses: violations(losses, required),
    blindOutputs: lost.filter((inputs, output) => inputs > 0 && inputs === order[output]! - 1).length,
    cutOff: cutOffUnits(network),
  };
}

function violations(pairs: readonly Pair[], of: number): Violations {
  return { count: pairs.length, of, pairs: pairs.slice(0, EXAMPLES) };
}

/** Hidden units with no way from any input, and those with none to any output; a unit with neither counts as the first. */
export function cutOffUnits(network: MaskedNetwork): CutOffUnit[] {
  const sizes = layerSizes(network);
  const fed = sizes.map((size) => new Uint8Array(size));
  const heard = sizes.map((size) => new Uint8Array(size));
  fed[0]!.fill(1);
  heard[sizes.length - 1]!.fill(1);
  network.masks.forEach(({ rows, columns, cells }, l) => {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) fed[l + 1]![r]! |= cells[r * columns + c]! & fed[l]![c]!;
    }
  });
  for (let l = network.masks.length - 1; l >= 0; l--) {
    const { rows, columns, cells } = network.masks[l]!;
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) heard[l]![c]! |= cells[r * columns + c]! & heard[l + 1]![r]!;
    }
  }
  const cutOff: CutOffUnit[] = [];
  for (let layer = 1; layer < sizes.length - 1; layer++) {
    for (let unit = 0; unit < sizes[layer]!; unit++) {
      if (fed[layer]![unit] === 0) cutOff.push({ layer, unit, from: 'inputs' });
      else if (heard[layer]![unit] === 0) cutOff.push({ layer, unit, from: 'outputs' });
    }
  }
  return cutOff;
}
