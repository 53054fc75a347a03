/** Reading quantised weights, whole or aggregated. */
import type { ConnectivityFrame, WeightMatrix } from '../inspection/frames.ts';
import { decodeWeight, weightError } from '../inspection/weightCodes.ts';
import type { Connectivity } from '../masks/connectivity.ts';
import { arrangedUnits, inversePermutation } from '../masks/sorting.ts';
import { contextLayer, type Focus } from './dependencies.ts';

/** Whether a matrix came as means of |weight| over bins of units sorted by degree. */
export function isBinned(matrix: WeightMatrix): boolean {
  return matrix.binnedRows !== matrix.rows || matrix.binnedColumns !== matrix.columns;
}

/** Bin of a unit's position (sorted by degree) among `count` units in `bins` bins. */
export function binOf(position: number, count: number, bins: number): number {
  return Math.min(bins - 1, Math.floor((position * bins) / count));
}

/** A weight as far as it is known: the true one lies within `error` of `value`. */
export interface KnownWeight {
  readonly value: number;
  readonly error: number;
}

/** Reads |weight| or weight of one matrix by units. */
export interface WeightReader {
  /** Signed weight, or the bin's mean |weight| where weights came aggregated; as near as one byte allows. */
  at(row: number, column: number): number;
  /** The same, and how near it is. */
  known(row: number, column: number): KnownWeight;
  readonly signed: boolean;
  /** Largest |value| of all matrices: one scale for all layers, so that what looks strong is strong. */
  readonly largest: number;
  readonly matrix: WeightMatrix;
}

function largestValue({ values, scale }: WeightMatrix): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return decodeWeight(largest, scale);
}

/**
 * A reader per matrix of a frame, in the frame's order: the masks', then the direct connection's; null where a joint has no
 * such weights.
 */
export function weightReaders(
  network: Connectivity,
  weights: readonly (WeightMatrix | null)[],
): (WeightReader | null)[] {
  const positions = network.layers.map((layer) => inversePermutation(arrangedUnits(layer)));
  const largest = weights.reduce((most, matrix) => Math.max(most, matrix ? largestValue(matrix) : 0), 0);
  return weights.map((matrix, i) => {
    if (!matrix) return null;
    const { from, to } = network.joints[i]!;
    const [rowsAt, columnsAt] = [positions[to]!, positions[from]!];
    const signed = !isBinned(matrix);
    const { values, rows, columns, binnedRows, binnedColumns, scale } = matrix;
    const code = signed
      ? (row: number, column: number) => values[row * columns + column]!
      : (row: number, column: number) =>
          values[
            binOf(rowsAt[row]!, rows, binnedRows) * binnedColumns + binOf(columnsAt[column]!, columns, binnedColumns)
          ]!;
    return {
      matrix,
      signed,
      largest,
      at: (row, column) => decodeWeight(code(row, column), scale),
      known: (row, column) => {
        const own = code(row, column);
        return { value: decodeWeight(own, scale), error: weightError(own, scale) };
      },
    };
  });
}

/** For every focus the weight that joins it, and the companion (U) of that weight, as far as they are known. */
export function weightsOfFocus(
  network: Connectivity,
  { weights, companions, context }: Pick<ConnectivityFrame, 'weights' | 'companions' | 'context'>,
): (focus: Focus) => readonly [KnownWeight | undefined, KnownWeight | undefined] {
  const [own, conditioning, given] = [
    weightReaders(network, weights),
    weightReaders(network, companions),
    contextReaders(context),
  ];
  return (focus) => {
    if (focus.from?.layer === contextLayer(network)) {
      const into = network.context?.into.indexOf(focus.unit.layer) ?? -1;
      return [given[into]?.known(focus.unit.unit, focus.from.unit), undefined];
    }
    return [focusWeight(network, own, focus), focusWeight(network, conditioning, focus)];
  };
}

/** The largest |value| of all of them; 0 without any. */
export const largestOf = (readers: readonly (WeightReader | null)[] | null): number =>
  readers?.find((reader) => reader !== null)?.largest ?? 0;

/** Weights of the context into its layers, [units, C] each; they come whole. */
export function contextReaders(matrices: readonly WeightMatrix[]): WeightReader[] {
  const largest = matrices.reduce((most, matrix) => Math.max(most, largestValue(matrix)), 0);
  return matrices.map((matrix) => {
    const { values, columns, scale } = matrix;
    const code = (row: number, column: number) => values[row * columns + column]!;
    return {
      matrix,
      signed: true,
      largest,
      at: (row, column) => decodeWeight(code(row, column), scale),
      known: (row, column) => ({
        value: decodeWeight(code(row, column), scale),
        error: weightError(code(row, column), scale),
      }),
    };
  });
}

/**
 * Weight between the two units of a focus when a weight joins them and single weights are known; where both a mask and
 * the direct connection do, their sum, for that is what counts.
 */
export function focusWeight(
  network: Connectivity,
  readers: readonly (WeightReader | null)[],
  { unit, from }: Focus,
): KnownWeight | undefined {
  if (!from) return undefined;
  const joints = network.joints.filter((joint) => joint.from === from.layer && joint.to === unit.layer);
  if (joints.length === 0 || !joints.every(({ index }) => readers[index]?.signed)) return undefined;
  const known = joints.map(({ index }) => readers[index]!.known(unit.unit, from.unit));
  return {
    value: known.reduce((sum, { value }) => sum + value, 0),
    error: known.reduce((sum, { error }) => sum + error, 0),
  };
}
