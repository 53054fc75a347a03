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

/** Of one layer, or of all: found once, since it never changes. @param layer from 0, or {@link WHOLE_FLOW} */
export function structureOf(flow: Flow, layer: number): PartStructure {
  const own = known.get(flow) ?? new Map<number, PartStructure>();
  known.set(flow, own);
  let found = own.get(layer);
  if (!found) {
    const { structure, origin } = layer === WHOLE_FLOW ? productOf(flow) : partOf(flow, layer);
    own.set(layer, (found = { structure, origin, form: blockForm(structure, origin) }));
  }
  return found;
}

function partOf({ layers }: Flow, layer: number): Omit<PartStructure, 'form'> {
  const { dependencies, origin } = layers[layer]!.bijector;
  return { structure: packed(dependencies), origin };
}

function productOf(flow: Flow): Omit<PartStructure, 'form'> {
  const parts = flow.layers.map((_, l) => partOf(flow, l));
  return parts.reduce((before, after) => ({
    structure: booleanProduct(after.structure, before.structure),
    origin: after.origin.map((place) => before.origin[place]!),
  }));
}

/** [D] the variable of the data at every place of a stage, 0 being the data themselves. */
export function variablesAt({ layers, dimension }: Flow, stage: number): Int32Array {
  let variables = Int32Array.from({ length: dimension }, (_, d) => d);
  for (const { bijector } of layers.slice(0, stage)) {
    variables = bijector.origin.map((place) => variables[place]!);
  }
  return variables;
}
