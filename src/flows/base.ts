/**
 * What a flow leads to: the density of u = f(x), log p(x) = log p_base(u) + log|det ∂f/∂x|. A pure function of tensors, as
 * layers are.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { ParameterSpec } from '../layers/parameters.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { BijectorInputs } from './bijector.ts';

/** What a draw from a base goes by. */
export interface BaseDraw {
  readonly rows: number;
  readonly random: RandomGenerator;
  /** Multiplies the distance from the middle: 1 is the density itself, lower is nearer to its mode. */
  readonly temperature: number;
  /** By the names of {@link Base.parameters}. */
  readonly parameters: NamedArrays;
  /** [rows, C] row-major, or null. */
  readonly context: Float32Array | null;
}

/** The density of one coordinate by itself, the same for all of them. */
export interface Marginal {
  /** Density at u. */
  density(u: number): number;
  /** Share of the probability below u. */
  cdf(u: number): number;
  /** The u below which a share p of the probability lies, 0 < p < 1. */
  quantile(p: number): number;
}

export interface Base {
  /** In words: "standard Gaussian". */
  readonly name: string;
  /** D */
  readonly dimension: number;
  readonly parameters: readonly ParameterSpec[];
  readonly masks: NamedArrays;
  initialise(random: RandomGenerator): NamedArrays;
  /** log p(u) of every row in nats, u [N, D] → [N]; −∞ where there is none. Differentiable in u and the parameters. */
  logProb(u: Tensor2D, inputs: BijectorInputs): Tensor1D;
  /** Draws rows; yields from time to time the share that is done. @returns [rows, D] row-major. */
  draw(request: BaseDraw): Generator<number, Float32Array, void>;
  /** Of coordinates that are independent and alike; null otherwise. */
  readonly marginal: Marginal | null;
}
