/**
 * A layer of a normalising flow: an invertible map of rows [N, D], with the logarithm of the absolute value of its
 * Jacobian's determinant.
 *
 * `forward` leads from the data towards the base density, so that
 *
 *   log p(x) = log p_base(f(x)) + log|det ∂f/∂x|.
 *
 * A layer that its paper writes the other way round (IAF) is the {@link inverted} of another. All of it is a pure function
 * of tensors, as models are: parameters come in as arguments, nothing is kept between calls. Nor are inverses cached between
 * calls, which would keep tensors alive that nobody knows of: whoever has been forwards has x and y, and hands both on
 * ({@link Bijector.movement}); a statistic or a factor that several layers need is computed once, by who calls them.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { takeColumns } from '../layers/columns.ts';
import type { NamedTensors, ParameterSpec } from '../layers/parameters.ts';
import type { MaskMatrix } from '../masks/matrix.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { ColumnMoments } from './moments.ts';

/** What a layer computes with, beside the rows. */
export interface BijectorInputs {
  /** By the names of {@link Bijector.parameters}. */
  readonly parameters: NamedTensors;
  /** By the names of {@link Bijector.masks}. */
  readonly masks: NamedTensors;
  /** [N, C] what each row is conditioned on; null for none. */
  readonly context: Tensor2D | null;
  /**
   * Where layers that normalise take means and variances: `batch`, of the rows at hand, as in training steps; left out,
   * those that are stored, so that what becomes of a row does not depend on the others.
   */
  readonly moments?: 'batch';
  /**
   * Told of what goes into the first residual block of a network and what comes out of each, [N·places, channels]; left out
   * where nobody looks.
   */
  readonly tell?: (name: string, value: Tensor2D, begins: boolean) => void;
}

export interface Forward {
  /** [N, D] */
  readonly y: Tensor2D;
  /** [N] log|det ∂y/∂x| in nats, of every row. */
  readonly logDet: Tensor1D;
}

export interface Inverse {
  /** [N, D] */
  readonly x: Tensor2D;
  /** [N] log|det ∂x/∂y| in nats, of every row: what {@link Forward.logDet} of x is, with the other sign. */
  readonly logDet: Tensor1D;
}

/** An elementwise affine map, y_i = x_j·exp(logScale_i) + shift_i with j the {@link Bijector.origin} of i. */
export interface Movement {
  /** [N, D], 0 where nothing is scaled; null where nothing ever is. */
  readonly logScale: Tensor2D | null;
  /** [N, D], 0 where nothing is shifted. */
  readonly shift: Tensor2D;
}

/** Parameters that are set from the moments of rows, as these come into the layer. */
export interface Normaliser {
  /**
   * `start`: once, from the first minibatch, and trained from there on (ActNorm). `stored`: never trained, but measured on
   * all training rows before anybody is scored (batch normalisation).
   */
  readonly when: 'start' | 'stored';
  /** By the names of {@link Bijector.parameters}. */
  parametersOf(moments: ColumnMoments): NamedArrays;
}

/** What a sequential direction costs where every unit is computed once, when its last input is known. */
export interface Incremental {
  readonly direction: 'forward' | 'inverse';
  /**
   * The same as the direction's own method, in plain arrays. Yields from time to time the share that is done, 0 … 1.
   * @param values [rows, D] row-major
   * @param context [rows, C] row-major, or null
   */
  compute(
    parameters: NamedArrays,
    values: Float32Array,
    rows: number,
    context: Float32Array | null,
  ): Generator<number, IncrementalResult, void>;
}

export interface IncrementalResult {
  /** [rows, D] */
  readonly values: Float32Array;
  /** [rows] log|det| of the direction, in nats. */
  readonly logDet: Float64Array;
  /** Multiplications done, as a multiple of those of one pass through the network. */
  readonly passes: number;
}

