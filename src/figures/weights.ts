/** Reading quantised weights, whole or aggregated. */
import type { MadeStructure } from '../masks/degrees.ts';
import type { WeightMatrix } from '../inspection/frames.ts';
import { inversePermutation, layerDegrees, sortedByDegree, type Focus } from './dependencies.ts';

/** Whether a matrix came as means of |weight| over bins of units sorted by degree. */
export function isBinned(matrix: WeightMatrix): boolean {
  return matrix.binnedRows !== matrix.rows || matrix.binnedColumns !== matrix.columns;
}

/** Bin of a unit's position (sorted by degree) among `count` units in `bins` bins. */
export function binOf(position: number, count: number, bins: number): number {
  return Math.min(bins - 1, Math.floor((position * bins) / count));
}

/** Reads |weight| or weight of one matrix by units. */
export interface WeightReader {
  /** Signed weight, or the bin's mean |weight| where weights came aggregated. */
  at(row: number, column: number): number;
  readonly signed: boolean;
  /** Largest |value| of all matrices: one scale for all layers, so that what looks strong is strong. */
  readonly largest: number;
  readonly matrix: WeightMatrix;
}

function largestValue({ values, scale }: WeightMatrix): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return (largest * scale) / 127;
}

/** A reader per matrix of a frame, in the frame's order: the masks', then the direct connection's. */
export function weightReaders(structure: MadeStructure, weights: readonly WeightMatrix[]): WeightReader[] {
  const layers = layerDegrees(structure);
  const positions = layers.map((degrees) => inversePermutation(sortedByDegree(degrees)));
  const last = layers.length - 1;
  const largest = weights.reduce((most, matrix) => Math.max(most, largestValue(matrix)), 0);
  return weights.map((matrix, i) => {
    const direct = i === last;
    const [rowsAt, columnsAt] = direct ? [positions[last]!, positions[0]!] : [positions[i + 1]!, positions[i]!];
    const unit = matrix.scale / 127;
    const signed = !isBinned(matrix);
    const { values, rows, columns, binnedRows, binnedColumns } = matrix;
    return {
      matrix,
      signed,
      largest,
      at: signed
        ? (row, column) => values[row * columns + column]! * unit
        : (row, column) =>
            values[
              binOf(rowsAt[row]!, rows, binnedRows) * binnedColumns + binOf(columnsAt[column]!, columns, binnedColumns)
            ]! * unit,
    };
  });
}

/** Weight between the two units of a focus when they are neighbours (or joined directly) and single weights are known. */
export function focusWeight(
  structure: MadeStructure,
  readers: readonly WeightReader[],
  { unit, from }: Focus,
): number | undefined {
  if (!from) return undefined;
  const last = structure.hidden.length + 1;
  const reader =
    from.layer === 0 && unit.layer === last
      ? readers[last]
      : unit.layer === from.layer + 1
        ? readers[from.layer]
        : undefined;
  return reader?.signed ? reader.at(unit.unit, from.unit) : undefined;
}
