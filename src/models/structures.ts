/** How many structures a model has. */
import type { Model, NamedTensors } from './model.ts';

export type Structures = Pick<Model, 'maskCount' | 'drawsMasks'>;

/** Whether its masks are the same whatever is asked of it. */
export function hasOneStructure({ maskCount, drawsMasks = false }: Structures): boolean {
  return maskCount === 1 && !drawsMasks;
}

/** What a pass of the model is given and has the same values in every run, see `Pass.fixed`: masks where there is one structure. */
export function fixedMasks(model: Structures): (inputs: { readonly masks: NamedTensors }) => NamedTensors | null {
  return ({ masks }) => (hasOneStructure(model) ? masks : null);
}
