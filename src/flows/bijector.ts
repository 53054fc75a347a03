/**
 * A layer of a normalising flow: an invertible map of rows [N, D], with the logarithm of the absolute value of its
 * Jacobian's determinant.
 *
 * `forward` leads from the data towards the base density, so that
 *
 *   log p(x) = log p_base(f(x)) + log|det ∂f/∂x|.
 *
 * A layer that its paper writes the other way round (IAF) is the {@link inverted} of another. All of it is a pure function
 * of tensors, as models are: parameters come in as arguments, nothing is kept between calls.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { NamedTensors, ParameterSpec } from '../layers/parameters.ts';
import type { MaskMatrix } from '../masks/matrix.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';

/** What a layer computes with, beside the rows. */
export interface BijectorInputs {
  /** By the names of {@link Bijector.parameters}. */
  readonly parameters: NamedTensors;
  /** By the names of {@link Bijector.masks}. */
  readonly masks: NamedTensors;
  /** [N, C] what each row is conditioned on; null for none. */
  readonly context: Tensor2D | null;
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
}

/** The same map in the other direction. */
export function inverted(layer: Bijector, dependencies: MaskMatrix): Bijector {
  return {
    dimension: layer.dimension,
    parameters: layer.parameters,
    masks: layer.masks,
    dependencies,
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
