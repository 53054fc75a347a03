import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CharacterCounts, CharacterScorer, NONE, textBaselines } from '../../../../src/data/characters/baselines.ts';
import { compressedCost, FEWEST_CHARACTERS } from '../../../../src/data/characters/compression.ts';
import type { Matrix } from '../../../../src/data/dataset.ts';

const [A, B, C] = [0, 1, 2];

/** "aab", of which "c" is a character as well. */
function counted(size = 3): CharacterCounts {
  const counts = new CharacterCounts(size);
  counts.add(Uint8Array.of(A, A, B));
  return counts;
}

const rowsOf = (columns: number, values: readonly number[]): Matrix => ({
  rows: values.length / columns,
  columns,
  values: Uint8Array.from(values),
});

describe('characters by their frequencies', () => {
  it('is Laplace’s rule', () => {
    const counts = counted();
    expect([A, B, C].map((c) => counts.unigram(c))).toEqual([3 / 6, 2 / 6, 1 / 6]);
  });

  it('is Witten and Bell’s of pairs, worked out by hand', () => {
    const counts = counted();
    // Behind a: aa and ab, n = 2 pairs of t = 2 kinds.
    expect(counts.bigram(A, A)).toBeCloseTo((1 + 2 * (3 / 6)) / 4, 15);
    expect(counts.bigram(A, B)).toBeCloseTo((1 + 2 * (2 / 6)) / 4, 15);
    expect(counts.bigram(A, C)).toBeCloseTo((0 + 2 * (1 / 6)) / 4, 15);
    // Nothing was seen behind b, which ends the text, or behind c; nor before the beginning.
    for (const before of [B, C, NONE]) {
      expect([A, B, C].map((c) => counts.bigram(before, c))).toEqual([3 / 6, 2 / 6, 1 / 6]);
    }
  });

  it.each([
    ['few', 5],
    ['many', 3000],
  ])('sums to 1 behind every character, of %s characters', (_, size) => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 40 }),
        fc.integer({ min: NONE, max: 4 }),
        (text, before) => {
          const counts = new CharacterCounts(size);
          counts.add(Float32Array.from(text));
          let [unigram, bigram] = [0, 0];
          for (let c = 0; c < size; c++) {
            unigram += counts.unigram(c);
            bigram += counts.bigram(before, c);
          }
          expect(unigram).toBeCloseTo(1, 10);
          expect(bigram).toBeCloseTo(1, 10);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('counts the same in pieces as at once', () => {
    const pieces = new CharacterCounts(3);
    pieces.add(Uint8Array.of(A));
    pieces.add(Uint8Array.of(A, B));
    for (const before of [NONE, A, B, C]) {
      for (const c of [A, B, C]) expect(pieces.bigram(before, c)).toBe(counted().bigram(before, c));
    }
  });

  it('scores rows as one text: the first character of a row comes behind the last of the row before', () => {
    const scorer = new CharacterScorer(counted());
    expect(scorer.next(Uint8Array.of(B, A)).bigram).toBeCloseTo(-Math.log((2 / 6) * (3 / 6)), 12);
    const next = scorer.next(Uint8Array.of(C, A));
    expect(next.unigram).toBeCloseTo(-Math.log((1 / 6) * (3 / 6)), 12);
    expect(next.bigram).toBeCloseTo(-Math.log((1 / 12) * (3 / 6)), 12);
  });
});

describe('baselines of a text', () => {
  it('are nats a character, with the error of their mean over rows', async () => {
    const text = { characters: ['a', 'b', 'c'] };
    const { unigram, bigram, compression } = await textBaselines(
      { train: rowsOf(3, [A, A, B]), text },
      rowsOf(2, [B, A, C, A]),
    );
    const rows = [-Math.log((2 / 6) * (3 / 6)) / 2, -Math.log((1 / 6) * (3 / 6)) / 2] as const;
    expect(unigram.nats).toBeCloseTo((rows[0] + rows[1]) / 2, 12);
    // Two values: s/√2 is half their distance.
    expect(unigram.standardError).toBeCloseTo(Math.abs(rows[0] - rows[1]) / 2, 12);
    expect(bigram.nats).toBeCloseTo(-Math.log((2 / 6) * (3 / 6) * (1 / 12) * (3 / 6)) / 4, 12);
    // Too short for a compressor.
    expect(compression).toBeNull();
  });

  it('stay finite where the text has what training never had', async () => {
    const { unigram, bigram } = await textBaselines(
      { train: rowsOf(2, [A, A]), text: { characters: ['a', 'b', 'c'] } },
      rowsOf(2, [C, C]),
    );
    expect(unigram.nats).toBeCloseTo(Math.log(5), 12);
    expect(bigram.nats).toBeCloseTo(Math.log(5), 12);
  });
});

describe('what a compressor makes of a text', () => {
  /** Drawn by a linear congruence: nothing to be compressed but the alphabet. */
  const noise = (count: number, size: number, from = 1): Uint8Array => {
    let state = from;
    return Uint8Array.from({ length: count }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * size);
    });
  };
  const sixteen = Array.from('abcdefghijklmnop');

  it('is the bits of the alphabet for noise, and next to nothing for what was read before', async () => {
    const known = noise(20_000, 16);
    const fresh = await compressedCost(known, noise(20_000, 16, 7), sixteen);
    const bits = fresh!.nats / Math.LN2;
    expect(bits).toBeGreaterThan(4);
    expect(bits).toBeLessThan(4.2);
    const again = await compressedCost(known, known.subarray(5000, 15_000), sixteen);
    expect(again!.nats / Math.LN2).toBeLessThan(0.02);
    expect(again).toMatchObject({ name: 'Brotli', characters: 10_000, behind: 20_000 });
  });

  it('counts characters, not bytes', async () => {
    const wide = Array.from({ length: 16 }, (_, i) => String.fromCodePoint(0x1f600 + i));
    const cost = await compressedCost(noise(20_000, 16), noise(20_000, 16, 7), wide);
    // Four bytes a character, three and a half of which say nothing.
    expect(cost!.nats / Math.LN2).toBeGreaterThan(3.9);
    expect(cost!.nats / Math.LN2).toBeLessThan(5.5);
  });

  it('says nothing of a text too short to tell', async () => {
    expect(await compressedCost(noise(5000, 16), noise(FEWEST_CHARACTERS - 1, 16), sixteen)).toBeNull();
  });
});
