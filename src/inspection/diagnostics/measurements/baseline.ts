import type { Dataset } from '../../../data/dataset.ts';
import type { Chunked } from '../../source.ts';
import { isChunkEnd } from './chunks.ts';
import type { Measurement } from './measurement.ts';

/** What a model must beat: each variable on its own, closed form. */
export interface Baseline {
  readonly name: string;
  /** Which rows it was scored on; its parameters always come from the training rows. */
  readonly split: 'train' | 'validation';
  /** Mean NLL in nats a row. */
  readonly nats: number;
  readonly rows: number;
  readonly standardError: number;
}

export const baseline: Measurement<Baseline> = {
  depth: 'facts',
  applies: ({ support, quantity }) => support === 'binary' && quantity.kind !== 'loss',
  async *measure({ source }) {
    return yield* bernoulliBaseline(await source.dataset());
  },
};

/**
 * Independent Bernoullis, p_d = (ones + 1) / (rows + 2) from the training rows (Laplace's rule, so that a constant
 * column costs little and never infinitely much), scored on the validation rows, or on the training rows without them.
 */
export async function* bernoulliBaseline({ train, validation }: Dataset): Chunked<Baseline> {
  const ones = new Float64Array(train.columns);
  for (let row = 0; row < train.rows; row++) {
    for (let d = 0, i = row * train.columns; d < train.columns; d++, i++) ones[d]! += train.values[i]!;
    if (isChunkEnd(row, train.columns)) yield;
  }
  const costOfOne = ones.map((n) => -Math.log((n + 1) / (train.rows + 2)));
  const costOfZero = ones.map((n) => -Math.log((train.rows - n + 1) / (train.rows + 2)));

  const scored = validation ?? train;
  let sum = 0;
  let squares = 0;
  for (let row = 0; row < scored.rows; row++) {
    let nats = 0;
    for (let d = 0, i = row * scored.columns; d < scored.columns; d++, i++) {
      nats += scored.values[i]! > 0.5 ? costOfOne[d]! : costOfZero[d]!;
    }
    sum += nats;
    squares += nats * nats;
    if (isChunkEnd(row, scored.columns)) yield;
  }
  const mean = sum / scored.rows;
  const variance = Math.max(0, squares / scored.rows - mean * mean);
  return {
    name: 'Independent Bernoullis',
    split: validation ? 'validation' : 'train',
    nats: mean,
    rows: scored.rows,
    standardError: Math.sqrt(variance / scored.rows),
  };
}
