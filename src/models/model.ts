/**
 * What a model with a likelihood is to the rest of the engine. One file a model; the trainer, the inspections and the
 * command line know only this interface.
 *
 * Everything that computes is a pure function of tensors: parameters, masks and noise come in as arguments, nothing is
 * kept between calls, so that a step can be replayed, resumed exactly and compiled as a whole.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../data/dataset.ts';
import type { Conditional } from '../distributions/conditional.ts';
import type { Flow } from '../flows/flow.ts';
import type { NamedTensors, ParameterSpec } from '../layers/parameters.ts';
import type { MaskedNetwork } from '../masks/network.ts';
import type { PixelNetwork } from '../masks/pixels/network.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';
import type { ModelType } from '../spec/experiment.ts';
import type { Support } from '../spec/support.ts';
import type { Activation } from './activation.ts';
import type { Chains } from './chains.ts';
import type { DrawingPrograms } from './drawingPrograms.ts';
import type { LatentVariables } from './latentVariables.ts';
import type { RowValues } from './rowValues.ts';
import type { Stream, TextConditionals } from './stream.ts';

export type { Activation, NamedArray, NamedArrays, NamedTensors, ParameterSpec };

/** What a model is trained to lower and scored by. */
export interface Quantity {
  /** `exact`: −log p(x); `bound`: never less than −log p(x); `loss`: no likelihood, of a model that has no density. */
  readonly kind: 'exact' | 'bound' | 'loss';
  /** As scores carry it: `log-likelihood`, the name of a bound, the name of a loss. */
  readonly name: string;
  /** Of one row's value: `nats` for likelihoods and bounds. */
  readonly unit: string;
  /** What {@link Model.objective} gives where it is an estimate: `estimate over orders`; left out where it is the quantity itself. */
  readonly estimate?: string;
  /**
   * What training goes by where that is not the quantity, whose value {@link Model.objective} has nonetheless: `the bound with
   * its KL divergence times β = 4`; left out where they are one.
   */
  readonly descent?: string;
}

/** What a model computes with, beside the rows themselves. */
export interface DensityInputs {
  readonly parameters: NamedTensors;
  /** Masks of one structure, see {@link Model.masks}. */
  readonly masks: NamedTensors;
  /** Random numbers of this evaluation; empty for models that need none. */
  readonly noise: NamedTensors;
  /** [N, C] what each row is conditioned on; null for models without a context. */
  readonly context: Tensor2D | null;
}

/** Variables whose values are given, for rows that are completed rather than drawn from nothing. */
export interface GivenValues {
  /** [D], 1 at the variables that are given. */
  readonly known: Uint8Array;
  /** [rows, D] row-major; entries that are not given are not read. */
  readonly values: Float32Array;
}

/** How many rows, and how: the arguments of ancestral sampling. */
export interface SampleRequest {
  readonly rows: number;
  readonly random: RandomGenerator;
  /** Divides the logits (for real values, multiplies the scale); 1 is the model itself, lower is nearer to its modes. */
  readonly temperature: number;
  /** Which of the model's structures draws them. */
  readonly mask: number;
  /** [rows, C] row-major, what each row is conditioned on; null for models without a context. */
  readonly context: Float32Array | null;
  /** Values to be completed, or null. */
  readonly given: GivenValues | null;
  /** By whose programs what is drawn in batches on a device may be computed; left out, operation by operation. */
  readonly programs?: DrawingPrograms;
}

