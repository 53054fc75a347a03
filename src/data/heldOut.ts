/** The rows that a model is looked at by: not trained on where there are such, the same at every look. */
import { RandomGenerator } from '../random/generator.ts';
import type { Dataset, Matrix } from './dataset.ts';

/** Rows that are not trained on, if there are any. */
export function heldOut({ train, validation }: Pick<Dataset, 'train' | 'validation'>): {
  readonly split: 'train' | 'validation';
  readonly matrix: Matrix;
} {
  return validation ? { split: 'validation', matrix: validation } : { split: 'train', matrix: train };
}

/** Rows in an order drawn once and for all by the seed; a closer look takes more of the same. */
export function rowOrder({ rows }: Pick<Matrix, 'rows'>, seed: number): Int32Array {
  return RandomGenerator.seeded(seed, 'inspection/held-out rows').permutation(rows);
}
