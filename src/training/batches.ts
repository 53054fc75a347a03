/** Minibatches of one epoch: a permutation of the rows, cut into pieces. */
import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { drawAnew } from '../data/binarize.ts';
import type { Matrix } from '../data/dataset.ts';
import type { Model } from '../models/model.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { FEWEST_NORMALISED_ROWS } from '../spec/models/flowKeys.ts';

/** Rows that a step of the model needs at least: more than one where it normalises by them. */
export function leastBatch({ measured }: Pick<Model, 'measured'>): number {
  return measured?.when.has('stored') ? FEWEST_NORMALISED_ROWS : 1;
}

/** The minibatches of an epoch. */
export interface Plan {
  readonly batches: number;
  /** Rows of batch i, counted from 0. */
  rows(batch: number): Int32Array;
}

export class EpochPlan implements Plan {
  readonly batches: number;
  readonly #order: Int32Array;
  readonly #batchSize: number;

  /**
   * Draws the epoch's order from `random`, which moves on. The last batch may be smaller; where it would be smaller than
   * `least`, its rows join the batch before it.
   */
  constructor(rows: number, batchSize: number, random: RandomGenerator, least = 1) {
    this.#order = random.permutation(rows);
    this.#batchSize = batchSize;
    const whole = Math.floor(rows / batchSize);
    const left = rows % batchSize;
    this.batches = left === 0 || (whole > 0 && left < least) ? whole : whole + 1;
  }

  /** Rows of batch i. */
  rows(batch: number): Int32Array {
    const end = batch === this.batches - 1 ? this.#order.length : (batch + 1) * this.#batchSize;
    return this.#order.subarray(batch * this.#batchSize, end);
  }
}

/** The given rows as a tensor [N, D]. The caller disposes of it. */
export function gather(matrix: Matrix, rows: Int32Array): Tensor2D {
  const { columns, values } = matrix;
  const batch = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) batch.set(values.subarray(row * columns, (row + 1) * columns), i * columns);
  return tensor2d(batch, [rows.length, columns]);
}

/**
 * The given rows of a training step and what they are conditioned on, as tensors; drawn anew where their values are chances.
 * The caller disposes of both.
 */
export function batchOf(
  matrix: Matrix,
  rows: Int32Array,
  { seed, step }: { readonly seed: number; readonly step: number },
): { batch: Tensor2D; context: Tensor2D | null } {
  const { columns, chances, context } = matrix;
  const batch = chances
    ? tensor2d(drawAnew(chances, { rows, columns, seed, step }), [rows.length, columns])
    : gather(matrix, rows);
  return { batch, context: context ? gather(context, rows) : null };
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
