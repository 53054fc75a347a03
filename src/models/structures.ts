/** How many structures a model has. */
import type { Model } from './model.ts';

export type Structures = Pick<Model, 'maskCount' | 'drawsMasks'>;

/** Whether its masks are the same whatever is asked of it. */
export function hasOneStructure({ maskCount, drawsMasks = false }: Structures): boolean {
  return maskCount === 1 && !drawsMasks;
}
