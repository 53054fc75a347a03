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

/** A number and what belongs to it, "1.0", "network passes a layer, not 43"; and what that means, in a sentence. */
export interface PassWords {
  readonly value: string;
  readonly rest: string;
  readonly title: string;
}

/** Of both directions; null where no layer has a network. */
export function passWords(counts: PassCounts): { readonly density: PassWords; readonly sampling: PassWords } | null {
  if (counts.layers === 0) return null;
  return { density: directionWords(counts, 'density'), sampling: directionWords(counts, 'sampling') };
}

/** "density 1 network pass a layer; sampling 1.0 network passes a layer, not 43" */
export function passSentence(counts: PassCounts): string | null {
  const words = passWords(counts);
  if (words === null) return null;
  const { density, sampling } = words;
  return `density ${density.value} ${density.rest}; sampling ${sampling.value} ${sampling.rest}`;
}

function directionWords({ layers, naive, ...counted }: PassCounts, direction: 'density' | 'sampling'): PassWords {
  const [found, naively] = [counted[direction] / layers, naive[direction] / layers];
  const what = direction === 'density' ? 'The density of a row' : 'Drawing a row';
  const costs = (times: string) => `${what} takes each layer’s network through ${times}`;
  if (naively === 1 && found === 1) {
    return { value: '1', rest: 'network pass a layer', title: `${costs('one pass')}: all variables at once.` };
  }
  const [value, slow] = [found.toFixed(1), formatCount(Math.round(naively))];
  const title = `${costs(`${value} passes, counted in multiplications`)}; one pass for every variable would be ${slow}.`;
  return { value, rest: `network passes a layer, not ${slow}`, title };
}