export interface Bijector {
  /** D, columns of a row, before and after. */
  readonly dimension: number;
  readonly parameters: readonly ParameterSpec[];
  /** Masks by the names of the weights they belong to, entries 0 or 1; none for most layers. */
  readonly masks: NamedArrays;
  /** Initial parameters by name, drawn from `random`. */
  initialise(random: RandomGenerator): NamedArrays;
  /** x [N, D] → y. Differentiable in the parameters, in x and in the context. */
  forward(x: Tensor2D, inputs: BijectorInputs): Forward;
  /** y [N, D] → x. Differentiable as {@link forward} is. */
  inverse(y: Tensor2D, inputs: BijectorInputs): Inverse;
  /** [D, D] structure of the Jacobian ∂y/∂x: 1 at (i, j) where y_i may depend on x_j. */
  readonly dependencies: MaskMatrix;
  /** [D] 1 at the y_i that the layer transforms, 0 where a variable passes as it is, be it to another place. */
  readonly moves: Uint8Array;
  /** [D] the variable of x that y_i continues: i itself but for layers that change places. */
  readonly origin: Int32Array;
  /**
   * How each variable is moved: of layers that are affine in it, in the forward direction.
   * @param y what {@link forward} makes of x, where it is known: some layers would have to find it first.
   */
  movement?(x: Tensor2D, inputs: BijectorInputs, y?: Tensor2D): Movement;
  /**
   * The way back in float64, in plain arrays, of layers that are not affine in each variable and have no network: beside
   * it shows what float32 loses on its way back, and what it had lost before.
   * @param y [rows, D] row-major @returns [rows, D]
   */
  exactInverse?(y: Float32Array, rows: number, parameters: NamedArrays): Float64Array;
  /** [D] what |log-scale| of {@link movement} never exceeds, ∞ where there is no bound; left out where there is none at all. */
  logScaleBounds?(parameters: NamedArrays): Float32Array;
  /** Present where parameters are set from the moments of rows. */
  readonly normaliser?: Normaliser;
  /** Present where one direction is sequential: what its cheap way is. */
  readonly incremental?: Incremental;
}

/** The same map in the other direction. */
export function inverted(layer: Bijector, dependencies: MaskMatrix): Bijector {
  const { incremental } = layer;
  const origin = backwards(layer.origin);
  return {
    dimension: layer.dimension,
    parameters: layer.parameters,
    masks: layer.masks,
    dependencies,
    moves: layer.moves.map((_, i) => layer.moves[origin[i]!]!),
    origin,
    // x_j = y_i·exp(s_j) + t_j there is y_i = x_j·exp(−s_j) − t_j·exp(−s_j) here, in the place i that y_i has.
    ...(layer.movement && {
      movement(x: Tensor2D, inputs: BijectorInputs, y = layer.inverse(x, inputs).x) {
        const { logScale, shift } = layer.movement!(y, inputs);
        const back = tf.neg(logScale === null ? shift : tf.mul<Tensor2D>(shift, tf.exp(tf.neg(logScale))));
        return {
          logScale: logScale && takeColumns(tf.neg(logScale), origin),
          shift: takeColumns(back, origin),
        };
      },
    }),
    ...(layer.logScaleBounds && {
      logScaleBounds(parameters: NamedArrays) {
        const bounds = layer.logScaleBounds!(parameters);
        return bounds.map((_, i) => bounds[origin[i]!]!);
      },
    }),
    ...(incremental && {
      incremental: { ...incremental, direction: incremental.direction === 'forward' ? 'inverse' : 'forward' },
    }),
    initialise: (random) => layer.initialise(random),
    forward: (x, inputs) => {
      const { x: y, logDet } = layer.inverse(x, inputs);
      return { y, logDet };
    },
    inverse: (y, inputs) => {
      const { y: x, logDet } = layer.forward(y, inputs);
      return { x, logDet };
    },
  };
}

/** The places that a permutation came from, of the places it leads to. */
function backwards(origin: Int32Array): Int32Array {
  const places = new Int32Array(origin.length);
  for (const [to, from] of origin.entries()) places[from] = to;
  return places;
}

/** Every variable in its own place: the {@link Bijector.origin} of layers that change none. */
export const inPlace = (dimension: number): Int32Array => Int32Array.from({ length: dimension }, (_, d) => d);
