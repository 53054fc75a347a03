/** Rows of a model of text as texts, and what they say. */
import type { SamplesFrame } from '../inspection/frames.ts';
import { characterName } from '../text/characters.ts';
import { formatFixed, formatValue, plural } from './text.ts';

/** The texts that the rows of a frame are; '' at what is not drawn yet. */
export function textsOf({ rows, dimension, values, exact }: SamplesFrame, characters: readonly string[]): string[] {
  const highest = characters.length - 1;
  const place = (i: number) => exact?.values?.[i] ?? Math.round((values[i]! / 255) * highest);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: dimension }, (__, d) => characters[place(row * dimension + d)] ?? '').join(''),
  );
}

/** A text that was asked for: what it goes on from, what was written and how, and its mean −log p in nats a character. */
interface Written {
  readonly prime: string;
  readonly text: string;
  readonly seed: number;
  readonly temperature: number;
  readonly topK: number | null;
  readonly nats: number;
}

/** How a text came about and what it cost. */
export function writtenWords({ prime, text, seed, temperature, topK, nats }: Written): string {
  const count = Array.from(text).length;
  const from =
    prime === ''
      ? 'from the beginning of a text'
      : `after ${plural(Array.from(prime).length, 'character')} that were given`;
  const how = `temperature ${formatValue(temperature)}${topK === null ? '' : `, the ${topK} most probable alone`}, seed ${seed}`;
  return `${plural(count, 'character')} written ${from} (${how}): ${formatFixed(nats)} nats (${formatFixed(nats / Math.LN2)} bits) each under the model itself.`;
}

/** What the rows of an epoch are, and whether they have fallen into one character. */
export function epochTextsWords(texts: readonly string[]): string {
  const all = texts.join('');
  const counts = new Map<string, number>();
  for (const character of all) counts.set(character, (counts.get(character) ?? 0) + 1);
  const [often] = [...counts].sort((a, b) => b[1] - a[1]);
  const length = Array.from(texts[0] ?? '').length;
  const said = `${plural(texts.length, 'text')} of ${plural(length, 'character')}, each from the beginning of a text, by the same random numbers after every epoch.`;
  if (!often) return said;
  const share = Math.round((100 * often[1]) / Array.from(all).length);
  return `${said} The most frequent character is ${characterName(often[0])}, ${share}\u00a0% of them; ${plural(counts.size, 'character')} in use.`;
}
