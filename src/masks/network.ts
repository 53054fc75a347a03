/**
 * The masked network as a layered graph: any stack of masks from inputs to outputs.
 *
 * MADE's masks come from degrees, wrong specimens' and other models' from anywhere; what reaches what is therefore
 * computed on the masks themselves (`byMasks.ts`), never assumed.
 */
import type { MadeMasks } from './masks.ts';
import type { MaskMatrix } from './matrix.ts';

/** Masks in the order in which the signal passes them, and an optional mask from inputs straight to outputs. */
export interface MaskedNetwork {
  /** masks[l]: [units of layer l+1, units of layer l]; layer 0 are the inputs, the last one the outputs. */
  readonly masks: readonly MaskMatrix[];
  readonly direct: MaskMatrix | null;
  /** What the rows are conditioned on: leads to every unit of some layers, has degree 0; left out for none. */
  readonly context?: NetworkContext;
  /** Units of each node of the hidden layers, where nodes are not single units but vectors of them (NADE). */
  readonly vectors?: readonly number[];
}

/** A context of so many columns, and the layers all of whose units it leads to. */
export interface NetworkContext {
  readonly size: number;
  readonly into: readonly number[];
}

/** @param contextDimension columns of a context, which leads to the first hidden layer and to the outputs; 0 for none. */
export function networkOf(masks: MadeMasks, contextDimension = 0): MaskedNetwork {
  const network = { masks: [...masks.hidden, masks.output], direct: masks.direct };
  if (contextDimension === 0) return network;
  return { ...network, context: { size: contextDimension, into: [1, network.masks.length] } };
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

/** Compares which input reaches which output, [D, D], with the strict triangle of `order` (degrees of the inputs). */
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
