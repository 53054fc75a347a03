/**
 * Layers that act on some columns of a row, and a multi-scale architecture by them (Dinh et al. 2017, section 3.6, equations
 * 14 to 16): half of the channels are factored out and stay as they are, the next layers act on the others. Rows keep
 * their D columns throughout, and what is factored out its place, so that z is a permutation of the paper's. Which
 * columns go on is in `masks/imageScales.ts`.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { joinColumns, takeColumns } from '../layers/columns.ts';
import { allows, lazyMaskOf } from '../masks/matrix.ts';
import { inPlace, type Bijector, type BijectorInputs, type Incremental, type Normaliser } from './bijector.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { ColumnMoments } from './moments.ts';

/**
 * A layer that acts on `columns` of rows [N, dimension]; the others pass as they are.
 * @throws RangeError when the columns are not as many as the layer takes, or one is none of the row's, or there twice.
 */
export function within(layer: Bijector, columns: Int32Array, dimension: number): Bijector {
  check(layer, columns, dimension);
  if (columns.every((column, place) => column === place) && columns.length === dimension) return layer;
  const inner = new Int32Array(dimension).fill(-1);
  for (const [place, column] of columns.entries()) inner[column] = place;
  const rest = inPlace(dimension).filter((d) => inner[d] === -1);
  const joined = (acted: Tensor2D, still: Tensor2D | null) =>
    still === null ? takeColumns(acted, inner) : joinColumns(acted, columns, still, rest);
  const parted = (x: Tensor2D) => ({
    acted: takeColumns(x, columns),
    still: rest.length === 0 ? null : takeColumns(x, rest),
  });
  const origin = inPlace(dimension);
  const moves = new Uint8Array(dimension);
  for (const [place, column] of columns.entries()) {
    origin[column] = columns[layer.origin[place]!]!;
    moves[column] = layer.moves[place]!;
  }
  const { normaliser, incremental } = layer;
  return {
    dimension,
    parameters: layer.parameters,
    masks: layer.masks,
    initialise: (random) => layer.initialise(random),
    origin,
    moves,
    dependencies: lazyMaskOf(dimension, dimension, (i, j) =>
      inner[i] === -1 || inner[j] === -1 ? i === j : allows(layer.dependencies, inner[i]!, inner[j]!),
    ),
    ...(layer.movement && {
      movement(x: Tensor2D, inputs: BijectorInputs, y?: Tensor2D) {
        const { acted, still } = parted(x);
        const { logScale, shift } = layer.movement!(acted, inputs, y && takeColumns(y, columns));
        const unmoved = still && tf.zerosLike(still);
        return { logScale: logScale && joined(logScale, unmoved), shift: joined(shift, unmoved) };
      },
    }),
    ...(layer.exactInverse && {
      exactInverse(y: Float32Array, rows: number, parameters: NamedArrays) {
        const whole = Float64Array.from(y);
        const placeOf = (at: number) => Math.floor(at / columns.length) * dimension + columns[at % columns.length]!;
        const acted = Float32Array.from({ length: rows * columns.length }, (_, at) => y[placeOf(at)]!);
        for (const [at, value] of layer.exactInverse!(acted, rows, parameters).entries()) whole[placeOf(at)] = value;
        return whole;
      },
    }),
    ...(layer.logScaleBounds && {
      logScaleBounds(parameters: NamedArrays) {
        const bounds = new Float32Array(dimension).fill(Infinity);
        for (const [place, bound] of layer.logScaleBounds!(parameters).entries()) bounds[columns[place]!] = bound;
        return bounds;
      },
    }),
    ...(normaliser && { normaliser: normaliserWithin(normaliser, columns) }),
    ...(incremental && { incremental: incrementalWithin(incremental, columns, dimension) }),
    forward(x, inputs) {
      const { acted, still } = parted(x);
      const { y, logDet } = layer.forward(acted, inputs);
      return { y: joined(y, still), logDet };
    },
    inverse(y, inputs) {
      const { acted, still } = parted(y);
      const { x, logDet } = layer.inverse(acted, inputs);
      return { x: joined(x, still), logDet };
    },
  };
}

function check(layer: Bijector, columns: Int32Array, dimension: number): void {
  if (columns.length !== layer.dimension) {
    throw new RangeError(`the layer takes ${layer.dimension} columns, and ${columns.length} are named`);
  }
  const seen = new Set<number>();
  for (const column of columns) {
    if (!(column >= 0 && column < dimension)) {
      throw new RangeError(`the layer is to act on column ${column}; rows have columns 0 … ${dimension - 1}`);
    }
    if (seen.has(column)) throw new RangeError(`the layer is to act on column ${column} twice`);
    seen.add(column);
  }
}

function normaliserWithin(inner: Normaliser, columns: Int32Array): Normaliser {
  const of = (values: Float64Array) => Float64Array.from(columns, (column) => values[column]!);
  return {
    when: inner.when,
    parametersOf: ({ rows, mean, variance }: ColumnMoments) =>
      inner.parametersOf({ rows, mean: of(mean), variance: of(variance) }),
  };
}

function incrementalWithin(inner: Incremental, columns: Int32Array, dimension: number): Incremental {
  return {
    direction: inner.direction,
    *compute(parameters, values, rows, context) {
      const acted = new Float32Array(rows * columns.length);
      for (let at = 0; at < acted.length; at++) {
        acted[at] = values[Math.floor(at / columns.length) * dimension + columns[at % columns.length]!]!;
      }
      const found = yield* inner.compute(parameters, acted, rows, context);
      const whole = values.slice();
      for (const [at, value] of found.values.entries()) {
        whole[Math.floor(at / columns.length) * dimension + columns[at % columns.length]!] = value;
      }
      return { ...found, values: whole };
    },
  };
}
