import type { Dataset, Matrix } from '../../../data/dataset.ts';
import { RandomGenerator } from '../../../random/generator.ts';
import type { Chunked } from '../../source.ts';
import { isChunkEnd } from './chunks.ts';
import type { Measurement } from './measurement.ts';

/** Columns of the training rows that say nothing of their own. */
export interface ColumnFacts {
  readonly rows: number;
  /** Whether rows are pieces of a text: its columns are no variables of their own, and none is looked at. */
  readonly text?: true;
  readonly constant: readonly {
    readonly column: number;
    readonly value: number;
    /** Rows of the validation split with another value. */
    readonly heldOutExceptions: number;
  }[];
  /** Pairs of equal columns that are not constant: the later one and the first that it repeats. */
  readonly duplicates: readonly { readonly column: number; readonly of: number }[];
}

export const columns: Measurement<ColumnFacts> = {
  depth: 'facts',
  applies: () => true,
  async *measure({ source }) {
    const dataset = await source.dataset();
    if (dataset.text) return { rows: dataset.train.rows, text: true, constant: [], duplicates: [] };
    return yield* columnFacts(dataset);
  },
};

/**
 * Columns with one value and columns that repeat another, over the training rows. Candidates for equality come from
 * sums of the columns under two sets of random row weights, and are then compared value by value.
 */
export async function* columnFacts(dataset: Dataset): Chunked<ColumnFacts> {
  const { train, validation } = dataset;
  const { rows, columns, values } = train;
  const differs = new Uint8Array(columns);
  const sums = [new Float64Array(columns), new Float64Array(columns)] as const;
  const random = RandomGenerator.seeded(0, 'inspection/columns');
  for (let row = 0; row < rows; row++) {
    const weights = [random.uniform(), random.uniform()] as const;
    for (let d = 0, i = row * columns; d < columns; d++, i++) {
      const value = values[i]!;
      if (value !== values[d]) differs[d] = 1;
      sums[0][d]! += weights[0] * value;
      sums[1][d]! += weights[1] * value;
    }
    if (isChunkEnd(row, columns)) yield;
  }

  const exceptions = new Int32Array(columns);
  for (let row = 0; row < (validation?.rows ?? 0); row++) {
    for (let d = 0, i = row * columns; d < columns; d++, i++) {
      if (differs[d] === 0 && validation!.values[i] !== values[d]) exceptions[d]!++;
    }
    if (isChunkEnd(row, columns)) yield;
  }

  const constant: ColumnFacts['constant'][number][] = [];
  const duplicates: ColumnFacts['duplicates'][number][] = [];
  const firstWith = new Map<string, number>();
  for (let d = 0; d < columns; d++) {
    if (differs[d] === 0) {
      constant.push({ column: d, value: values[d]!, heldOutExceptions: exceptions[d]! });
      continue;
    }
    const key = `${sums[0][d]!} ${sums[1][d]!}`;
    const first = firstWith.get(key);
    if (first === undefined) firstWith.set(key, d);
    else if (columnsEqual(train, d, first)) duplicates.push({ column: d, of: first });
  }
  return { rows, constant, duplicates };
}

function columnsEqual({ rows, columns, values }: Matrix, a: number, b: number): boolean {
  for (let row = 0; row < rows; row++) if (values[row * columns + a] !== values[row * columns + b]) return false;
  return true;
}
