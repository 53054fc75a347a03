/**
 * What models of conditionals share: log p(x) = Σ_d log p(x_d | x_<d), the conditionals' parameters computed by one
 * network in one pass. A model's own file says what that network is.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { bernoulli } from '../distributions/bernoulli.ts';
import type { Conditional } from '../distributions/conditional.ts';
import type { Wanted } from '../layers/differentiable.ts';
import type { MaskedNetwork } from '../masks/network.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { ordersFrom, rowsToBuffer } from './buffers.ts';
import { completionFault } from './completion.ts';
import { ExactModel } from './exactModel.ts';
import type {
  Activation,
  Completing,
  ConditionalNetwork,
  DensityInputs,
  NamedTensors,
  NetworkWeights,
} from './model.ts';

/** What one pass through the network is for. */
export interface Pass {
  /** Where gradients flow: into the parameters, x and the context being data; or into x and the context alone. */
  readonly wanted: Wanted;
  /** Takes the intermediate results of the hidden layers, first to last; null where nobody looks. */
  readonly trace: Activation[] | null;
}

export abstract class Autoregressive extends ExactModel implements ConditionalNetwork {
  readonly conditional: Conditional = bernoulli;
  abstract readonly weightNames: readonly string[];

  override get network(): ConditionalNetwork {
    return this;
  }

  get parametersPerVariable(): number {
    return this.conditional.parameterNames.length;
  }

  abstract order(mask: number): Int32Array;
  abstract degrees(mask: number): readonly (Int32Array | null)[];
  abstract connections(mask: number): MaskedNetwork;
  abstract weights(parameters: NamedTensors): NetworkWeights;

  /** Parameters of the conditionals, [N, D·k], those of a variable side by side: x [N, D]. */
  protected abstract pass(x: Tensor2D, inputs: DensityInputs, pass: Pass): Tensor2D;

  objective(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    return this.conditional.nll(x, this.pass(x, inputs, { wanted: 'weights', trace: null }));
  }

  conditionalParameters(x: Tensor2D, inputs: DensityInputs): Tensor2D {
    return this.pass(x, inputs, { wanted: 'inputs', trace: null });
  }

  activations(x: Tensor2D, inputs: DensityInputs): readonly Activation[] {
    const trace: Activation[] = [];
    const value = this.pass(x, inputs, { wanted: 'weights', trace });
    return [
      ...trace,
      { layer: 'output', role: 'preactivation', value },
      { layer: 'output', role: 'logProb', value: this.conditional.entries(x, value) },
    ];
  }
}

/** A model of conditionals with one order, which was given or drawn by the seed. Buffer: `order` [1, D]. */
export abstract class SingleOrder extends Autoregressive {
  readonly dimension: number;
  readonly maskCount = 1;
  readonly #order: Int32Array;

  /** @param order [D] position of every variable, 1 … D. */
  constructor(order: Int32Array) {
    super();
    this.#order = order;
    this.dimension = order.length;
  }

  order(mask: number): Int32Array {
    if (mask !== 0) throw new RangeError(`there is no mask ${mask}; the model has 1`);
    return this.#order;
  }

  buffers(): NamedArrays {
    return { order: rowsToBuffer([this.#order]) };
  }

  /** The order of a checkpoint. @throws RangeError naming what does not fit. */
  protected orderFrom(buffers: NamedArrays): Int32Array {
    const { type, dimension } = this;
    return ordersFrom(buffers, { model: `a model of type "${type}"`, rows: 1, columns: dimension })[0]!;
  }

  completing(known: Uint8Array): Completing {
    const reason = completionFault(this.#order, known);
    return reason === null ? { model: this, mask: 0 } : { reason };
  }
}
