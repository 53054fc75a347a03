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
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { bernoulli, bernoulliEntries, bernoulliNll } from '../distributions/bernoulli.ts';
import { maskedDense } from '../layers/maskedDense.ts';
import { strictTriangle } from '../masks/masks.ts';
import type { MaskedNetwork } from '../masks/network.ts';
import { seededOrder } from '../masks/orders.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { fvsbn, type FvsbnSpec } from '../spec/models/fvsbn.ts';
import type { Support } from '../spec/support.ts';
import { sampleAncestral } from './ancestralSampling.ts';
import { ordersFrom, rowsToBuffer } from './buffers.ts';
import { completionFault } from './completion.ts';
import { glorotParameters, maskArray } from './maskedParameters.ts';
import type {
  Activation,
  Completing,
  ConditionalNetwork,
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

class Fvsbn implements Model, ConditionalNetwork {
  readonly type = 'fvsbn';
  readonly quantity = { kind: 'exact', name: 'log-likelihood', unit: 'nats' } as const;
  readonly support: Support = fvsbn.supportOf();
  readonly contextDimension = 0;
  readonly parametersPerVariable = 1;
  readonly maskCount = 1;
  readonly weightNames = ['output.weight'];
  readonly dimension: number;
  readonly parameters: readonly ParameterSpec[];
  readonly #order: Int32Array;

  constructor(order: Int32Array) {
    const dimension = order.length;
    this.#order = order;
    this.dimension = dimension;
    this.parameters = [
      {
        name: 'output.weight',
        shape: [dimension, dimension],
        description: '[D, D] weights from the variables before',
        masked: true,
      },
      { name: 'output.bias', shape: [dimension], description: '[D] biases', masked: false },
    ];
  }

  get network(): ConditionalNetwork {
    return this;
  }

  trainingMask(): number {
    return 0;
  }

  order(mask: number): Int32Array {
    if (mask !== 0) throw new RangeError(`there is no mask ${mask}; the model has 1`);
    return this.#order;
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

  buffers(): NamedArrays {
    return { order: rowsToBuffer([this.#order]) };
  }

  withBuffers(buffers: NamedArrays): Model {
    const [order] = ordersFrom(buffers, { model: 'an FVSBN', rows: 1, columns: this.dimension });
    return new Fvsbn(order!);
  }

  initialise(random: RandomGenerator): NamedArrays {
    return glorotParameters(this.parameters, this.masks(0), random);
  }

  noise(): NamedArrays {
    return {};
  }

  objective(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    return bernoulliNll(x, logits(x, inputs, { constant: true }));
  }

  logProb(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    return tf.neg(this.objective(x, inputs));
  }

  conditionalParameters(x: Tensor2D, inputs: DensityInputs): Tensor2D {
    return logits(x, inputs, { constant: false, wanted: 'inputs' });
  }

  activations(x: Tensor2D, inputs: DensityInputs): readonly Activation[] {
    const z = logits(x, inputs, { constant: true });
    return [
      { layer: 'output', role: 'preactivation', value: z },
      { layer: 'output', role: 'logProb', value: bernoulliEntries(x, z) },
    ];
  }

  sample(parameters: NamedArrays, request: SampleRequest): Generator<SampleProgress, Samples, void> {
    const [weight, bias] = [parameters['output.weight']!, parameters['output.bias']!];
    const network = {
      order: this.order(request.mask),
      hidden: [],
      activation: 'relu',
      output: { weight, bias, companion: null, context: null },
      direct: null,
      conditional: bernoulli,
    } as const;
    return sampleAncestral(network, request);
  }

  completing(known: Uint8Array): Completing {
    const reason = completionFault(this.#order, known);
    return reason === null ? { model: this, mask: 0 } : { reason };
  }
}

/** Logits [N, D] of the conditionals. */
function logits(
  x: Tensor2D,
  { parameters, masks }: DensityInputs,
  { constant, wanted }: { readonly constant: boolean; readonly wanted?: 'inputs' },
): Tensor2D {
  const [weight, mask] = [parameters, masks].map((all) => all['output.weight'] as Tensor2D) as [Tensor2D, Tensor2D];
  return maskedDense([{ input: x, weight, mask, constant }], parameters['output.bias'] as Tensor1D, wanted);
}
