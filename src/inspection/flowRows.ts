/** The rows that views of flows carry: some of those that are not trained on, the same at every look. */
import type { Matrix } from '../data/dataset.ts';
import { heldOut, rowOrder } from '../data/heldOut.ts';
import { DEQUANTISATION } from '../flows/pixels.ts';
import type { Model } from '../models/model.ts';
import { RandomGenerator } from '../random/generator.ts';
import { rowsAt } from './ensembleScoring.ts';
import type { InspectionSource } from './source.ts';

export interface CarriedRows {
  readonly split: 'train' | 'validation';
  /** [rows] their numbers in the split. */
  readonly row: Int32Array;
  /** Rows of the split that could have been carried. */
  readonly of: number;
  /** [rows, D] as the flow is given them, levels with their noise. */
  readonly values: Float32Array;
  /** [rows, C], or null. */
  readonly context: Float32Array | null;
}

/**
 * @param most rows at most; a closer look takes more of the same
 * @param label where rows of one label alone are wanted: its column of the context
 */
export async function carriedRows(source: InspectionSource, most: number, label: number | null): Promise<CarriedRows> {
  const { split, matrix } = heldOut(await source.dataset());
  const order = rowOrder(matrix, source.seed);
  const fitting = label === null ? order : order.filter((row) => contextAt(matrix, row, label) === 1);
  return { split, of: fitting.length, ...picked(source.model, matrix, fitting.slice(0, most)) };
}

/** Rows by their numbers in the split, in that order. */
export function picked(model: Model, matrix: Matrix, row: Int32Array): Pick<CarriedRows, 'row' | 'values' | 'context'> {
  const { values, context } = rowsAt(matrix, row)(0, row.length);
  return { row, values: dequantised(model, Float32Array.from(values), row), context: context ? floats(context) : null };
}

const floats = ({ values }: Matrix) => Float32Array.from(values);

const contextAt = ({ context }: Matrix, row: number, column: number) => context?.values[row * context.columns + column];

/**
 * Levels with noise where a flow asks for it: a row's own, so that it is carried alike wherever it is met. What other models
 * call noise (a VAE's ε, the positions an EoNADE knows) belongs to no row's values.
 */
function dequantised(model: Model, values: Float32Array, rows: Int32Array): Float32Array {
  for (const [i, row] of rows.entries()) {
    const noise = model.noise(1, RandomGenerator.seeded(row, 'inspection/dequantisation'))[DEQUANTISATION];
    if (!noise) return values;
    for (let d = 0; d < model.dimension; d++) values[i * model.dimension + d]! += noise.data[d]!;
  }
  return values;
}
