/** Text written by a model of text, of any length: it reads what it has written so far, and its state is all that it keeps. */
import { pick, tempered } from '../distributions/logSumExp.ts';
import { logSoftmax, TextReader } from '../layers/recurrent/reading.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { codeText, listCharacters } from '../text/characters.ts';
import { checkTemperature } from './drawing.ts';
import type { Model } from './model.ts';

export interface TextRequest {
  /** What the text goes on from; empty: it begins at the beginning of a text. */
  readonly prime: string;
  /** Characters that are written; Infinity for as many as are asked for. */
  readonly length: number;
  /** Divides the logits: 1 is the model itself, lower is nearer to its most probable text. */
  readonly temperature: number;
  /** Draws from the so many most probable characters alone; null: from all. */
  readonly topK: number | null;
  readonly random: RandomGenerator;
}

export interface WrittenCharacter {
  readonly character: string;
  /** Its place among the characters that there are. */
  readonly index: number;
  /** −log p of it under the model itself, at temperature 1 and among all characters. */
  readonly nats: number;
}

/**
 * Writes a text character by character; nothing is computed beyond the character that is asked for. What it is primed with is
 * read, and not written again.
 * @param characters [V] code points, as the model's training text had them.
 * @throws RangeError when the model writes no text, has another number of characters, the temperature is not positive, k is
 *   no whole number from 1 on, a logit is not finite, or the prime has a character that the training text never had.
 */
export function* generateText(
  { type, text }: Pick<Model, 'type' | 'text'>,
  parameters: NamedArrays,
  characters: readonly string[],
  { prime, length, temperature, topK, random }: TextRequest,
): Generator<WrittenCharacter, void, void> {
  if (text === undefined) throw new RangeError(`a ${type} writes no text; a char-rnn does`);
  const { vocabulary } = text;
  if (characters.length !== vocabulary) {
    throw new RangeError(`the model knows ${vocabulary} characters; ${characters.length} are given`);
  }
  checkTemperature(temperature);
  if (topK !== null && !(Number.isInteger(topK) && topK >= 1)) {
    throw new RangeError(`top-k must be a whole number from 1 on, found ${topK}`);
  }
  const read = indicesOf(prime, characters);
  const reader = new TextReader(text.weights(parameters));
  reader.read(null);
  for (const index of read) reader.read(index);
  for (let written = 0; written < length; written++) {
    const logits = reader.logits();
    const index = drawCharacter(logits, { temperature, topK }, random.uniform());
    yield { character: characters[index]!, index, nats: -logSoftmax(logits)[index]! };
    reader.read(index);
  }
}

/** A text as a model of these characters reads it. @throws RangeError naming the characters that are not among them. */
export function indicesOf(text: string, characters: readonly string[]): Int32Array {
  const { indices, unknown } = codeText(text, characters);
  if (unknown.length === 0) return indices;
  throw new RangeError(
    `the text that the model learnt never had ${listCharacters(unknown)}: it has no probability for ` +
      (unknown.length === 1 ? 'it and cannot read it' : 'them and cannot read them'),
  );
}

/**
 * One character of the distribution with these logits, tempered and cut to the k most probable.
 * @param uniform on [0, 1); one draw takes one.
 */
export function drawCharacter(
  logits: Float64Array,
  { temperature, topK }: Pick<TextRequest, 'temperature' | 'topK'>,
  uniform: number,
): number {
  const left = topK === null || topK >= logits.length ? null : mostProbable(logits, topK);
  const logit = tempered(logits.length, (c) => logits[c]!, temperature);
  return pick(logits.length, (c) => (left === null || left.has(c) ? logit(c) : -Infinity), uniform);
}

/** The k characters of the largest logits; of equal ones the first. */
function mostProbable(logits: Float64Array, k: number): ReadonlySet<number> {
  const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
  return new Set(order.slice(0, k));
}
