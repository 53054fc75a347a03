/** The structure of a flow's layers and of their product: who may depend on whom, and which variable stands where. */
import type { Flow } from '../flows/flow.ts';
import { packed, type BitMatrix } from '../masks/bits.ts';
import { blockForm, booleanProduct, type BlockForm } from '../masks/blocks.ts';
import { WHOLE_FLOW } from './frames/flowJacobian.ts';

export interface PartStructure {
  readonly structure: BitMatrix;
  /** [D] the place before that each place after continues. */
  readonly origin: Int32Array;
  readonly form: BlockForm;
}

const known = new WeakMap<Flow, Map<number, PartStructure>>();

/**
 * Of one layer, or of all: found once, since it never changes. Yields between pieces: of 784 variables there are half a
 * million pairs in every layer.
 * @param layer from 0, or {@link WHOLE_FLOW}
 */
export function* structureOf(flow: Flow, layer: number): Generator<void, PartStructure, void> {
  const own = known.get(flow) ?? new Map<number, PartStructure>();
  known.set(flow, own);
  let found = own.get(layer);
  if (!found) {
    const { structure, origin } = layer === WHOLE_FLOW ? yield* productOf(flow) : partOf(flow, layer);
    yield;
    own.set(layer, (found = { structure, origin, form: blockForm(structure, origin) }));
  }
  return found;
}

function partOf({ layers }: Flow, layer: number): Omit<PartStructure, 'form'> {
  const { dependencies, origin } = layers[layer]!.bijector;
  return { structure: packed(dependencies), origin };
}

function* productOf(flow: Flow): Generator<void, Omit<PartStructure, 'form'>, void> {
  let before = partOf(flow, 0);
  for (let l = 1; l < flow.layers.length; l++) {
    const after = partOf(flow, l);
    yield;
    const { origin } = before;
    before = {
      structure: booleanProduct(after.structure, before.structure),
      origin: after.origin.map((place) => origin[place]!),
    };
    yield;
  }
  return before;
}

/** [D] the variable of the data at every place of a stage, 0 being the data themselves. */
export function variablesAt({ layers, dimension }: Flow, stage: number): Int32Array {
  let variables = Int32Array.from({ length: dimension }, (_, d) => d);
  for (const { bijector } of layers.slice(0, stage)) {
    variables = bijector.origin.map((place) => variables[place]!);
  }
  return variables;
}
