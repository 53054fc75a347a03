import { describe, expect, it } from 'vitest';
import { textBaselines } from '../../../../src/data/characters/baselines.ts';
import type { Dataset, Matrix, TextFacts } from '../../../../src/data/dataset.ts';
import { baselineOf } from '../../../../src/inspection/diagnostics/measurements/baseline.ts';
import { toEnd } from '../../../../src/inspection/source.ts';
import { epochs, evidenceOf, judge } from './judge.ts';

const T = 8;
const letters = ['a', 'b', 'c', 'd'];
const facts: TextFacts = {
  characters: letters,
  name: 'letters.txt',
  files: [],
  length: 0,
  splits: { train: null, validation: null, test: null },
  notes: [],
};

/** "abcd" over and over, with an "a" in place of every seventh character. */
function text(rows: number, from: number): Matrix {
  const values = Uint8Array.from({ length: rows * T }, (_, i) => ((i + from) % 7 === 0 ? 0 : (i + from) % 4));
  return { rows, columns: T, values };
}

const dataset: Dataset = {
  dimension: T,
  image: null,
  train: text(200, 0),
  validation: text(40, 1600),
  test: null,
  text: facts,
};
const baseline = await toEnd(baselineOf(dataset, { levels: 4 }));
const { unigram, bigram } = await textBaselines({ train: dataset.train, text: facts }, dataset.validation!);
const reader = { modelType: 'char-rnn', dimension: T, support: { levels: 4 }, baseline } as const;
const at = (nats: number, course: readonly number[] = [1.01, 1, 1, 1]) =>
  epochs(
    course.map((part) => part * nats),
    course.map((part) => part * nats),
  );

describe('above-baseline of text', () => {
  it('is measured in nats a row of characters and pairs, as the baselines of a text are', () => {
    expect(baseline).toMatchObject({ split: 'validation', rows: 40 });
    expect(baseline.nats / T).toBeCloseTo(unigram.nats, 10);
    expect(baseline.text!.pairs.nats / T).toBeCloseTo(bigram.nats, 10);
    // Here pairs tell much.
    expect(bigram.nats).toBeLessThan(unigram.nats - 0.5);
  });

  it('is silent below pairs of characters', () => {
    expect(judge('above-baseline', { ...reader, metrics: at(0.98 * T * bigram.nats), over: true })).toBe('ok');
  });

  it('is an error above single characters, said in nats a character as well', () => {
    const finding = judge('above-baseline', { ...reader, metrics: at(1.2 * T * unigram.nats), over: true });
    expect(finding).toMatchObject({ severity: 'error' });
    expect(evidenceOf(finding)['A character, model and baseline']).toBe(
      `${(1.2 * unigram.nats).toFixed(3)} nats, ${unigram.nats.toFixed(3)} nats`,
    );
    expect(finding).toMatchObject({
      explanation: expect.stringContaining('Frequencies of single characters') as string,
    });
  });

  it('is a warning between the two, of a run that is over or stands still', () => {
    const metrics = at((T * (bigram.nats + unigram.nats)) / 2);
    const finding = judge('above-baseline', { ...reader, metrics, over: true });
    expect(finding).toMatchObject({
      severity: 'warning',
      title: `NLL ${((bigram.nats + unigram.nats) / 2).toFixed(3)} nats a character is above that of pairs of characters, ${bigram.nats.toFixed(3)} nats a character`,
    });
    expect(evidenceOf(finding)).toHaveProperty('Below it by');
    expect(judge('above-baseline', { ...reader, metrics, over: false })).toEqual(finding);
  });

  it('waits while the NLL falls between the two, and after few epochs', () => {
    const between = (T * (bigram.nats + unigram.nats)) / 2;
    expect(judge('above-baseline', { ...reader, metrics: at(between, [1.3, 1.2, 1.1, 1]), over: true })).toBe('ok');
    expect(judge('above-baseline', { ...reader, metrics: at(between, [1.001, 1]), over: true })).toBe('ok');
  });
});

describe('constant-columns of text', () => {
  it('says nothing: a place in a row is no variable of its own', () => {
    const columns = { rows: 200, text: true, constant: [], duplicates: [] } as const;
    expect(judge('constant-columns', { ...reader, columns })).toBe('not-applicable');
  });
});
