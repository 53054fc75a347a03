/**
 * EoNADE, also DeepNADE: one network for every order (Uria, Murray & Larochelle 2014, "A deep and tractable density
 * estimator"; Uria et al. 2016, section 5). With m the mask of what is known, 1 at the variables before position d,
 *
 *   h¹ = g(b¹ + W¹(x∘m) + U m),  h^l = g(b^l + W^l h^(l−1)),  p(x_i = 1 | x∘m) = σ(c_i + V_{i, :} h^L)
 *
 * Training takes a random m for every row (`eonadeObjective.ts`), at the cost of an autoencoder. Under any one order
 * log p(x) = Σ_d log p(x_{o_d} | x_{o_<d}) is exact: with one hidden layer by NADE's running sum, O(D·H) a row; the
 * further layers of a deep one are computed D times. At test time p is the mean over several orders.
 *
 * Parameters: `hidden.<l>.weight` [H_l, H_(l−1)], `hidden.<l>.bias` [H_l], `mask.weight` U [H₁, D], `output.weight` V
 * [D, H_L], `output.bias` c [D]. Buffer: `order` [orders, D].
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { bernoulliNll } from '../distributions/bernoulli.ts';
import { activate } from '../layers/activations.ts';
import { dense } from '../layers/dense.ts';
import { maskedDense } from '../layers/maskedDense.ts';
import { nadeLogits } from '../layers/nade.ts';
import { eonadeOrder, nadeConnections, nadeDegrees } from '../masks/nade.ts';
import type { MaskedNetwork } from '../masks/network.ts';
import { sortedByDegree } from '../masks/sorting.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { eonade, type EonadeSpec } from '../spec/models/eonade.ts';
import { ordersFrom, rowsToBuffer } from './buffers.ts';
import { drawKnown, orderAgnosticNll } from './eonadeObjective.ts';
import { ExactModel } from './exactModel.ts';
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
  SampleProgress,
  SampleRequest,
  Samples,
} from './model.ts';
import { orderArrays } from './nadeOrders.ts';
import { EVALUATION, inputNorms, layerNorms, outputNorms } from './nadeWeights.ts';
import { sampleNade } from './nadeSampling.ts';

/** @throws RangeError when an order given in the spec does not fit the dimension. */
export function createEonade(spec: EonadeSpec, dimension: number, seed: number): Model {
  const orders = Array.from({ length: spec.orders }, (_, i) => eonadeOrder(spec, dimension, seed, i));
  return new Eonade(spec, seed, orders);
}

class Eonade extends ExactModel implements ConditionalNetwork {
  readonly type = 'eonade';
  override readonly quantity: Quantity = {
    kind: 'exact',
    name: 'log-likelihood',
    unit: 'nats',
    estimate: 'estimate over orders',
  };
  readonly support = eonade.supportOf();
  /** There is an order for every number. */
  readonly drawsMasks = true;
  readonly parametersPerVariable = 1;
  readonly dimension: number;
  readonly parameters: readonly ParameterSpec[];
  readonly weightNames: readonly string[];
  readonly densityProducts: number;
  readonly validationMasks: number;
  readonly #spec: EonadeSpec;
  readonly #seed: number;
  readonly #orders: readonly Int32Array[];

  constructor(spec: EonadeSpec, seed: number, orders: readonly Int32Array[]) {
    super();
    this.#spec = spec;
    this.#seed = seed;
    this.#orders = orders;
    this.dimension = orders[0]!.length;
    this.parameters = parametersOf(spec.hidden, this.dimension);
    this.weightNames = [...this.#layers, 'output'].map((layer) => `${layer}.weight`);
    this.validationMasks = spec.validationOrders;
    const further = spec.hidden.slice(1).reduce((sum, units, l) => sum + units * spec.hidden[l]!, 0);
    this.densityProducts = this.dimension * (EVALUATION * spec.hidden[0]! + further);
  }

  get maskCount(): number {
    return this.#orders.length;
  }

  override get network(): ConditionalNetwork {
    return this;
  }

  get #layers(): string[] {
    return this.#spec.hidden.map((_, l) => `hidden.${l}`);
  }

  /** Training has no structure of its own: every row has another order. */
  override trainingMask(): number {
    return 0;
  }

  /** Beyond the ensemble's there is an order for every number, drawn by the seed. */
  order(mask: number): Int32Array {
    return this.#orders[mask] ?? eonadeOrder(this.#spec, this.dimension, this.#seed, mask);
  }

