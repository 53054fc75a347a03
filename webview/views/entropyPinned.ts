/** The variable that is pinned in all views, for views of variables. */
import type { Selection, ViewProps } from './view.ts';

/** The pinned unit where it is an input: a variable. */
export function pinnedVariable(selection: Selection | null, dimension: number): number | null {
  if (!selection?.pinned) return null;
  const { layer, unit } = selection.unit;
  return layer === 0 && unit < dimension ? unit : null;
}

/** Pins a variable, or lets go of it where it is the pinned one. */
export function pinVariable(page: ViewProps, variable: number, pinned: number | null): void {
  if (variable === pinned) page.select(null);
  else page.select({ unit: { layer: 0, unit: variable } }, true);
}
