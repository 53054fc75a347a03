/**
 * A specimen of a mistake: a stack of L square layers, each with a strictly lower triangular weight.
 *
 *   h¹ = g(b¹ + tril(W¹, −1) x),  h^l = g(b^l + tril(W^l, −1) h^(l−1)),  logits = c + tril(V, −1) h^(L−1)
 *
 * Every layer moves what it sees one place on, so that output k sees only inputs at distance L and more: with
 * D = L = 2 nothing at all. MADE's masks (Germain et al. 2015, equations 8 and 9) are strict in the last layer alone.
 * A density all the same, so that nothing but a look at its structure tells.
 *
 * Parameters: `hidden.<l>.weight` [D, D] and `hidden.<l>.bias` [D], l = 0 … L − 2, `output.weight` V [D, D],
 * `output.bias` c [D]. The order is the natural one; there are no buffers.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { activate } from '../layers/activations.ts';
import { maskedDense } from '../layers/maskedDense.ts';
import { strictTriangle } from '../masks/masks.ts';
import type { MaskedNetwork } from '../masks/network.ts';
import { seededOrder } from '../masks/orders.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';
import { strictTriangleStack, type StrictTriangleStackSpec } from '../spec/models/strictTriangleStack.ts';
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

export function createStrictTriangleStack(spec: StrictTriangleStackSpec, dimension: number, seed: number): Model {
  return new StrictTriangleStack(spec, seededOrder('natural', dimension, seed));
}

class StrictTriangleStack extends SingleOrder {
  readonly type = 'strict-triangle-stack';
  readonly support = strictTriangleStack.supportOf();
  readonly parameters: readonly ParameterSpec[];
  readonly weightNames: readonly string[];
  readonly #spec: StrictTriangleStackSpec;
  /** As their parameters are named, first to last. */
  readonly #layers: readonly string[];

  constructor(spec: StrictTriangleStackSpec, order: Int32Array) {
    super(order);
    this.#spec = spec;
    this.#layers = [...Array.from({ length: spec.layers - 1 }, (_, l) => `hidden.${l}`), 'output'];
    this.weightNames = this.#layers.map((layer) => `${layer}.weight`);
    this.parameters = this.#layers.flatMap((layer, l): ParameterSpec[] => [
      {
        name: `${layer}.weight`,
        shape: [this.dimension, this.dimension],
        description: `[D, D] weights of layer ${l + 1}`,
        masked: true,
      },
      { name: `${layer}.bias`, shape: [this.dimension], description: `[D] biases of layer ${l + 1}`, masked: false },
    ]);
  }

  /** Units are those of their variables and have no degrees. */
  degrees(): readonly null[] {
    return this.#layers.slice(1).map(() => null);
  }

  connections(mask: number): MaskedNetwork {
    const triangle = strictTriangle(this.order(mask));
    return { masks: this.#layers.map(() => triangle), direct: null };
  }

  weights(parameters: NamedTensors): NetworkWeights {
    const joints = this.weightNames.map((name) => parameters[name] as Tensor2D);
    return { joints, companions: joints.map(() => null), context: [] };
  }

  masks(mask: number): NamedArrays {
    const triangle = maskArray(strictTriangle(this.order(mask)));
    return Object.fromEntries(this.weightNames.map((name) => [name, triangle]));
  }

  override buffers(): NamedArrays {
    return {};
  }

  withBuffers(): Model {
    return this;
  }

  initialise(random: RandomGenerator): NamedArrays {
    return glorotParameters(this.parameters, this.masks(0), random);
  }

  sample(parameters: NamedArrays, request: SampleRequest): Generator<SampleProgress, Samples, void> {
    const order = this.order(request.mask);
    const masks = this.masks(request.mask);
    const layers = this.#layers.map((layer, l) => ({
      weight: masked(parameters[`${layer}.weight`]!, masks[`${layer}.weight`]!),
      companion: null,
      bias: parameters[`${layer}.bias`]!,
      context: null,
      // Unit k of layer l + 1 sees the first k − l variables. Where that is none, the masked weights see to it.
      degrees: order.map((position) => Math.max(0, position - 1 - l)),
    }));
    const network = {
      order,
      hidden: layers.slice(0, -1),
      activation: this.#spec.activation,
      output: layers.at(-1)!,
      direct: null,
      conditional: this.conditional,
    };
    return sampleAncestral(network, request);
  }

  protected pass(x: Tensor2D, { parameters, masks }: DensityInputs, { wanted, trace }: Pass): Tensor2D {
    let h = x;
    for (const layer of this.#layers) {
      const [weight, mask] = [parameters, masks].map((all) => all[`${layer}.weight`] as Tensor2D) as [
        Tensor2D,
        Tensor2D,
      ];
      const path = { input: h, weight, mask, constant: h === x && wanted === 'weights' };
      const z = maskedDense([path], parameters[`${layer}.bias`] as Tensor1D, wanted);
      if (layer === 'output') return z;
      h = activate(this.#spec.activation, z);
      trace?.push({ layer, role: 'preactivation', value: z }, { layer, role: 'activation', value: h });
    }
    throw new RangeError('a stack ends with its output layer');
  }
}

function masked({ shape, data }: NamedArray, mask: NamedArray): NamedArray {
  return { shape, data: Float32Array.from(data, (value, i) => value * mask.data[i]!) };
}
