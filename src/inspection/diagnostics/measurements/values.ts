import type { Dataset, Matrix } from '../../../data/dataset.ts';
import { scores, type Support } from '../../../spec/support.ts';
import type { Chunked } from '../../source.ts';
import { isChunkEnd } from './chunks.ts';
import type { Measurement } from './measurement.ts';

/** Rows among which the values of each column are counted. */
const ROWS = 20_000;
/** A column with more different values than this counts as continuous. */
const MOST_VALUES = 256;
/** A column is discrete if each of its values stands there so many times on average. */
const TIMES = 10;
/** Columns that are counted one by one. */
const MOST_COLUMNS = 4096;

/** What kind of numbers the training rows hold. */
export interface ValueFacts {
  readonly smallest: number;
  readonly largest: number;
  /** The first value that the likelihood cannot score; row and column from 0. */
  readonly outside: { readonly row: number; readonly column: number; readonly value: number } | null;
  /** Columns with a few values that come again and again, constant ones left out. */
  readonly discrete: readonly { readonly column: number; readonly values: number }[];
  /** Columns looked at. */
  readonly columns: number;
}

export const values: Measurement<ValueFacts> = {
  depth: 'facts',
  applies: () => true,
  async *measure({ source }) {
    return yield* valueFacts(await source.dataset(), source.model.support);
  },
};

export async function* valueFacts({ train }: Dataset, support: Support): Chunked<ValueFacts> {
  const { rows, columns, values: cells } = train;
  let [smallest, largest] = [Infinity, -Infinity];
  let outside: ValueFacts['outside'] = null;
  for (let row = 0; row < rows; row++) {
    for (let d = 0, i = row * columns; d < columns; d++, i++) {
      const value = cells[i]!;
      if (value < smallest) smallest = value;
      if (value > largest) largest = value;
      if (outside === null && !scores(support, value)) outside = { row, column: d, value };
    }
    if (isChunkEnd(row, columns)) yield;
  }
  return { smallest, largest, outside, discrete: yield* discreteColumns(train), columns };
}

async function* discreteColumns({ rows, columns, values: cells }: Matrix): Chunked<ValueFacts['discrete']> {
  const seen = Array.from({ length: Math.min(columns, MOST_COLUMNS) }, () => new Set<number>());
  const counted = Math.min(rows, ROWS);
  for (let row = 0; row < counted; row++) {
    for (const [d, own] of seen.entries()) if (own.size <= MOST_VALUES) own.add(cells[row * columns + d]!);
    if (isChunkEnd(row, columns)) yield;
  }
  return [...seen.entries()]
    .filter(([, own]) => own.size > 1 && own.size <= MOST_VALUES && counted >= TIMES * own.size)
    .map(([column, own]) => ({ column, values: own.size }));
}
