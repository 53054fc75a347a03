/**
 * Invertible linear mixing: y = W x with W = P L (U + diag s), P a fixed permutation, L unit lower triangular, U strictly
 * upper triangular, log|det| = Σ log|s| (Kingma & Dhariwal 2018, section 3.2, equations 10 and 11). Of whole rows, or, as
 * an invertible 1×1 convolution, of the C channels at every place of image rows: log|det| = H·W·Σ log|s|.
 *
 * W starts as a random rotation. The way back is two triangular solves; W itself is never formed, nor inverted.
 *
 * Parameters: `lower` [C, C] and `upper` [C, C], both masked, `logScale` log|s| [C]; fixed, not trained: `permutation` P
 * [C, C] with entries 0 and 1, `sign` of s [C]. One column alone has `logScale` and `sign`.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { dense } from '../layers/dense.ts';
import { differentiable } from '../layers/differentiable.ts';
import { maskArray } from '../layers/maskArray.ts';
import type { ParameterSpec } from '../layers/parameters.ts';
import { triangularSolve } from '../layers/triangularSolve.ts';
import { lazyMaskOf, maskOf } from '../masks/matrix.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';
import { inPlace, type Bijector, type BijectorInputs } from './bijector.ts';
import { luFactors, randomRotation } from './linear.ts';
import { fromPlaces, placesOf, sharedLogDet, toPlaces } from './places.ts';
import { minus } from './sums.ts';

export interface MixingSettings {
  /** D */
  readonly dimension: number;
  /** C of image rows [H, W, C], mixed at every place; left out where whole rows are. */
  readonly channels?: number;
}

/** @throws RangeError when the channels do not divide the columns. */
export function mixing(settings: MixingSettings): Bijector {
  const { dimension } = settings;
  const layout = placesOf(dimension, settings.channels);
  const { channels: size } = layout;
  const square = [size, size] as const;
  const masks: NamedArrays =
    size === 1
      ? {}
      : {
          lower: maskArray(maskOf(size, size, (i, j) => j < i)),
          upper: maskArray(maskOf(size, size, (i, j) => j > i)),
        };
  const ofSeveral: readonly ParameterSpec[] = [
    { name: 'lower', shape: square, description: '[C, C] L below its diagonal of ones', masked: true },
    { name: 'upper', shape: square, description: '[C, C] U above the diagonal', masked: true },
    { name: 'permutation', shape: square, description: '[C, C] P, fixed', masked: false, trainable: false },
  ];
  const parameters: readonly ParameterSpec[] = [
    ...(size > 1 ? ofSeveral : []),
    { name: 'logScale', shape: [size], description: '[C] log|s| of the diagonal', masked: false },
    { name: 'sign', shape: [size], description: '[C] signs of s, fixed', masked: false, trainable: false },
  ];

  return {
    dimension,
    parameters,
    masks,
    initialise(random) {
      const all = factorsOf(randomRotation(size, random));
      return Object.fromEntries(parameters.map(({ name }) => [name, all[name as keyof typeof all]]));
    },
    moves: new Uint8Array(dimension).fill(1),
    origin: inPlace(dimension),
    dependencies: lazyMaskOf(dimension, dimension, (i, j) => Math.floor(i / size) === Math.floor(j / size)),
    exactInverse: (y, _, own) => solved(y, own),
    forward(x, inputs) {
      const h = applied(upperOf(inputs), toPlaces(x, layout));
      const y = size === 1 ? h : applied(permutationOf(inputs), applied(lowerOf(inputs), h));
      return { y: fromPlaces(y, layout), logDet: sharedLogDet(logScaleOf(inputs), x.shape[0], layout) };
    },
    inverse(y, inputs) {
      const placed = toPlaces(y, layout);
      const h =
        size === 1
          ? placed
          : triangularSolve(lowerOf(inputs), applied(transposed(permutationOf(inputs)), placed), 'lower');
      const x = triangularSolve(upperOf(inputs), h, 'upper');
      return { x: fromPlaces(x, layout), logDet: minus(sharedLogDet(logScaleOf(inputs), y.shape[0], layout)) };
    },
  };
}

/** W of a mixing layer's parameters, [C · C] row-major, in float64. */
export function mixingMatrix(parameters: NamedArrays): Float64Array {
  const { lower, upper, logScale, sign, permutation } = parameters;
  const size = logScale!.data.length;
  const s = Float64Array.from(logScale!.data, (log, i) => sign!.data[i]! * Math.exp(log));
  if (!lower || !upper || !permutation) return s;
  /** Entry of L (U + diag s): what stands beyond the triangles is masked out. */
  const product = (i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k <= Math.min(i, j); k++) {
      sum += (k === i ? 1 : lower.data[i * size + k]!) * (k === j ? s[k]! : upper.data[k * size + j]!);
    }
    return sum;
  };
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const from = permutation.data.subarray(row * size, (row + 1) * size).indexOf(1);
    for (let j = 0; j < size; j++) matrix[row * size + j] = product(from, j);
  }
  return matrix;
}

