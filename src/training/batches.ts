/** Minibatches of one epoch: a permutation of the rows, cut into pieces. */
import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../data/dataset.ts';
import type { RandomGenerator } from '../random/generator.ts';

export class EpochPlan {
  readonly batches: number;
  readonly #order: Int32Array;
  readonly #batchSize: number;

  /** Draws the epoch's order from `random`, which moves on. The last batch may be smaller. */
  constructor(rows: number, batchSize: number, random: RandomGenerator) {
    this.#order = random.permutation(rows);
    this.#batchSize = batchSize;
    this.batches = Math.ceil(rows / batchSize);
  }

  /** Rows of batch i. */
  rows(batch: number): Int32Array {
    return this.#order.subarray(batch * this.#batchSize, (batch + 1) * this.#batchSize);
  }
}

/** The given rows as a tensor [N, D]. The caller disposes of it. */
export function gather(matrix: Matrix, rows: Int32Array): Tensor2D {
  const { columns, values } = matrix;
  const batch = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) batch.set(values.subarray(row * columns, (row + 1) * columns), i * columns);
  return tensor2d(batch, [rows.length, columns]);
}

/** The given rows and what they are conditioned on, as tensors. The caller disposes of both. */
export function batchOf(matrix: Matrix, rows: Int32Array): { batch: Tensor2D; context: Tensor2D | null } {
  return { batch: gather(matrix, rows), context: matrix.context ? gather(matrix.context, rows) : null };
}

/** Rows `begin` … `end` − 1 as a tensor [N, D]. The caller disposes of it. */
export function slice({ columns, values }: Matrix, begin: number, end: number): Tensor2D {
  const batch = Float32Array.from(values.subarray(begin * columns, end * columns));
  return tensor2d(batch, [end - begin, columns]);
}

/** What rows `begin` … `end` − 1 are conditioned on, [N, C], or null. The caller disposes of it. */
export function contextSlice({ context }: Matrix, begin: number, end: number): Tensor2D | null {
  return context ? slice(context, begin, end) : null;
}
