/** What an unrolled network says, in words. */
import { characterName, visibleCharacter } from '../text/characters.ts';
import { formatCount, plural } from '../text/numbers.ts';
import { formatFixed, percent } from './text.ts';
import type { Unrolled } from './unrolled.tsx';
import { cellTitles } from './unrolledCell.tsx';

/** "LSTM, 2 layers of 128 and 64 units, embedding of 32" */
export function networkWords({ cell, hidden, embedding }: Omit<Unrolled, 'steps' | 'vocabulary'>): string {
  const same = hidden.every((units) => units === hidden[0]);
  const units = same
    ? plural(hidden[0]!, 'unit')
    : `${hidden.slice(0, -1).map(formatCount).join(', ')} and ${formatCount(hidden.at(-1)!)} units`;
  const heard = embedding === null ? 'one-hot characters' : `characters embedded in ${plural(embedding, 'number')}`;
  return `${cellTitles[cell]}, ${plural(hidden.length, 'layer')} of ${units}, ${heard}`;
}

/** The characters that the steps hear and the one that comes last, as one text that can be seen. */
const textOf = ({ steps }: Pick<Unrolled, 'steps'>): string =>
  [...steps.map(({ input }) => input), steps.at(-1)?.next ?? null]
    .map((character) => (character === null ? '' : visibleCharacter(character)))
    .join('');

/** A picture without numbers: what it shows. */
export function unrolledWords(network: Unrolled): string {
  return `The network unrolled along “${textOf(network)}”: the same cell at every step, which hears one character and its own state of the step before, and gives the distribution of the next.`;
}

/** What a network that was run gives at each of the steps. */
export function unrolledReading(network: Unrolled): string {
  const scored = network.steps.flatMap(({ likely, next }) => {
    if (likely === null || next === null) return [];
    const place = likely.findIndex(({ character }) => character === next);
    return [{ next, place, p: likely[place]?.p ?? null }];
  });
  if (scored.length === 0) return unrolledWords(network);
  const right = scored.filter(({ place }) => place === 0).length;
  const known = scored.flatMap(({ next, p }) => (p === null ? [] : [{ next, p }]));
  const least = known.length < scored.length ? null : known.reduce((a, b) => (b.p < a.p ? b : a));
  const worst = scored.find(({ p }) => p === null);
  const rest = worst
    ? `${characterName(worst.next)} is not among those that it holds most probable`
    : `the least expected, ${characterName(least!.next)}, has ${percent(least!.p, 1)}`;
  return `Along “${textOf(network)}” the character that comes is the most probable one at ${formatFixed(right, 0)} of ${plural(scored.length, 'step')}; ${rest}.`;
}
