/**
 * MADE: masked autoencoder for distribution estimation (Germain, Gregor, Murray & Larochelle 2015).
 *
 *   h¹ = g(b¹ + (W¹∘M¹) x),  h^l = g(b^l + (W^l∘M^l) h^(l−1)),  logits = c + (V∘M^V) h^L + (A∘M^A) x
 *
 * The masks let output d depend only on variables earlier in the order, so that σ(logits_d) is the conditional
 * p(x_d = 1 | x_<d) and log p(x) = Σ_d log p(x_d | x_<d) is exact in one pass. Any number of hidden layers; A, the
 * direct connection, is optional. Several masks are several orders and degrees that share one set of weights.
 *
 * Parameters: `hidden.<l>.weight` [H_l, H_(l−1)], `hidden.<l>.bias` [H_l], `output.weight` V [D, H_L],
 * `output.bias` c [D], `direct.weight` A [D, D]. Buffers: `order` [masks, D], `degrees.<l>` [masks, H_l].
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { bernoulliEntries, bernoulliNll } from '../distributions/bernoulli.ts';
import { activate } from '../layers/activations.ts';
import { glorotUniform, zeros } from '../layers/initial.ts';
import { maskedDense, type Path } from '../layers/maskedDense.ts';
import { seededStructures, type MadeStructure } from '../masks/degrees.ts';
import { madeMasks } from '../masks/masks.ts';
import type { MaskMatrix } from '../masks/matrix.ts';
import { networkOf } from '../masks/network.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';
import { made, type MadeSpec } from '../spec/models/made.ts';
import type { Support } from '../spec/support.ts';
import { structuresFrom, structuresToBuffers } from './madeBuffers.ts';
import { sampleMade } from './madeSampling.ts';
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

/** @throws RangeError when orders or degrees given in the spec do not fit the dimension. */
export function createMade(spec: MadeSpec, dimension: number, seed: number): Model {
  return new Made(spec, dimension, seededStructures(spec, dimension, seed));
}

class Made implements Model, ConditionalNetwork {
  readonly type = 'made';
  readonly quantity = { kind: 'exact', name: 'log-likelihood', unit: 'nats' } as const;
  readonly support: Support = made.supportOf();
  readonly contextDimension = 0;
  readonly parametersPerVariable = 1;
  readonly dimension: number;
  readonly parameters: readonly ParameterSpec[];
  readonly weightNames: readonly string[];
  readonly #spec: MadeSpec;
  readonly #structures: readonly MadeStructure[];

  constructor(spec: MadeSpec, dimension: number, structures: readonly MadeStructure[]) {
    this.#spec = spec;
    this.#structures = structures;
    this.dimension = dimension;
    this.parameters = parametersOf(spec, dimension);
    this.weightNames = this.parameters.filter(({ masked }) => masked).map(({ name }) => name);
  }

  get maskCount(): number {
    return this.#structures.length;
  }

  get network(): ConditionalNetwork {
    return this;
  }

  trainingMask(step: number): number {
    return step % this.maskCount;
  }

  order(mask: number): Int32Array {
    return this.#structure(mask).order;
  }

  degrees(mask: number): readonly Int32Array[] {
    return this.#structure(mask).hidden;
  }

