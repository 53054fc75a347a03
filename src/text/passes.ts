/** What the directions of a flow cost, in words. */
import { formatCount } from './numbers.ts';

/** Passes of a row through the networks of all layers that have one, as they were counted and as they naively would be. */
export interface PassCounts {
  /** That have a network. */
  readonly layers: number;
  readonly density: number;
  readonly sampling: number;
  readonly naive: { readonly density: number; readonly sampling: number };
}

/** A number and what belongs to it: "1.0 passes", "a layer, naively 43". */
export interface PassWords {
  readonly value: string;
  readonly rest: string;
}

/** Of both directions; null where no layer has a network. */
export function passWords(counts: PassCounts): { readonly density: PassWords; readonly sampling: PassWords } | null {
  if (counts.layers === 0) return null;
  return { density: directionWords(counts, 'density'), sampling: directionWords(counts, 'sampling') };
}

/** "density 1 pass a layer; sampling 1.0 passes a layer, naively 43" */
export function passSentence(counts: PassCounts): string | null {
  const words = passWords(counts);
  if (words === null) return null;
  const { density, sampling } = words;
  return `density ${density.value} ${density.rest}; sampling ${sampling.value} ${sampling.rest}`;
}

function directionWords({ layers, naive, ...counted }: PassCounts, direction: 'density' | 'sampling'): PassWords {
  const [found, naively] = [counted[direction] / layers, naive[direction] / layers];
  if (naively === 1 && found === 1) return { value: '1 pass', rest: 'a layer' };
  return { value: `${found.toFixed(1)} passes`, rest: `a layer, naively ${formatCount(Math.round(naively))}` };
}
