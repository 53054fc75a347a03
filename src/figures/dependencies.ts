/** What is pointed at in a network, and what that lights up. */
import type { Connectivity } from '../masks/connectivity.ts';
import type { LayerMarks, UnitId } from '../masks/network.ts';

/** What is pointed at: a unit, or everything that flows from one unit (`from`) to another. */
export interface Focus {
  readonly unit: UnitId;
  readonly from?: UnitId;
}

/** What a focus lights up. */
export interface Highlight {
  /** Units that the focus depends on (with `from`: those on the way from it as well), the focus itself included. */
  readonly below: LayerMarks;
  /** Units that depend on the focus, itself included. */
  readonly above: LayerMarks;
}

/** The layer by which a focus names a column of the context: none of the network's, one beyond them. */
export const contextLayer = (network: Pick<Connectivity, 'layers'>): number => network.layers.length;

export function highlightOf(network: Connectivity, { unit, from }: Focus): Highlight {
  const context = contextLayer(network);
  if (unit.layer === context) {
    return { below: network.layers.map(({ units }) => new Uint8Array(units)), above: network.contextReach() };
  }
  if (from?.layer === context) {
    const { below, above } = highlightOf(network, { unit });
    return { below: only(below, [unit]), above };
  }
  const below = network.below(unit);
  const above = network.above(unit);
  if (!from || sameUnit(from, unit)) return { below, above };
  const fed = network.above(from);
  const feeding = network.below(from);
  const reached = below[from.layer]![from.unit] === 1;
  if (!reached) return { below: only(below, [from, unit]), above: only(above, [unit]) };
  return {
    below: below.map((marks, l) =>
      marks.map((mark, k) => (mark === 1 && (fed[l]![k] === 1 || feeding[l]![k] === 1) ? 1 : 0)),
    ),
    above,
  };
}

/** The same with the columns of the context, where there is one, as one layer beyond the network's. */
export function highlightWithContext(network: Connectivity, focus: Focus): Highlight {
  const { below, above } = highlightOf(network, focus);
  if (!network.context) return { below, above };
  const context = contextLayer(network);
  const own = [focus.unit, focus.from].find((unit) => unit?.layer === context);
  const { unit } = focus.unit;
  const all = !own && !focus.from && network.contextReach()[focus.unit.layer]![unit] === 1;
  const seen = Uint8Array.from({ length: network.context.size }, (_, column) => (all || own?.unit === column ? 1 : 0));
  return { below: [...below, seen], above: [...above, new Uint8Array(seen.length)] };
}

function only(marks: LayerMarks, units: readonly UnitId[]): LayerMarks {
  return marks.map((layer, l) =>
    layer.map((_, k) => (units.some((unit) => unit.layer === l && unit.unit === k) ? 1 : 0)),
  );
}

export function sameUnit(a: UnitId | undefined, b: UnitId | undefined): boolean {
  return a?.layer === b?.layer && a?.unit === b?.unit;
}

export function sameFocus(a: Focus | null, b: Focus | null): boolean {
  return a === b || (a !== null && b !== null && sameUnit(a.unit, b.unit) && sameUnit(a.from, b.from));
}

/** Indices that are marked. */
export function marked(marks: Uint8Array): number[] {
  const found: number[] = [];
  for (let k = 0; k < marks.length; k++) if (marks[k] === 1) found.push(k);
  return found;
}
