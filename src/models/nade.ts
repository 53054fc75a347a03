/**
 * NADE: neural autoregressive distribution estimator (Larochelle & Murray 2011, "The neural autoregressive distribution
 * estimator"; Uria et al. 2016, sections 2 and 3).
 *
 *   h_d = g(b + W_{:, <d} x_<d),   p(x_d = 1 | x_<d) = σ(c_d + V_{d, :} h_d)
 *
 * W is shared by all conditionals; their pre-activations are one running sum, a_{d+1} = a_d + W_{:, d} x_d, so that a row
 * costs O(D·H) (the paper's algorithm 1; `layers/nade.ts`). log p(x) = Σ_d log p(x_d | x_<d) is exact.
 *
 * Parameters: `hidden.weight` W [H, D], `hidden.bias` b [H], `output.weight` V [D, H], `output.bias` c [D].
 * Buffer: `order` [1, D].
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { nadeLogits } from '../layers/nade.ts';
import { nadeConnections, nadeDegrees } from '../masks/nade.ts';
import type { MaskedNetwork } from '../masks/network.ts';
import { seededOrder } from '../masks/orders.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { nade, type NadeSpec } from '../spec/models/nade.ts';
import { type Pass, SingleOrder } from './autoregressive.ts';
import { glorotParameters } from '../layers/glorotParameters.ts';
import type {
  DensityInputs,
  Model,
  NamedTensors,
  NetworkWeights,
  ParameterSpec,
  SampleProgress,
  SampleRequest,
  Samples,
} from './model.ts';
import { orderArrays } from './nadeOrders.ts';
import { EVALUATION, inputNorms, outputNorms } from './nadeWeights.ts';
import { sampleNade } from './nadeSampling.ts';

/** @throws RangeError when an order given in the spec does not fit the dimension. */
export function createNade(spec: NadeSpec, dimension: number, seed: number): Model {
  return new Nade(spec, seededOrder(spec.order, dimension, seed));
}

class Nade extends SingleOrder {
  readonly type = 'nade';
  readonly support = nade.supportOf();
  readonly weightNames = ['hidden.weight', 'output.weight'];
  readonly parameters: readonly ParameterSpec[];
  readonly densityProducts: number;
  readonly #spec: NadeSpec;

  constructor(spec: NadeSpec, order: Int32Array) {
    super(order);
    const [D, H] = [order.length, spec.hidden];
    this.#spec = spec;
    this.densityProducts = EVALUATION * D * H;
    this.parameters = [
      { name: 'hidden.weight', shape: [H, D], description: '[H, D] weights of the hidden vectors', masked: false },
      { name: 'hidden.bias', shape: [H], description: '[H] biases of the hidden vectors', masked: false },
      { name: 'output.weight', shape: [D, H], description: '[D, H] weights of the outputs', masked: false },
      { name: 'output.bias', shape: [D], description: '[D] biases of the outputs', masked: false },
    ];
  }

  degrees(mask: number): readonly Int32Array[] {
    return nadeDegrees(this.order(mask), [this.#spec.hidden]);
  }

  connections(mask: number): MaskedNetwork {
    return nadeConnections(this.order(mask), [this.#spec.hidden]);
  }

  weights(parameters: NamedTensors): NetworkWeights {
    const [weight, output] = [parameters['hidden.weight'] as Tensor2D, parameters['output.weight'] as Tensor2D];
    return { joints: [inputNorms(weight), outputNorms(output)], companions: [null, null], context: [] };
  }

  masks(mask: number): NamedArrays {
    return orderArrays(this.order(mask));
  }

  withBuffers(buffers: NamedArrays): Model {
    return new Nade(this.#spec, this.orderFrom(buffers));
  }

  initialise(random: RandomGenerator): NamedArrays {
    return glorotParameters(this.parameters, {}, random);
  }

  sample(parameters: NamedArrays, request: SampleRequest): Generator<SampleProgress, Samples, void> {
    const layers = { activation: this.#spec.activation, hidden: ['hidden'], mask: null };
    return sampleNade(this.order(request.mask), layers, parameters, request);
  }

  /** The D hidden vectors of every row are not traced: N·D·H values. */
  protected pass(x: Tensor2D, { parameters, masks }: DensityInputs, { wanted }: Pass): Tensor2D {
    const parts = {
      activation: this.#spec.activation,
      order: masks['order'] as Tensor1D,
      variables: masks['variables'] as Tensor1D,
      weight: parameters['hidden.weight'] as Tensor2D,
      bias: parameters['hidden.bias'] as Tensor1D,
      maskWeight: null,
      further: [],
      outputWeight: parameters['output.weight'] as Tensor2D,
      outputBias: parameters['output.bias'] as Tensor1D,
    };
    return nadeLogits(x, parts, wanted);
  }
}
