/** Keeping what did not change: every frame brings its structure anew, mostly the same one. */
import { useRef } from 'preact/hooks';
import type { MadeStructure } from '../../src/masks/degrees.ts';

function sameNumbers(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

export function sameStructure(a: MadeStructure, b: MadeStructure): boolean {
  return (
    a.direct === b.direct &&
    a.hidden.length === b.hidden.length &&
    sameNumbers(a.order, b.order) &&
    a.hidden.every((degrees, l) => sameNumbers(degrees, b.hidden[l]!))
  );
}

/** The structure last seen, as long as the new one says the same. */
export function useStableStructure(structure: MadeStructure): MadeStructure {
  const kept = useRef(structure);
  if (!sameStructure(kept.current, structure)) kept.current = structure;
  return kept.current;
}