/** The x of every y = W x, C columns after C columns, by substitution in float64. */
function solved(y: Float32Array, parameters: NamedArrays): Float64Array {
  const { lower, upper, logScale, sign, permutation } = parameters;
  const size = logScale!.data.length;
  const s = Float64Array.from(logScale!.data, (log, i) => sign!.data[i]! * Math.exp(log));
  const from = Int32Array.from({ length: size }, (_, row) =>
    permutation ? permutation.data.subarray(row * size, (row + 1) * size).indexOf(1) : row,
  );
  const x = new Float64Array(y.length);
  for (let start = 0; start < y.length; start += size) {
    const h = x.subarray(start, start + size);
    for (let i = 0; i < size; i++) h[from[i]!] = y[start + i]!;
    for (let i = 1; i < size; i++) for (let k = 0; k < i; k++) h[i]! -= lower!.data[i * size + k]! * h[k]!;
    for (let i = size - 1; i >= 0; i--) {
      for (let k = i + 1; k < size; k++) h[i]! -= upper!.data[i * size + k]! * h[k]!;
      h[i]! /= s[i]!;
    }
  }
  return x;
}

/** The parameters that make up a matrix [C · C]. */
function factorsOf(matrix: Float64Array) {
  const { size, rows, factors } = luFactors(matrix);
  const ofCells = (value: (i: number, j: number) => number): NamedArray => ({
    shape: [size, size],
    data: Float32Array.from({ length: size * size }, (_, at) => value(Math.floor(at / size), at % size)),
  });
  const ofDiagonal = (value: (s: number) => number): NamedArray => ({
    shape: [size],
    data: Float32Array.from({ length: size }, (_, i) => value(factors[i * size + i]!)),
  });
  const cell = (i: number, j: number) => factors[i * size + j]!;
  return {
    lower: ofCells((i, j) => (j < i ? cell(i, j) : 0)),
    upper: ofCells((i, j) => (j > i ? cell(i, j) : 0)),
    permutation: ofCells((i, j) => (rows[i] === j ? 1 : 0)),
    logScale: ofDiagonal((s) => Math.log(Math.abs(s))),
    sign: ofDiagonal(Math.sign),
  };
}

const logScaleOf = ({ parameters }: BijectorInputs) => parameters['logScale'] as Tensor1D;
const permutationOf = ({ parameters }: BijectorInputs) => parameters['permutation'] as Tensor2D;

/** L [C, C]. Differentiable in its entries. */
function lowerOf({ parameters, masks }: BijectorInputs): Tensor2D {
  const mask = masks['lower'] as Tensor2D;
  return differentiable([parameters['lower'] as Tensor2D], () => ({
    value: tf.add(tf.mul<Tensor2D>(parameters['lower']!, mask), tf.eye(mask.shape[0])),
    saved: [mask],
    gradient: (dl, [mask]) => [tf.mul(dl, mask!)],
  }));
}

/** U + diag s [C, C]. Differentiable in U's entries and log|s|. */
function upperOf(inputs: BijectorInputs): Tensor2D {
  const { parameters, masks } = inputs;
  const scale = logScaleOf(inputs);
  const size = scale.shape[0];
  const upper = parameters['upper'] as Tensor2D | undefined;
  return differentiable([...(upper ? [upper] : []), scale], () => {
    const s = tf.mul<Tensor1D>(parameters['sign']!, tf.exp(scale));
    const diagonal = tf.mul<Tensor2D>(tf.eye(size), s);
    const mask = upper ? [masks['upper']!] : [];
    return {
      value: upper ? tf.add(tf.mul<Tensor2D>(upper, mask[0]!), diagonal) : diagonal,
      saved: [diagonal, ...mask],
      gradient: (du, [diagonal, ...mask]) => [
        ...mask.map((one) => tf.mul(du, one)),
        tf.sum<Tensor1D>(tf.mul<Tensor2D>(du, diagonal!), 0),
      ],
    };
  });
}

/** Wᵀ's rows: y = W h of every row. Differentiable. */
function applied(matrix: Tensor2D, h: Tensor2D): Tensor2D {
  return dense({ input: h, weight: matrix, bias: tf.zeros([matrix.shape[0]]), constant: false });
}

/** Differentiable. */
function transposed(matrix: Tensor2D): Tensor2D {
  return differentiable([matrix], () => ({
    value: tf.transpose(matrix),
    saved: [],
    gradient: (dy) => [tf.transpose(dy)],
  }));
}
