/** Frequencies of characters and of pairs, counted from the training text: what a model of text must beat. */
import { CharacterCounts, CharacterScorer } from '../../../data/characters/baselines.ts';
import type { Dataset, Matrix, TextFacts } from '../../../data/dataset.ts';
import type { Chunked } from '../../source.ts';
import type { Baseline } from './baseline.ts';
import { isChunkEnd } from './chunks.ts';
import { ScoreMean } from './moments.ts';

/**
 * Scored on the validation rows, or on the training rows without them, each row behind the one before, as a model that carries
 * its state along reads them.
 */
export async function* textBaseline({ train, validation }: Dataset, { characters }: TextFacts): Chunked<Baseline> {
  const counts = new CharacterCounts(characters.length);
  for (const [at, row] of rowsOf(train)) {
    counts.add(row);
    if (isChunkEnd(at, train.columns)) yield;
  }
  const scored = validation ?? train;
  const scorer = new CharacterScorer(counts);
  const [unigram, bigram] = [new ScoreMean(), new ScoreMean()];
  for (const [at, row] of rowsOf(scored)) {
    const nats = scorer.next(row);
    unigram.add(nats.unigram);
    bigram.add(nats.bigram);
    if (isChunkEnd(at, scored.columns)) yield;
  }
  return {
    name: 'Frequencies of single characters',
    split: validation ? 'validation' : 'train',
    ...unigram.result(),
    text: { length: train.columns, pairs: bigram.result() },
  };
}

function* rowsOf({ rows, columns, values }: Matrix): Generator<readonly [number, Matrix['values']]> {
  for (let row = 0; row < rows; row++) yield [row, values.subarray(row * columns, (row + 1) * columns)];
}
