/**
 * What a model with a likelihood is to the rest of the engine. One file a model; the trainer, the inspections and the
 * command line know only this interface.
 *
 * Everything that computes is a pure function of tensors: parameters, masks and noise come in as arguments, nothing is
 * kept between calls, so that a step can be replayed, resumed exactly and compiled as a whole.
 */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { MadeStructure } from '../masks/degrees.ts';
import type { MaskedNetwork } from '../masks/network.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';
import type { ModelType } from '../spec/experiment.ts';
import type { Support } from '../spec/support.ts';
import type { Activation } from './activation.ts';

/** Tensors by their dotted names. The caller owns them. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

export type { Activation, NamedArray, NamedArrays };

/** One trainable parameter. */
export interface ParameterSpec {
  /** Stable dotted name, as it stands in a checkpoint: `hidden.0.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** One line with the shape in letters: "[H₁, D] weights of hidden layer 1". */
  readonly description: string;
  /** Whether {@link Model.masks} has a mask for it, of its own shape. */
  readonly masked: boolean;
}

/** What a model is trained to lower and scored by. */
export interface Quantity {
  /** `exact`: −log p(x); `bound`: never less than −log p(x); `loss`: no likelihood, of a model that has no density. */
  readonly kind: 'exact' | 'bound' | 'loss';
  /** As scores carry it: `log-likelihood`, the name of a bound, the name of a loss. */
  readonly name: string;
  /** Of one row's value: `nats` for likelihoods and bounds. */
  readonly unit: string;
}

/** What a model computes when asked for its density. */
export interface DensityInputs {
  readonly parameters: NamedTensors;
  /** Masks of one structure, see {@link Model.masks}. */
  readonly masks: NamedTensors;
  /** Random numbers of this evaluation; empty for models that need none. */
  readonly noise: NamedTensors;
}

/** How many rows, and how: the arguments of ancestral sampling. */
export interface SampleRequest {
  readonly rows: number;
  readonly random: RandomGenerator;
  /** Divides the logits; 1 is the model itself, lower is nearer to its modes. */
  readonly temperature: number;
  /** Which of the model's structures draws them. */
  readonly mask: number;
}

/** Rows drawn from a model. */
export interface Samples {
  readonly rows: number;
  readonly dimension: number;
  /** [rows, D] row-major. */
  readonly values: Float32Array;
  /** [rows, D] E[x_d | x_<d] under each row's own past, or null where the model has no such thing. */
  readonly means: Float32Array | null;
}

/** A model whose conditionals come from one masked network, and so can be drawn and checked as such. */
export interface MaskedAutoregressive {
  structure(mask: number): MadeStructure;
  network(mask: number): MaskedNetwork;
  /** Names of the weight matrices, in the order of {@link MaskedNetwork.masks}, then of `direct` if there is one. */
  readonly weightNames: readonly string[];
  /** Pre-activations of the conditionals, [N, D]: logits where they are Bernoulli. Differentiable in x. */
  conditionalParameters(x: Tensor2D, inputs: DensityInputs): Tensor2D;
}

export interface Model {
  readonly type: ModelType;
  /** D, columns of a row. */
  readonly dimension: number;
  /** What {@link objective} gives. */
  readonly quantity: Quantity;
  /** What the model can score: decides which data it may be given. */
  readonly support: Support;
  readonly parameters: readonly ParameterSpec[];
  /** Number of structures the model cycles through; at test time their densities are averaged. */
  readonly maskCount: number;

  /** Initial parameters by name, drawn from `random`. */
  initialise(random: RandomGenerator): NamedArrays;
  /** The masks of structure `mask`, by the name of the weight they belong to; entries 0 or 1. */
  masks(mask: number): NamedArrays;
  /** Saved with the parameters so that weights can move: orders, degrees. Int32. */
  buffers(): NamedArrays;
  /** The same model with the orders and degrees of a checkpoint. @throws RangeError naming the buffer that does not fit. */
  withBuffers(buffers: NamedArrays): Model;
  /**
   * Random numbers for one evaluation of `rows` rows: {@link DensityInputs.noise}. Empty for a model that needs none,
   * which then leaves `random` as it was.
   */
  noise(rows: number, random: RandomGenerator): NamedArrays;
  /**
   * What training lowers the mean of, for every row, in the {@link quantity}'s unit: x [N, D] → [N]. Differentiable in
   * the parameters. Where the quantity is exact it is −{@link logProb}.
   */
  objective(x: Tensor2D, inputs: DensityInputs): Tensor1D;
  /** log p(x) in nats, or the lower bound of it: x [N, D] → [N]. Absent where the model has no density. */
  logProb?(x: Tensor2D, inputs: DensityInputs): Tensor1D;
  /** Every intermediate result in the order of computation, pre-activations before activations. */
  activations(x: Tensor2D, inputs: DensityInputs): readonly Activation[];
  /** Draws rows; yields the number finished from time to time, so that the caller can draw breath or stop. */
  sample(parameters: NamedArrays, request: SampleRequest): Generator<number, Samples, void>;
  /** Present when the model is one masked network. */
  readonly masked: MaskedAutoregressive | null;
}
