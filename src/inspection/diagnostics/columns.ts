/** Statistics of the data's columns, and the baseline that follows from them in closed form. */
import type { Dataset, Matrix } from '../../data/dataset.ts';
import { RandomGenerator } from '../../random/generator.ts';
import type { Chunked } from '../source.ts';
import type { Baseline, ColumnFacts } from './context.ts';

/** Cells looked at between two yields. */
const CHUNK_CELLS = 500_000;

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

function isChunkEnd(row: number, columns: number): boolean {
  return (row + 1) % Math.max(1, Math.floor(CHUNK_CELLS / columns)) === 0;
}

function columnsEqual({ rows, columns, values }: Matrix, a: number, b: number): boolean {
  for (let row = 0; row < rows; row++) if (values[row * columns + a] !== values[row * columns + b]) return false;
  return true;
}
