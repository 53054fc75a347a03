/** What the hovers of flows have computed, for the next key of the same specification. */
import { flowLayersOf, type FlowLayerStructure, type FlowSpec } from '../../../src/masks/flowLayers.ts';
import { flowStructure, type FlowStructure } from '../../../src/masks/flowStructure.ts';

/** Of more variables the product of the layers takes too long while somebody waits for a hover. */
const MOST_VARIABLES = 1024;
/** Specifications remembered; of 1,024 variables the structure of each takes 128 KB. */
const MOST_REMEMBERED = 8;

export interface ComposedFlow {
  readonly layers: readonly FlowLayerStructure[];
  /** Null of more variables than can be composed while somebody waits. */
  readonly structure: FlowStructure | null;
}

const remembered = new Map<string, ComposedFlow>();

/**
 * The layers and what they come to, computed once for a specification of the same text.
 * @throws RangeError where the model cannot be built, as {@link flowLayersOf} does.
 */
export function composedFlow(model: FlowSpec, dimension: number, seed: number, contextDimension: number): ComposedFlow {
  const text = JSON.stringify([model, dimension, seed, contextDimension]);
  const known = remembered.get(text);
  if (known) return known;
  const layers = flowLayersOf(model, dimension, seed, contextDimension);
  const blocks = 'blocks' in model ? model.blocks : 0;
  const structure = dimension <= MOST_VARIABLES ? flowStructure(layers, dimension, blocks) : null;
  const composed = { layers, structure };
  remembered.set(text, composed);
  if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!);
  return composed;
}
