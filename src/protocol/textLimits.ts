/** What may be asked of a text that a model writes; apart from the schemas, so that the page can say it without loading them. */
import { codeText, listCharacters } from '../text/characters.ts';
import { sampleLimits } from './sampleLimits.ts';

export const textLimits = {
  length: { min: 1, max: 100_000, whole: true },
  /** Characters to draw from; more than a model has are all of them. */
  topK: { min: 1, max: 65_536, whole: true },
  temperature: sampleLimits.temperature,
  seed: sampleLimits.seed,
} as const;

/** UTF-16 code units of what a text goes on from. */
export const MOST_PRIME = 10_000;

export type TextFieldId = keyof typeof textLimits;

/** The number that a text stands for, or null when that field may not be that. */
export function parseTextField(id: TextFieldId, text: string): number | null {
  const { min, max, whole } = textLimits[id];
  const value = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value)) ? value : null;
}

/** What is wrong with a prime, as a sentence, or null. @param characters of the model. */
export function primeProblem(prime: string, characters: readonly string[]): string | null {
  if (prime.length > MOST_PRIME) return `At most ${MOST_PRIME.toLocaleString('en')} characters`;
  const { unknown } = codeText(prime, characters);
  return unknown.length === 0 ? null : `The text that the model learnt never had ${listCharacters(unknown)}`;
}

/** Line breaks and tabs as \\n and \\t, for where one line is all that can be typed; line ends are \\n, as those of texts are. */
export const unescaped = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(/\\([nt\\])/g, (_, sign: string) => ({ n: '\n', t: '\t' })[sign] ?? '\\');