/** How far a drawing has come. */
export interface SampleProgress {
  /** Rows that are finished. */
  readonly finished: number;
  /** Share of all the work, 0 … 1. */
  readonly share: number;
  /** [rows, D] as drawn so far: not a copy. Entries that are not drawn yet are NaN, as far as the model tells them. */
  readonly values: Float32Array;
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

/** Rows being drawn; between two of its steps others may have their turn. Computed on a device, it has to be awaited. */
export type Drawing = Generator<SampleProgress, Samples, void> | AsyncGenerator<SampleProgress, Samples, void>;

/**
 * Parameters that are set from the moments of rows: at the `start` from the first minibatch, to be trained from there on
 * (ActNorm), or `stored`, from all training rows before anybody is scored, and never trained (batch normalisation).
 */
export interface MeasuredParameters {
  /** Which of the two the model has. */
  readonly when: ReadonlySet<'start' | 'stored'>;
  /** The new values, by name; yields between pieces of work. The parameters are the caller's. */
  measure(when: 'start' | 'stored', parameters: NamedTensors, rows: Matrix): AsyncGenerator<void, NamedArrays, void>;
}

/** What stands on the edges of a layered network when it is drawn. The tensors are the caller's. */
export interface NetworkWeights {
  /** One matrix [to, from] for every mask of {@link MaskedNetwork}, the direct connection's last. */
  readonly joints: readonly Tensor2D[];
  /** For every joint the weights that condition on connectivity (MADE's U), or null; [to, from]. */
  readonly companions: readonly (Tensor2D | null)[];
  /** For every layer that {@link MaskedNetwork.context} leads into, [units, C]. */
  readonly context: readonly Tensor2D[];
}

/** See {@link Model.completing}. */
export type Completing = { readonly model: Model; readonly mask: number } | { readonly reason: string };

/** The conditionals p(x_d | x_<d) of a model that has them one after the other, whatever computes them. */
export interface Conditionals {
  /** [D] position of every variable in the order, 1 … D: MADE's input degrees. */
  order(mask: number): Int32Array;
  /** k, parameters of each variable's conditional. */
  readonly parametersPerVariable: number;
  /** What the parameters are of; left out where they are a Bernoulli's logit. */
  readonly conditional?: Conditional;
  /**
   * Pre-activations of the conditionals, [N, D·k], those of a variable side by side: logits where they are Bernoulli.
   * Differentiable in x and the context.
   */
  conditionalParameters(x: Tensor2D, inputs: DensityInputs): Tensor2D;
}

/** Conditionals of the pixels of an image, by maps of its size. */
export interface PixelConditionals extends Conditionals {
  /** The layers that compute them. */
  readonly layers: PixelNetwork;
  /** The same with as many layers as could add to what a pixel of the image sees. */
  deepest(): PixelNetwork;
}

/** The layered network that a model's conditionals come from: what can be drawn, and checked unit by unit. */
export interface ConditionalNetwork extends Conditionals {
  /** Degrees of each hidden layer's units; null where a layer's units have none. */
  degrees(mask: number): readonly (Int32Array | null)[];
  /** Which unit leads to which. */
  connections(mask: number): MaskedNetwork;
  /** Names of the weight matrices, in the order of {@link MaskedNetwork.masks}, then of `direct` if there is one. */
  readonly weightNames: readonly string[];
  /** The weights as they are drawn. */
  weights(parameters: NamedTensors): NetworkWeights;
}

export interface Model {
  readonly type: ModelType;
  /** D, columns of a row. */
  readonly dimension: number;
  /** C, columns of what a row is conditioned on; 0 for none. */
  readonly contextDimension: number;
  /** What {@link objective} gives. */
  readonly quantity: Quantity;
  /** What the model can score: decides which data it may be given. */
  readonly support: Support;
  /** Whether its means are held between 0 and 1, so that it can learn no other values; no unless told. */
  readonly meansInUnit?: boolean;
  readonly parameters: readonly ParameterSpec[];
  /** Number of structures whose densities are averaged at test time: masks 0 … maskCount − 1. */
  readonly maskCount: number;
  /**
   * The structure that training step `step`, counted from 0, uses. One of the {@link maskCount} in turn, or, where
   * training draws a fresh one for every minibatch, a number beyond them; the same step always has the same structure.
   */
  trainingMask(step: number): number;
  /**
   * Structures that the score after every epoch averages over; 0: it is the {@link objective}'s estimate, of all rows on
   * the same random numbers every time. Left out: all of them, but no more than 8.
   */
  readonly validationMasks?: number;
  /**
   * Multiplications that log p(x) of a row takes, about, from which follows how many rows are scored at a time. Left out
   * where every parameter is used once.
   */
  readonly densityProducts?: number;
  /**
   * What of a row is kept for the gradient. Left out where every unit is computed once a row; at every pixel or every
   * character of a row they are so many times more.
   */
  readonly rowValues?: RowValues;
  /** Whether there is a structure for every number from {@link maskCount} on, too, drawn when asked for; no unless told. */
  readonly drawsMasks?: boolean;