  degrees(mask: number): readonly Int32Array[] {
    return nadeDegrees(this.order(mask), this.#spec.hidden);
  }

  connections(mask: number): MaskedNetwork {
    return nadeConnections(this.order(mask), this.#spec.hidden);
  }

  weights(parameters: NamedTensors): NetworkWeights {
    const [first, ...further] = this.#layers.map((layer) => parameters[`${layer}.weight`] as Tensor2D);
    const joints = [
      inputNorms(first!),
      ...further.map((weight) => layerNorms(weight, this.dimension)),
      outputNorms(parameters['output.weight'] as Tensor2D),
    ];
    const ofMask = inputNorms(parameters['mask.weight'] as Tensor2D);
    return { joints, companions: joints.map((_, l) => (l === 0 ? ofMask : null)), context: [] };
  }

  masks(mask: number): NamedArrays {
    return orderArrays(this.order(mask));
  }

  buffers(): NamedArrays {
    return { order: rowsToBuffer(this.#orders) };
  }

  withBuffers(buffers: NamedArrays): Model {
    const orders = ordersFrom(buffers, { model: 'an EoNADE', rows: 'orders', columns: this.dimension });
    return new Eonade(this.#spec, this.#seed, orders);
  }

  initialise(random: RandomGenerator): NamedArrays {
    return glorotParameters(this.parameters, {}, random);
  }

  /** `known` [rows, D]: which variables come before the position of each row. */
  override noise(rows: number, random: RandomGenerator): NamedArrays {
    return { known: drawKnown(rows, this.dimension, random) };
  }

  objective(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    return orderAgnosticNll(x, this.#pass(x, inputs), inputs.noise['known'] as Tensor2D);
  }

  override logProb(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    return tf.neg(bernoulliNll(x, this.conditionalParameters(x, inputs)));
  }

  conditionalParameters(x: Tensor2D, { parameters, masks }: DensityInputs): Tensor2D {
    const [first, ...further] = this.#layers.map((layer) => ({
      weight: parameters[`${layer}.weight`] as Tensor2D,
      bias: parameters[`${layer}.bias`] as Tensor1D,
    }));
    const parts = {
      activation: this.#spec.activation,
      order: masks['order'] as Tensor1D,
      variables: masks['variables'] as Tensor1D,
      ...first!,
      maskWeight: parameters['mask.weight'] as Tensor2D,
      further,
      outputWeight: parameters['output.weight'] as Tensor2D,
      outputBias: parameters['output.bias'] as Tensor1D,
    };
    return nadeLogits(x, parts, 'inputs');
  }

  /** Of the pass that training takes, under the noise: what is known of each row differs. */
  activations(x: Tensor2D, inputs: DensityInputs): readonly Activation[] {
    const trace: Activation[] = [];
    this.#pass(x, inputs, trace);
    return trace;
  }

  sample(parameters: NamedArrays, request: SampleRequest): Generator<SampleProgress, Samples, void> {
    const layers = { activation: this.#spec.activation, hidden: this.#layers, mask: 'mask.weight' };
    return sampleNade(this.order(request.mask), layers, parameters, request);
  }

  /** Whatever is known: under an order that begins with it. */
  completing(known: Uint8Array): Completing {
    const variables = sortedByDegree(this.#orders[0]!);
    const order = new Int32Array(this.dimension);
    let position = 0;
    for (const wanted of [1, 0]) {
      for (const d of variables) if ((known[d] === 1 ? 1 : 0) === wanted) order[d] = ++position;
    }
    return { model: new Eonade(this.#spec, this.#seed, [order]), mask: 0 };
  }

  /** Logits [N, D] of all variables given those that the noise says are known, in one pass. */
  #pass(x: Tensor2D, { parameters, noise }: DensityInputs, trace?: Activation[]): Tensor2D {
    const known = noise['known'] as Tensor2D;
    const of = (layer: string) => parameters[`${layer}.weight`] as Tensor2D;
    const bias = (layer: string) => parameters[`${layer}.bias`] as Tensor1D;
    const seen = [
      { input: tf.mul<Tensor2D>(x, known), weight: of('hidden.0'), mask: null, constant: true },
      { input: known, weight: of('mask'), mask: null, constant: true },
    ];
    let z = maskedDense(seen, bias('hidden.0'));
    trace?.push({ layer: 'hidden.0', role: 'preactivation', value: z });
    let below = 'hidden.0';
    for (const layer of [...this.#layers.slice(1), 'output']) {
      const input = activate(this.#spec.activation, z);
      trace?.push({ layer: below, role: 'activation', value: input });
      z = dense({ input, weight: of(layer), bias: bias(layer), constant: false });
      trace?.push({ layer, role: 'preactivation', value: z });
      below = layer;
    }
    return z;
  }
}

function parametersOf(hidden: readonly number[], D: number): ParameterSpec[] {
  const below = [D, ...hidden];
  const unmasked = (name: string, shape: number[], description: string) => ({
    name,
    shape,
    description,
    masked: false,
  });
  return [
    ...hidden.flatMap((units, l) => [
      unmasked(
        `hidden.${l}.weight`,
        [units, below[l]!],
        `[H${l + 1}, ${l === 0 ? 'D' : `H${l}`}] weights of hidden layer ${l + 1}`,
      ),
      unmasked(`hidden.${l}.bias`, [units], `[H${l + 1}] biases of hidden layer ${l + 1}`),
    ]),
    unmasked('mask.weight', [hidden[0]!, D], '[H1, D] weights of the mask that says which inputs are known'),
    unmasked('output.weight', [D, hidden.at(-1)!], `[D, H${hidden.length}] weights of the outputs`),
    unmasked('output.bias', [D], '[D] biases of the outputs'),
  ];
}
