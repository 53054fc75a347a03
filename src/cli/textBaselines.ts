/** A score of text in words: what a character costs, beside what it costs without a model. */
import type { TextBaselines } from '../data/characters/baselines.ts';
import { COMPRESSOR, FEWEST_CHARACTERS } from '../data/characters/compression.ts';
import type { Score } from '../runs/manifest.ts';
import { formatCount } from '../text/numbers.ts';

/** "1.523 nats, 2.197 bits" */
const costText = (nats: number): string => `${nats.toFixed(3)} nats, ${(nats / Math.LN2).toFixed(3)} bits`;

/** @param length T, characters of a row. */
export function characterPairs(score: Score, length: number): readonly (readonly [string, string])[] {
  return [['A character', costText(score.nats / length)]];
}

/** The lines below that; nothing is said of whether the model is better, which figures one below the other say. */
export function baselinePairs({ unigram, bigram, compression }: TextBaselines): readonly (readonly [string, string])[] {
  return [
    ['Unigram', `${costText(unigram.nats)}: frequencies of characters in the training text (Laplace)`],
    ['Bigram', `${costText(bigram.nats)}: those of pairs, too (Witten–Bell)`],
    compression === null
      ? [COMPRESSOR, `not for fewer than ${formatCount(FEWEST_CHARACTERS)} characters: its last byte alone would count`]
      : [
          compression.name,
          `${costText(compression.nats)}: compressed behind ${formatCount(compression.behind)} characters of it, best quality`,
        ],
  ];
}