  /** Initial parameters by name, drawn from `random`. */
  initialise(random: RandomGenerator): NamedArrays;
  /**
   * The masks of structure `mask`, by the name of the weight they belong to, entries 0 or 1; of a model whose order is not
   * in masks but in how it computes, the order: `order`, `variables`, int32.
   */
  masks(mask: number): NamedArrays;
  /** The same, computed on the device. Present where that is cheaper than {@link masks} and bringing them there. */
  maskTensors?(mask: number): NamedTensors;
  /** Saved with the parameters so that weights can move: orders, degrees. Int32. */
  buffers(): NamedArrays;
  /** The same model with the orders and degrees of a checkpoint. @throws RangeError naming the buffer that does not fit. */
  withBuffers(buffers: NamedArrays): Model;
  /**
   * Random numbers for one evaluation of `rows` rows: {@link DensityInputs.noise}. Empty for a model that needs none,
   * which then leaves `random` as it was.
   */
  noise(rows: number, random: RandomGenerator): NamedArrays;
  /** The same for {@link logProb} and {@link activations} alone, where that is less than an objective takes. */
  densityNoise?(rows: number, random: RandomGenerator): NamedArrays;
  /**
   * What training lowers the mean of, for every row, in the {@link quantity}'s unit: x [N, D] → [N]. Differentiable in
   * the parameters. Where the quantity is exact it is −{@link logProb}, or an unbiased estimate of its mean over the
   * model's structures that draws on the noise. Its value is always of the quantity, so that curves and scores compare; its
   * gradients are of what the quantity says under `descent`, where it says so.
   */
  objective(x: Tensor2D, inputs: DensityInputs): Tensor1D;
  /** log p(x) in nats, or the lower bound of it: x [N, D] → [N]. Absent where the model has no density. */
  logProb?(x: Tensor2D, inputs: DensityInputs): Tensor1D;
  /**
   * The same as {@link logProb} without gradients; present where that is much cheaper (IAF). Yields between pieces of work;
   * the tensors are the caller's.
   */
  readonly score?: (x: Tensor2D, inputs: DensityInputs) => AsyncGenerator<void, Float64Array, void>;
  /** Every intermediate result in the order of computation, pre-activations before activations. */
  activations(x: Tensor2D, inputs: DensityInputs): readonly Activation[];
  /**
   * Draws rows; yields from time to time, so that the caller can draw breath, show what there is, or stop.
   * @throws RangeError when the structure cannot complete what is given, naming the variable that is in the way.
   */
  sample(parameters: NamedArrays, request: SampleRequest): Drawing;
  /**
   * Who completes rows of which some variables are given: a structure under which these come before all others, of this
   * model or, where it was trained for any order, of the same model under a new order; or why nobody can, in words.
   * @param known [D], 1 at the variables that are given.
   */
  completing(known: Uint8Array): Completing;
  /** Present when parameters are set from the moments of training rows. */
  readonly measured?: MeasuredParameters;
  /** Present when the model is a normalising flow: its layers and its base, for those who look into them. */
  readonly flow?: Flow;
  /** Present when the model has latent variables. */
  readonly latent?: LatentVariables;
  /** Present when rows are images whose conditionals are computed by maps over their pixels. */
  readonly pixels?: PixelConditionals;
  /** Present when rows are characters of a text. */
  readonly text?: TextConditionals;
  /** Present when rows follow one another, each read on from the state that the one before it has left. */
  readonly stream?: Stream;
  /** Present when training keeps something of every training row between steps (Monte Carlo EM). */
  readonly chains?: Chains;
  /** Present when the model's conditionals come from one layered network. */
  readonly network: ConditionalNetwork | null;
}

/** The conditionals of a model that has them one after the other, whatever computes them; null for others. */
export function conditionalsOf({
  pixels,
  text,
  network,
}: Pick<Model, 'pixels' | 'text' | 'network'>): Conditionals | null {
  return pixels ?? text ?? network;
}
