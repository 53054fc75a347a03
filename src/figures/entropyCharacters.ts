/** What an axis of conditional entropies is of, in words: variables of a row, places in a piece of text, or characters. */
import type { CharacterCosts, EntropyFrame } from '../inspection/entropyFrame.ts';
import { visibleCharacter } from '../text/characters.ts';
import type { EntropyOptions } from './entropy.tsx';
import { formatCount, inputName } from './text.ts';

export interface EntropyTerms {
  /** Below its bar, where there is room. */
  readonly name: (d: number) => string;
  /** Titles of the axis: with names below the bars, and with numbers. */
  readonly names: string;
  readonly sortedNames: string;
  readonly positions: string;
  readonly ranks: string;
  /** The legend's. */
  readonly cost: string;
  readonly colouredCost: string;
  readonly alone: string;
}

const OF_VARIABLES: EntropyTerms = {
  name: inputName,
  names: 'variables in the model’s order',
  sortedNames: 'variables, the costliest first',
  positions: 'position in the model’s order',
  ranks: 'rank: the costliest variable first',
  cost: 'mean −log p(x_d | before)',
  colouredCost: 'mean −log p(x_d | before), coloured by place in the order',
  alone: 'on its own',
};

const OF_PLACES: EntropyTerms = {
  name: (d) => formatCount(d + 1),
  names: 'characters by their place in a piece',
  sortedNames: 'characters by their place in a piece, the costliest first',
  positions: 'place of the character in a piece',
  ranks: 'rank: the costliest place first',
  cost: 'mean −log p(character | before)',
  colouredCost: 'mean −log p(character | before), coloured by place',
  alone: 'by frequency alone',
};

export function entropyTerms({ text, order }: EntropyFrame): EntropyTerms {
  if (!text) return OF_VARIABLES;
  // Models of other data have orders of their own; they take texts, too.
  if (order.every((position, d) => position === d + 1)) return OF_PLACES;
  return { ...OF_PLACES, names: 'characters in the model’s order', positions: OF_VARIABLES.positions };
}

export function characterTerms({ characters }: CharacterCosts): EntropyTerms {
  return {
    ...OF_PLACES,
    name: (i) => visibleCharacter(characters[i]!),
    names: 'characters, the commonest first',
    positions: 'rank of the character: the commonest first',
    colouredCost: 'mean −log p(character | before), coloured from common to rare',
  };
}

/**
 * The frame with characters in place of variables. What the conditionals expect is left out: given which character came,
 * it is nothing that its cost should equal.
 */
export function byCharacter(o: EntropyOptions, { characters, surprise, alone }: CharacterCosts): EntropyOptions {
  const dimension = characters.length;
  const order = Int32Array.from({ length: dimension }, (_, i) => i + 1);
  const frame = { ...o.frame, dimension, order, surprise, entropy: null, error: null, marginal: alone };
  return { ...o, arrangement: 'order', frame };
}
