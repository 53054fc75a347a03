/** What characters of a text cost without a model: by their frequencies, by those of pairs, and by a compressor. */
import type { Dataset, Matrix, TextFacts } from '../dataset.ts';
import { compressedCost, type CompressedCost } from './compression.ts';

/** Up to so many characters every pair has a cell of its own; beyond it only those that occur are kept. */
const DENSE_CHARACTERS = 2048;

/** No character comes before. */
export const NONE = -1;

/**
 * Counts of characters and of pairs in a text, and the probabilities that follow. Both give every character of the text's V a
 * probability, wherever it occurs, so that a text which was not counted has a finite NLL:
 *
 * - unigram, by Laplace's rule: p(c) = (n_c + 1) / (n + V);
 * - bigram, by Witten and Bell's (1991, method C), whose weight of what was never seen is how often something new came:
 *   p(c | b) = (n_bc + t_b p(c)) / (n_b + t_b), t_b the number of different characters seen behind b; p(c) where there are none.
 */
export class CharacterCounts {
  readonly #size: number;
  readonly #counts: Float64Array;
  /** Of pairs b c under b·V + c. */
  readonly #dense: Uint32Array | null;
  readonly #sparse = new Map<number, number>();
  /** n_b: pairs that begin with b. The last character of a text begins none. */
  readonly #begun: Float64Array;
  /** t_b */
  readonly #kinds: Float64Array;
  #total = 0;
  #last = NONE;

  /** @param size V. */
  constructor(size: number) {
    this.#size = size;
    this.#counts = new Float64Array(size);
    this.#begun = new Float64Array(size);
    this.#kinds = new Float64Array(size);
    this.#dense = size <= DENSE_CHARACTERS ? new Uint32Array(size * size) : null;
  }

  /** Goes on counting where it was left. @param values Places 0 … V − 1. */
  add(values: Matrix['values']): void {
    for (const value of values) {
      this.#counts[value]!++;
      if (this.#last !== NONE) this.#addPair(this.#last, value);
      this.#last = value;
    }
    this.#total += values.length;
  }

  #addPair(before: number, character: number): void {
    const key = before * this.#size + character;
    const seen = this.#pair(key);
    if (this.#dense) this.#dense[key] = seen + 1;
    else this.#sparse.set(key, seen + 1);
    this.#begun[before]!++;
    if (seen === 0) this.#kinds[before]!++;
  }

  #pair(key: number): number {
    return this.#dense ? this.#dense[key]! : (this.#sparse.get(key) ?? 0);
  }

  /** p(c) */
  unigram(character: number): number {
    return (this.#counts[character]! + 1) / (this.#total + this.#size);
  }

  /** p(c | b); p(c) at the beginning of a text, where `before` is {@link NONE}. */
  bigram(before: number, character: number): number {
    const alone = this.unigram(character);
    if (before === NONE) return alone;
    const kinds = this.#kinds[before]!;
    if (kinds === 0) return alone;
    return (this.#pair(before * this.#size + character) + kinds * alone) / (this.#begun[before]! + kinds);
  }
}

/** Scores texts row by row, each row going on where the one before it ended. */
export class CharacterScorer {
  readonly #counts: CharacterCounts;
  #last = NONE;

  constructor(counts: CharacterCounts) {
    this.#counts = counts;
  }

  /** −log p of the next row in nats, by both. */
  next(row: Matrix['values']): { readonly unigram: number; readonly bigram: number } {
    let unigram = 0;
    let bigram = 0;
    for (const value of row) {
      unigram -= Math.log(this.#counts.unigram(value));
      bigram -= Math.log(this.#counts.bigram(this.#last, value));
      this.#last = value;
    }
    return { unigram, bigram };
  }
}

/** What a character costs. */
export interface CharacterCost {
  /** Nats a character; bits are nats / ln 2. */
  readonly nats: number;
  /** Of that mean, over rows; null where there are no rows. */
  readonly standardError: number | null;
}

/** Written by `lens evaluate --json` under `baselines`. */
export interface TextBaselines {
  readonly unigram: CharacterCost;
  readonly bigram: CharacterCost;
  /** Null where the text is too short for a compressor to say anything. */
  readonly compression: CompressedCost | null;
}

/**
 * What the characters of `rows` cost, of which no baseline has seen any: counts and compressor know the training rows alone.
 *
 * @param rows Consecutive rows of the same text.
 */
export async function textBaselines(
  { train, text }: Pick<Dataset, 'train'> & { readonly text: Pick<TextFacts, 'characters'> },
  rows: Matrix,
): Promise<TextBaselines> {
  const counts = new CharacterCounts(text.characters.length);
  counts.add(train.values);
  const scorer = new CharacterScorer(counts);
  const costs = Array.from({ length: rows.rows }, (_, row) =>
    scorer.next(rows.values.subarray(row * rows.columns, (row + 1) * rows.columns)),
  );
  return {
    unigram: costOf(costs.map(({ unigram }) => unigram / rows.columns)),
    bigram: costOf(costs.map(({ bigram }) => bigram / rows.columns)),
    compression: await compressedCost(train.values, rows.values, text.characters),
  };
}

function costOf(perCharacter: readonly number[]): CharacterCost {
  const count = perCharacter.length;
  const mean = perCharacter.reduce((sum, value) => sum + value, 0) / count;
  const squares = perCharacter.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { nats: mean, standardError: count > 1 ? Math.sqrt(squares / (count - 1) / count) : null };
}
