/**
 * FVSBN: fully visible sigmoid belief network (Frey, Hinton & Dayan 1996, "Does the wake-sleep algorithm produce good
 * density estimators?"; the baseline of NADE's and MADE's papers, Larochelle & Murray 2011, Germain et al. 2015).
 *
 *   p(x_d = 1 | x_<d) = σ(c_d + Σ_{j before d} A_dj x_j)
 *
 * One logistic regression a variable, on the variables before it in the order: A is strictly lower triangular in the
 * order, and log p(x) = Σ_d log p(x_d | x_<d) is exact in one pass. A MADE's direct connection, without the rest.
 *
 * Parameters: `output.weight` A [D, D], `output.bias` c [D]. Buffer: `order` [1, D].
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { maskedDense } from '../layers/maskedDense.ts';
import { strictTriangle } from '../masks/masks.ts';
import type { MaskedNetwork } from '../masks/network.ts';
import { seededOrder } from '../masks/orders.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { fvsbn, type FvsbnSpec } from '../spec/models/fvsbn.ts';
import { sampleAncestral } from './ancestralSampling.ts';
import { type Pass, SingleOrder } from './autoregressive.ts';
import { maskArray } from '../layers/maskArray.ts';
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

/** @throws RangeError when an order given in the spec does not fit the dimension. */
export function createFvsbn(spec: FvsbnSpec, dimension: number, seed: number): Model {
  return new Fvsbn(seededOrder(spec.order, dimension, seed));
}

class Fvsbn extends SingleOrder {
  readonly type = 'fvsbn';
  readonly support = fvsbn.supportOf();
  readonly weightNames = ['output.weight'];
  readonly parameters: readonly ParameterSpec[];

  constructor(order: Int32Array) {
    super(order);
    const D = order.length;
    this.parameters = [
      { name: 'output.weight', shape: [D, D], description: '[D, D] weights from the variables before', masked: true },
      { name: 'output.bias', shape: [D], description: '[D] biases', masked: false },
    ];
  }

  degrees(): readonly Int32Array[] {
    return [];
  }

  connections(mask: number): MaskedNetwork {
    return { masks: [strictTriangle(this.order(mask))], direct: null };
  }

  weights(parameters: NamedTensors): NetworkWeights {
    return { joints: [parameters['output.weight'] as Tensor2D], companions: [null], context: [] };
  }

  masks(mask: number): NamedArrays {
    return { 'output.weight': maskArray(strictTriangle(this.order(mask))) };
  }

  withBuffers(buffers: NamedArrays): Model {
    return new Fvsbn(this.orderFrom(buffers));
  }

  initialise(random: RandomGenerator): NamedArrays {
    return glorotParameters(this.parameters, this.masks(0), random);
  }

  protected pass(x: Tensor2D, { parameters, masks }: DensityInputs, { wanted }: Pass): Tensor2D {
    const [weight, mask] = [parameters, masks].map((all) => all['output.weight'] as Tensor2D) as [Tensor2D, Tensor2D];
    const path = { input: x, weight, mask, constant: wanted === 'weights' };
    return maskedDense([path], parameters['output.bias'] as Tensor1D, wanted);
  }

  sample(parameters: NamedArrays, request: SampleRequest): Generator<SampleProgress, Samples, void> {
    const [weight, bias] = [parameters['output.weight']!, parameters['output.bias']!];
    const network = {
      order: this.order(request.mask),
      hidden: [],
      activation: 'relu',
      output: { weight, bias, companion: null, context: null },
      direct: null,
      conditional: this.conditional,
    } as const;
    return sampleAncestral(network, request);
  }
}
