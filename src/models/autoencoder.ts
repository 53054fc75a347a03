/**
 * Autoencoder: the baseline that is no density, which MADE's masks make into one (section 2 of Germain et al. 2015).
 *
 *   h¹ = g(b¹ + W¹ x),  h^l = g(b^l + W^l h^(l−1)),  x̂ = σ(c + V h^L), or c + V h^L
 *
 * Trained to lower the cross-entropy −Σ_d x_d ln x̂_d + (1 − x_d) ln (1 − x̂_d), or the squared error Σ_d (x_d − x̂_d)².
 * Output d sees its own input: exp(−loss) does not sum to 1 over the rows, there is no p(x) and nothing to draw from.
 *
 * Parameters: `hidden.<l>.weight` [H_l, H_(l−1)], `hidden.<l>.bias` [H_l], `output.weight` V [D, H_L],
 * `output.bias` c [D]. No buffers.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { bernoulliEntries, bernoulliNll } from '../distributions/bernoulli.ts';
import { squaredError, squaredErrors } from '../distributions/squaredError.ts';
import { activate } from '../layers/activations.ts';
import { dense } from '../layers/dense.ts';
import { orderDegrees } from '../masks/degrees.ts';
import { maskOf } from '../masks/matrix.ts';
import type { MaskedNetwork } from '../masks/network.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { autoencoder, outputOf, type AutoencoderSpec } from '../spec/models/autoencoder.ts';
import type { Support } from '../spec/support.ts';
import { glorotParameters } from '../layers/glorotParameters.ts';
import type {
  Activation,
  Completing,
  ConditionalNetwork,
  DensityInputs,
  Model,
  NamedTensors,
  NetworkWeights,
  ParameterSpec,
  Quantity,
} from './model.ts';

const quantities: Readonly<Record<AutoencoderSpec['loss'], Quantity>> = {
  'cross-entropy': { kind: 'loss', name: 'cross-entropy', unit: 'nats' },
  'squared-error': { kind: 'loss', name: 'squared error', unit: 'squared units' },
};

export function createAutoencoder(spec: AutoencoderSpec, dimension: number): Model {
  return new Autoencoder(spec, dimension);
}

class Autoencoder implements Model, ConditionalNetwork {
  readonly type = 'autoencoder';
  readonly contextDimension = 0;
  readonly parametersPerVariable = 1;
  readonly maskCount = 1;
  readonly quantity: Quantity;
  readonly support: Support;
  readonly dimension: number;
  readonly parameters: readonly ParameterSpec[];
  readonly weightNames: readonly string[];
  readonly #spec: AutoencoderSpec;
  /** As their parameters are named, first to last. */
  readonly #layers: readonly string[];

  constructor(spec: AutoencoderSpec, dimension: number) {
    this.#spec = spec;
    this.dimension = dimension;
    this.quantity = quantities[spec.loss];
    this.support = autoencoder.supportOf(spec);
    this.#layers = [...spec.hidden.map((_, l) => `hidden.${l}`), 'output'];
    this.parameters = parametersOf(spec, dimension);
    this.weightNames = this.#layers.map((layer) => `${layer}.weight`);
  }

  /** What is drawn and checked like a model of conditionals, so that one sees why it is none. */
  get network(): ConditionalNetwork {
    return this;
  }

  trainingMask(): number {
    return 0;
  }

  /** The order in which the variables stand: it has none of its own. */
  order(): Int32Array {
    return orderDegrees('natural', this.dimension, RandomGenerator.seeded(0));
  }

  degrees(): readonly null[] {
    return this.#spec.hidden.map(() => null);
  }

  connections(): MaskedNetwork {
    const sizes = [this.dimension, ...this.#spec.hidden, this.dimension];
    return { masks: sizes.slice(1).map((rows, l) => maskOf(rows, sizes[l]!, () => true)), direct: null };
  }

  weights(parameters: NamedTensors): NetworkWeights {
    const joints = this.weightNames.map((name) => parameters[name] as Tensor2D);
    return { joints, companions: joints.map(() => null), context: [] };
  }

  masks(): NamedArrays {
    return {};
  }

  buffers(): NamedArrays {
    return {};
  }

  withBuffers(): Model {
    return this;
  }

  initialise(random: RandomGenerator): NamedArrays {
    return glorotParameters(this.parameters, {}, random);
  }

  noise(): NamedArrays {
    return {};
  }

  /** The loss of every row, [N]. */
  objective(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    const z = this.#compute(x, inputs, { constant: true });
    return this.#spec.loss === 'cross-entropy' ? bernoulliNll(x, z) : squaredError(x, this.#reconstruction(z));
  }

  conditionalParameters(x: Tensor2D, inputs: DensityInputs): Tensor2D {
    return this.#compute(x, inputs, { constant: false, wanted: 'inputs' });
  }

  activations(x: Tensor2D, inputs: DensityInputs): readonly Activation[] {
    const trace: Activation[] = [];
    const z = this.#compute(x, inputs, { constant: true, trace });
    const terms =
      this.#spec.loss === 'cross-entropy' ? tf.neg(bernoulliEntries(x, z)) : squaredErrors(x, this.#reconstruction(z));
    return [...trace, { layer: 'output', role: 'loss', value: terms }];
  }

  /** @throws RangeError always. */
  sample(): never {
    throw new RangeError(autoencoder.noSamples);
  }

  completing(): Completing {
    return { reason: autoencoder.noSamples };
  }

  #reconstruction(z: Tensor2D): Tensor2D {
    return outputOf(this.#spec) === 'sigmoid' ? activate('sigmoid', z) : z;
  }

  /** Pre-activations of the outputs, [N, D]. */
  #compute(
    x: Tensor2D,
    { parameters }: DensityInputs,
    o: { readonly constant: boolean; readonly wanted?: 'inputs'; readonly trace?: Activation[] },
  ): Tensor2D {
    const layerOf = (layer: string, input: Tensor2D) => {
      const [weight, bias] = [parameters[`${layer}.weight`] as Tensor2D, parameters[`${layer}.bias`] as Tensor1D];
      const z = dense({ input, weight, bias, constant: input === x && o.constant }, o.wanted);
      o.trace?.push({ layer, role: 'preactivation', value: z });
      return z;
    };
    const h = this.#spec.hidden.reduce((below, _, l) => {
      const value = activate(this.#spec.activation, layerOf(`hidden.${l}`, below));
      o.trace?.push({ layer: `hidden.${l}`, role: 'activation', value });
      return value;
    }, x);
    return layerOf('output', h);
  }
}

function parametersOf({ hidden }: AutoencoderSpec, dimension: number): ParameterSpec[] {
  const sizes = [dimension, ...hidden, dimension];
  const letters = ['D', ...hidden.map((_, l) => `H${l + 1}`), 'D'];
  return sizes.slice(1).flatMap((units, l): ParameterSpec[] => {
    const [layer, of] = l === hidden.length ? ['output', 'the outputs'] : [`hidden.${l}`, `hidden layer ${l + 1}`];
    return [
      {
        name: `${layer}.weight`,
        shape: [units, sizes[l]!],
        description: `[${letters[l + 1]!}, ${letters[l]!}] weights of ${of}`,
        masked: false,
      },
      {
        name: `${layer}.bias`,
        shape: [units],
        description: `[${letters[l + 1]!}] biases of ${of}`,
        masked: false,
      },
    ];
  });
}
