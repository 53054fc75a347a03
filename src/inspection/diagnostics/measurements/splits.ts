import type { Dataset, Matrix } from '../../../data/dataset.ts';
import { RandomGenerator } from '../../../random/generator.ts';
import type { Chunked } from '../../source.ts';
import { isChunkEnd } from './chunks.ts';
import type { Measurement } from './measurement.ts';

/** Held-out rows that also occur among the training rows. */
export interface Overlap {
  readonly rows: number;
  readonly inTraining: number;
}

/** How the splits lie to each other. */
export interface SplitFacts {
  readonly rows: number;
  /** Training rows that have a twin among the other training rows: how often rows repeat by themselves. */
  readonly repeated: number;
  readonly validation: Overlap | null;
  readonly test: Overlap | null;
  /** How grey values are made binary; left out where they are not. */
  readonly binarized?: 'threshold' | 'stochastic' | 'dynamic';
}

export const splits: Measurement<SplitFacts> = {
  depth: 'facts',
  applies: () => true,
  async *measure({ source }) {
    return yield* splitFacts(await source.dataset());
  },
};

/** Rows are told apart by their values and what they are conditioned on, through two sums under random weights. */
export async function* splitFacts({ train, validation, test, binarized }: Dataset): Chunked<SplitFacts> {
  const random = RandomGenerator.seeded(0, 'inspection/splits');
  const width = train.columns + (train.context?.columns ?? 0);
  const weights = [0, 1].map(() => Float64Array.from({ length: width }, () => random.uniform() + 0.5));
  const counts = new Map<string, number>();
  for (const key of keysOf(train, weights)) {
    if (key === null) yield;
    else counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  let repeated = 0;
  for (const count of counts.values()) if (count > 1) repeated += count;
  const overlap = async function* (matrix: Matrix | null): Chunked<Overlap | null> {
    if (matrix === null) return null;
    let inTraining = 0;
    for (const key of keysOf(matrix, weights)) {
      if (key === null) yield;
      else if (counts.has(key)) inTraining++;
    }
    return { rows: matrix.rows, inTraining };
  };
  return {
    rows: train.rows,
    repeated,
    validation: yield* overlap(validation),
    test: yield* overlap(test),
    ...(binarized && { binarized }),
  };
}

/** One key a row, and null where others may have their turn. */
function* keysOf(
  { rows, columns, values, context }: Matrix,
  weights: readonly Float64Array[],
): Generator<string | null> {
  for (let row = 0; row < rows; row++) {
    const sums = weights.map((weight) => {
      let sum = 0;
      for (let d = 0, i = row * columns; d < columns; d++, i++) sum += weight[d]! * values[i]!;
      const width = context?.columns ?? 0;
      for (let c = 0, i = row * width; c < width; c++, i++) sum += weight[columns + c]! * context!.values[i]!;
      return sum;
    });
    yield sums.join(' ');
    if (isChunkEnd(row, columns)) yield null;
  }
}
