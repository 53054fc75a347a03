/**
 * The distribution of one variable given those before it, as autoregressive models use it: a network computes its k
 * parameters for every variable, [N, D·k], those of a variable side by side.
 *
 * Every distribution comes twice: for tensors, and for plain numbers in float64, by which rows are drawn one variable
 * after the other and against which the tensors are tested.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Support } from '../spec/support.ts';

/** How a network hears a value x: scale · x + shift. */
export interface Heard {
  readonly scale: number;
  readonly shift: number;
}

export const heardAsItIs: Heard = { scale: 1, shift: 0 };

/** Levels 0 … L−1 between −1 and 1. */
export function heardAsLevels(levels: number): Heard {
  return { scale: 2 / (levels - 1), shift: -1 };
}

export interface Conditional {
  /** As it stands in an experiment: `bernoulli`. */
  readonly type: string;
  /** What the k parameters of a variable are, in their order: `logit`; `mean 1`, … . */
  readonly parameterNames: readonly string[];
  readonly support: Support;
  /** How the networks of the variables after it hear a value: levels between −1 and 1, all others as they are. */
  readonly input: Heard;

  /** log p of every entry in nats: x [N, D], parameters [N, D·k] → [N, D]. Not differentiable. */
  entries(x: Tensor2D, parameters: Tensor2D): Tensor2D;
  /** −log p(x) of every row in nats: [N]. Differentiable in the parameters. */
  nll(x: Tensor2D, parameters: Tensor2D): Tensor1D;
  /** The same, differentiable in x as well; left out where values are discrete. */
  readonly nllByValue?: (x: Tensor2D, parameters: Tensor2D) => Tensor1D;
  /** [k] where the output's biases start, so that the first conditionals are sensible ones. */
  initialBias(): Float32Array;

  /** log p(x) of one value in nats, of the k parameters that begin at `at`. */
  logProb(x: number, parameters: Float64Array, at: number): number;
  /** E[x], of the distribution that {@link draw} draws from at this temperature. */
  mean(parameters: Float64Array, at: number, temperature: number): number;
  /** Random numbers, uniform on [0, 1), that one draw takes. */
  readonly uniforms: number;
  /** One value; `uniforms` are read from `from` on. */
  draw(parameters: Float64Array, at: number, temperature: number, uniforms: Float64Array, from: number): number;
  /** −E[log p(x)] in nats: of a discrete variable its entropy, of a continuous one the differential entropy, exact or by quadrature. */
  entropy(parameters: Float64Array, at: number): number;
}
