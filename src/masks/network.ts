/**
 * The masked network as a layered graph: any stack of masks from inputs to outputs, with what reaches what.
 *
 * MADE's masks come from degrees, wrong specimens' and other models' from anywhere; reachability is therefore
 * computed on the masks themselves, never assumed.
 */
import type { MadeMasks } from './masks.ts';
import { maskOf, type MaskMatrix } from './matrix.ts';

/** Masks in the order in which the signal passes them, and an optional mask from inputs straight to outputs. */
export interface MaskedNetwork {
  /** masks[l]: [units of layer l+1, units of layer l]; layer 0 are the inputs, the last one the outputs. */
  readonly masks: readonly MaskMatrix[];
  readonly direct: MaskMatrix | null;
}

export function networkOf(masks: MadeMasks): MaskedNetwork {
  return { masks: [...masks.hidden, masks.output], direct: masks.direct };
}

/** Units of each layer, inputs first, outputs last. */
export function layerSizes(network: MaskedNetwork): number[] {
  return [network.masks[0]!.columns, ...network.masks.map((mask) => mask.rows)];
}

/** One unit of the graph; `layer` 0 are the inputs. */
export interface UnitId {
  readonly layer: number;
  readonly unit: number;
}

/** For each layer, 1 at the units that are reached. */
export type LayerMarks = readonly Uint8Array[];

/**
 * Number of paths from every input to every output, [D, D] row-major, outputs as rows: the connectivity matrix
 * M^V M^(W^L) … M^(W^1) of MADE section 3, plus the direct connection. Float64: counts are exact up to 2^53.
 */
export function pathCounts(network: MaskedNetwork): Float64Array {
  const [first, ...rest] = network.masks;
  let counts = Float64Array.from(first!.cells);
  const columns = first!.columns;
  for (const mask of rest) counts = maskTimes(mask, counts, columns);
  if (network.direct) for (const [i, cell] of network.direct.cells.entries()) counts[i]! += cell;
  return counts;
}

/** mask [R, K] times counts [K, columns]. */
function maskTimes(mask: MaskMatrix, counts: Float64Array, columns: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(mask.rows * columns);
  for (let r = 0; r < mask.rows; r++) {
    const out = product.subarray(r * columns, (r + 1) * columns);
    for (let k = 0; k < mask.columns; k++) {
      if (mask.cells[r * mask.columns + k] === 0) continue;
      const from = k * columns;
      for (let c = 0; c < columns; c++) out[c]! += counts[from + c]!;
    }
  }
  return product;
}

/** Which input reaches which output: [D, D], the support of {@link pathCounts}, by 32-bit sets of inputs. */
export function reachability(network: MaskedNetwork): MaskMatrix {
  const inputs = network.masks[0]!.columns;
  const words = Math.ceil(inputs / 32);
  let reach = new Uint32Array(inputs * words);
  for (let d = 0; d < inputs; d++) reach[d * words + (d >> 5)] = 1 << (d & 31);
  const start = reach;
  for (const mask of network.masks) reach = unionThrough(mask, reach, words);
  if (network.direct) {
    const direct = unionThrough(network.direct, start, words);
    for (const [i, word] of direct.entries()) reach[i]! |= word;
  }
  const outputs = network.masks[network.masks.length - 1]!.rows;
  return maskOf(outputs, inputs, (o, d) => ((reach[o * words + (d >> 5)]! >>> (d & 31)) & 1) === 1);
}

function unionThrough(mask: MaskMatrix, below: Uint32Array, words: number): Uint32Array<ArrayBuffer> {
  const above = new Uint32Array(mask.rows * words);
  for (let r = 0; r < mask.rows; r++) {
    for (let k = 0; k < mask.columns; k++) {
      if (mask.cells[r * mask.columns + k] === 0) continue;
      for (let w = 0; w < words; w++) above[r * words + w]! |= below[k * words + w]!;
    }
  }
  return above;
}

/** One input–output pair. */
export interface Pair {
  readonly output: number;
  readonly input: number;
}

/** How reachability differs from the strict triangle of an order. */
export interface ReachabilityReport {
  /** Pairs that must depend and may: D(D−1)/2. */
  readonly required: number;
  /** Pairs that must not depend: D(D+1)/2, each variable on itself included. */
  readonly forbidden: number;
  /** Forbidden pairs that depend all the same. */
  readonly leaks: readonly Pair[];
  /** Required pairs that no path joins. */
  readonly losses: readonly Pair[];
}

/** Compares {@link reachability} with the strict triangle of `order` (degrees of the inputs). */
export function compareWithTriangle(reach: MaskMatrix, order: Int32Array): ReachabilityReport {
  const dimension = order.length;
  const leaks: Pair[] = [];
  const losses: Pair[] = [];
  for (let output = 0; output < dimension; output++) {
    for (let input = 0; input < dimension; input++) {
      const wanted = order[output]! > order[input]!;
      const found = reach.cells[output * dimension + input] === 1;
      if (found && !wanted) leaks.push({ output, input });
      if (!found && wanted) losses.push({ output, input });
    }
  }
  return {
    required: (dimension * (dimension - 1)) / 2,
    forbidden: (dimension * (dimension + 1)) / 2,
    leaks,
    losses,
  };
}
