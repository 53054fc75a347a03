import { describe, expect, it } from 'vitest';
import { baselinePairs, characterPairs } from '../../../src/cli/textBaselines.ts';

describe('a score of text in words', () => {
  const cost = { nats: Math.LN2, standardError: null };

  it('is nats and bits a character, not a row', () => {
    const score = {
      nats: 64 * Math.LN2,
      standardError: 0,
      bitsPerDim: 1,
      rows: 3,
      quantity: 'log-likelihood',
    } as const;
    expect(characterPairs(score, 32)).toEqual([['A character', '1.386 nats, 2.000 bits']]);
  });

  it('stands beside what the training text alone tells, and which compressor that is', () => {
    const compression = { name: 'Brotli', nats: 2 * Math.LN2, characters: 5000, behind: 40_000 };
    expect(baselinePairs({ unigram: cost, bigram: cost, compression })).toEqual([
      ['Unigram', '0.693 nats, 1.000 bits: frequencies of characters in the training text (Laplace)'],
      ['Bigram', '0.693 nats, 1.000 bits: those of pairs, too (Witten–Bell)'],
      ['Brotli', '1.386 nats, 2.000 bits: compressed behind 40,000 characters of it, best quality'],
    ]);
    expect(baselinePairs({ unigram: cost, bigram: cost, compression: null })[2]).toEqual([
      'Brotli',
      'not for fewer than 1,000 characters: its last byte alone would count',
    ]);
  });
});