  connections(mask: number) {
    return networkOf(madeMasks(this.#structure(mask)));
  }

  weights(parameters: NamedTensors): NetworkWeights {
    const joints = this.weightNames.map((name) => parameters[name] as Tensor2D);
    return { joints, companions: joints.map(() => null), context: [] };
  }

  completing(known: Uint8Array): Completing {
    const fits = [...this.#structures.keys()].find((mask) => comesFirst(known, this.order(mask)));
    if (fits !== undefined) return { model: this, mask: fits };
    return { reason: 'no order of this model has every given variable before all others' };
  }

  #structure(mask: number): MadeStructure {
    const structure = this.#structures[mask];
    if (structure === undefined) throw new RangeError(`there is no mask ${mask}; the model has ${this.maskCount}`);
    return structure;
  }

  masks(mask: number): NamedArrays {
    const { hidden, output, direct } = madeMasks(this.#structure(mask));
    return {
      ...Object.fromEntries(hidden.map((matrix, l) => [`hidden.${l}.weight`, toArray(matrix)])),
      'output.weight': toArray(output),
      ...(direct && { 'direct.weight': toArray(direct) }),
    };
  }

  buffers(): NamedArrays {
    return structuresToBuffers(this.#structures);
  }

  withBuffers(buffers: NamedArrays): Model {
    return new Made(this.#spec, this.dimension, structuresFrom(buffers, this.#spec, this.dimension));
  }

  /**
   * Glorot's weights and zero biases. With a single mask the weights outside it start at 0 and, their gradients being
   * 0, stay there: the saved matrices can be used as they are.
   */
  initialise(random: RandomGenerator): NamedArrays {
    const values = Object.fromEntries(
      this.parameters.map(({ name, shape, masked }): [string, NamedArray] => [
        name,
        masked ? glorotUniform(shape as [number, number], random) : zeros(shape),
      ]),
    );
    if (this.maskCount === 1) {
      for (const [name, mask] of Object.entries(this.masks(0))) {
        const weights = values[name]!.data;
        for (const [i, cell] of mask.data.entries()) if (cell === 0) weights[i] = 0;
      }
    }
    return values;
  }

  noise(): NamedArrays {
    return {};
  }

  objective(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    return bernoulliNll(x, this.#compute(x, inputs, { constant: true }));
  }

  logProb(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    return tf.neg(this.objective(x, inputs));
  }

  conditionalParameters(x: Tensor2D, inputs: DensityInputs): Tensor2D {
    return this.#compute(x, inputs, { constant: false, wanted: 'inputs' });
  }

  activations(x: Tensor2D, inputs: DensityInputs): readonly Activation[] {
    const trace: Activation[] = [];
    const logits = this.#compute(x, inputs, { constant: true, trace });
    return [...trace, { layer: 'output', role: 'logProb', value: bernoulliEntries(x, logits) }];
  }

  sample(parameters: NamedArrays, request: SampleRequest): Generator<SampleProgress, Samples, void> {
    return sampleMade(this.#structure(request.mask), this.#spec.activation, parameters, request);
  }

  /** Logits [N, D]. `constant`: x is data, no gradient in it is wanted; `wanted: 'inputs'`: only that. Intermediate results are put on `trace`. */
  #compute(
    x: Tensor2D,
    { parameters, masks }: DensityInputs,
    o: { constant: boolean; wanted?: 'inputs'; trace?: Activation[] },
  ): Tensor2D {
    const path = (layer: string, input: Tensor2D): Path => ({
      input,
      weight: parameters[`${layer}.weight`] as Tensor2D,
      mask: masks[`${layer}.weight`] as Tensor2D,
      constant: input === x && o.constant,
    });
    const bias = (layer: string) => parameters[`${layer}.bias`] as Tensor1D;

    let h = x;
    for (const l of this.#spec.hidden.keys()) {
      const z = maskedDense([path(`hidden.${l}`, h)], bias(`hidden.${l}`), o.wanted);
      h = activate(this.#spec.activation, z);
      const layer = `hidden.${l}`;
      o.trace?.push({ layer, role: 'preactivation', value: z }, { layer, role: 'activation', value: h });
    }
    const intoOutput = [path('output', h), ...(this.#spec.direct ? [path('direct', x)] : [])];
    const logits = maskedDense(intoOutput, bias('output'), o.wanted);
    o.trace?.push({ layer: 'output', role: 'preactivation', value: logits });
    return logits;
  }
}

function parametersOf(spec: MadeSpec, dimension: number): ParameterSpec[] {
  const widths = [dimension, ...spec.hidden];
  const last = spec.hidden.length;
  const hidden = spec.hidden.flatMap((width, l): ParameterSpec[] => [
    {
      name: `hidden.${l}.weight`,
      shape: [width, widths[l]!],
      description: `[H${l + 1}, ${l === 0 ? 'D' : `H${l}`}] weights of hidden layer ${l + 1}`,
      masked: true,
    },
    {
      name: `hidden.${l}.bias`,
      shape: [width],
      description: `[H${l + 1}] biases of hidden layer ${l + 1}`,
      masked: false,
    },
  ]);
  return [
    ...hidden,
    {
      name: 'output.weight',
      shape: [dimension, widths[last]!],
      description: `[D, H${last}] weights of the outputs`,
      masked: true,
    },
    { name: 'output.bias', shape: [dimension], description: '[D] biases of the outputs', masked: false },
    ...(spec.direct
      ? [
          {
            name: 'direct.weight',
            shape: [dimension, dimension],
            description: '[D, D] weights from inputs to outputs',
            masked: true,
          },
        ]
      : []),
  ];
}

/** Whether every known variable has a position before all others. */
function comesFirst(known: Uint8Array, order: Int32Array): boolean {
  const count = known.reduce((sum, one) => sum + one, 0);
  return known.every((one, d) => (one === 1) === order[d]! <= count);
}

function toArray({ rows, columns, cells }: MaskMatrix): NamedArray {
  return { shape: [rows, columns], data: Float32Array.from(cells) };
}
