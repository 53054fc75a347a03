/**
 * MADE: masked autoencoder for distribution estimation (Germain, Gregor, Murray & Larochelle 2015).
 *
 *   h¹ = g(b¹ + (W¹∘M¹) x + (U¹∘M¹) 1 + K c),  h^l = g(b^l + (W^l∘M^l) h^(l−1) + (U^l∘M^l) 1),
 *   z = b + (V∘M^V) h^L + (U^V∘M^V) 1 + (A∘M^A) x + (U^A∘M^A) 1 + L c
 *
 * The masks let output d depend only on variables earlier in the order, so that z_d are the k parameters of the
 * conditional p(x_d | x_<d) (its logit, where x is binary: k = 1) and log p(x) = Σ_d log p(x_d | x_<d) is exact in one
 * pass. Any number of hidden layers. Several masks are several orders and degrees that share one set of weights; they may
 * also be drawn anew for every minibatch, by the seed and the number of the step, and are then stored nowhere.
 *
 * Options: A, the direct connection. U, connectivity conditioning weights (section 4.4), a companion for every masked
 * matrix, A included: an output that hears x_j directly should know of its silence as a hidden unit does. c, a context
 * of C columns, is of degree 0: it enters the first hidden layer whole and every output directly, so that it reaches the
 * first variable, too. Levels 0 … L−1 enter the network between −1 and 1.
 *
 * Parameters: `hidden.<l>.weight` [H_l, H_(l−1)], `hidden.<l>.bias` [H_l], `output.weight` V [D·k, H_L],
 * `output.bias` b [D·k], rows of a variable side by side; `direct.weight` A [D·k, D]; for U the same names with
 * `companion` in place of `weight`; `context.hidden.weight` K [H₁, C], `context.output.weight` L [D·k, C].
 * Buffers: `order` [masks, D], `degrees.<l>` [masks, H_l].
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Conditional } from '../distributions/conditional.ts';
import { conditionalOf } from '../distributions/index.ts';
import { activate } from '../layers/activations.ts';
import { minus } from '../flows/sums.ts';
import { degreeMask } from '../layers/degreeMask.ts';
import { maskedDense, type Path } from '../layers/maskedDense.ts';
import { scaled } from '../layers/scaled.ts';
import { freshStructure, seededStructures, structureWithFirst, type MadeStructure } from '../masks/degrees.ts';
import { madeMasks, repeatRows } from '../masks/masks.ts';
import { networkOf, type MaskedNetwork } from '../masks/network.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { made, type MadeSpec } from '../spec/models/made.ts';
import type { Support } from '../spec/support.ts';
import { Autoregressive, type Pass } from './autoregressive.ts';
import { completionFault } from './completion.ts';
import { structuresFrom, structuresToBuffers } from './madeBuffers.ts';
import { initialParameters, madeParameters } from './madeParameters.ts';
import { sampleMade } from './madeSampling.ts';
import { maskArray } from '../layers/maskArray.ts';
import type {
  Completing,
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
export function createMade(spec: MadeSpec, dimension: number, seed: number, contextDimension = 0): Made {
  return new Made(
    { spec, dimension, seed, contextDimension },
    seededStructures(spec, dimension, seed, contextDimension),
  );
}

interface MadeSettings {
  readonly spec: MadeSpec;
  /** D */
  readonly dimension: number;
  /** Draws the structures that are not on the list. */
  readonly seed: number;
  /** C */
  readonly contextDimension: number;
}

export class Made extends Autoregressive {
  readonly type = 'made';
  readonly support: Support;
  readonly dimension: number;
  override readonly contextDimension: number;
  override readonly conditional: Conditional;
  readonly parameters: readonly ParameterSpec[];
  readonly weightNames: readonly string[];
  readonly drawsMasks: boolean;
  readonly #settings: MadeSettings;
  readonly #spec: MadeSpec;
  readonly #structures: readonly MadeStructure[];

  constructor(settings: MadeSettings, structures: readonly MadeStructure[]) {
    super();
    const { spec, dimension, contextDimension } = settings;
    this.#settings = settings;
    this.#spec = spec;
    this.#structures = structures;
    this.dimension = dimension;
    this.contextDimension = contextDimension;
    this.support = made.supportOf(spec);
    this.conditional = conditionalOf(spec.conditional);
    this.parameters = madeParameters(spec, { dimension, contextDimension, perVariable: this.parametersPerVariable });
    this.weightNames = this.parameters.filter(({ masked }) => masked).map(({ name }) => name);
    this.drawsMasks = spec.freshMasks;
  }

  get maskCount(): number {
    return this.#structures.length;
  }

  override trainingMask(step: number): number {
    return this.drawsMasks ? this.maskCount + step : super.trainingMask(step);
  }

  order(mask: number): Int32Array {
    return this.#structure(mask).order;
  }

  degrees(mask: number): readonly Int32Array[] {
    return this.#structure(mask).hidden;
  }

  connections(mask: number): MaskedNetwork {
    return networkOf(madeMasks(this.#structure(mask)), this.contextDimension);
  }

  /** Where a variable has several parameters, an edge stands for as many weights: their Euclidean norm is drawn. */
  weights(parameters: NamedTensors): NetworkWeights {
    const { dimension, parametersPerVariable: k } = this;
    const named = (name: string): Tensor2D | null => {
      const weight = parameters[name] as Tensor2D | undefined;
      if (weight === undefined) return null;
      return k === 1 || name.includes('hidden') ? weight : normOverParameters(weight, dimension, k);
    };
    return {
      joints: this.weightNames.map((name) => named(name)!),
      companions: this.weightNames.map((name) => named(companionOf(name))),
      context:
        this.contextDimension === 0 ? [] : ['hidden', 'output'].map((layer) => named(`context.${layer}.weight`)!),
    };
  }

  completing(known: Uint8Array): Completing {
    const fits = this.#structures.findIndex(({ order }) => completionFault(order, known) === null);
    if (fits >= 0) return { model: this, mask: fits };
    const first = this.#structures[0]!;
    const { orderAgnostic, freshMasks } = this.#spec;
    if (!orderAgnostic || (this.maskCount === 1 && !freshMasks))
      return { reason: completionFault(first.order, known)! };
    const structures = [...this.#structures, structureWithFirst(first, known)];
    return { model: new Made(this.#settings, structures), mask: this.maskCount };
  }

  #structure(mask: number): MadeStructure {
    const structure = this.#structures[mask];
    if (structure !== undefined) return structure;
    if (!this.drawsMasks || !Number.isInteger(mask) || mask < 0) {
      throw new RangeError(`there is no mask ${mask}; the model has ${this.maskCount}`);
    }
    const { seed, contextDimension } = this.#settings;
    return freshStructure(this.#structures[0]!, this.#spec, { seed, number: mask, contextDimension });
  }

  masks(mask: number): NamedArrays {
    const { hidden, output, direct } = madeMasks(this.#structure(mask));
    const k = this.parametersPerVariable;
    return {
      ...Object.fromEntries(hidden.map((matrix, l) => [`hidden.${l}.weight`, maskArray(matrix)])),
      'output.weight': maskArray(repeatRows(output, k)),
      ...(direct && { 'direct.weight': maskArray(repeatRows(direct, k)) }),
    };
  }

  maskTensors(mask: number): NamedTensors {
    const { order, hidden, direct } = this.#structure(mask);
    const layers = [order, ...hidden];
    const outputs = repeated(order, this.parametersPerVariable);
    return {
      ...Object.fromEntries(
        hidden.map((degrees, l) => [`hidden.${l}.weight`, degreeMask(degrees, layers[l]!, 'at least')]),
      ),
      'output.weight': degreeMask(outputs, layers.at(-1)!, 'above'),
      ...(direct && { 'direct.weight': degreeMask(outputs, order, 'above') }),
    };
  }

  buffers(): NamedArrays {
    return structuresToBuffers(this.#structures);
  }

  withBuffers(buffers: NamedArrays): Model {
    return new Made(this.#settings, structuresFrom(buffers, this.#spec, this.dimension));
  }

  initialise(random: RandomGenerator): NamedArrays {
    const single = this.maskCount === 1 && !this.drawsMasks;
    return initialParameters(this.parameters, single ? this.masks(0) : {}, this.conditional, random);
  }

  sample(parameters: NamedArrays, request: SampleRequest): Generator<SampleProgress, Samples, void> {
    const { activation } = this.#spec;
    return sampleMade(
      this.#structure(request.mask),
      { activation, conditional: this.conditional },
      parameters,
      request,
    );
  }

  /**
   * log p(x) of every row in nats, [N], differentiable in x as well as in parameters and context: for a MADE that what is
   * before it is trained through. @throws RangeError where values are discrete.
   */
  logProbByValue(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    const { nllByValue, type } = this.conditional;
    if (!nllByValue)
      throw new RangeError(`values of the conditional "${type}" are discrete: log p has no gradient by them`);
    return minus(nllByValue(x, this.#outputs(x, inputs, { wanted: 'weights', constant: false, trace: null })));
  }

  protected pass(x: Tensor2D, inputs: DensityInputs, pass: Pass): Tensor2D {
    return this.#outputs(x, inputs, { ...pass, constant: pass.wanted === 'weights' });
  }

  /** @param pass.constant whether x and the context are data, for which no gradient is wanted */
  #outputs(
    x: Tensor2D,
    { parameters, masks, context }: DensityInputs,
    { wanted, constant, trace }: Pass & { readonly constant: boolean },
  ): Tensor2D {
    const heard = scaled(x, this.conditional.input);
    const path = (layer: string, input: Tensor2D): Path => ({
      input,
      weight: parameters[`${layer}.weight`] as Tensor2D,
      mask: masks[`${layer}.weight`] as Tensor2D,
      companion: (parameters[`${layer}.companion`] as Tensor2D | undefined) ?? null,
      constant: constant && input === heard,
    });
    const fromContext = (layer: string): Path[] => {
      if (context === null || this.contextDimension === 0) return [];
      const weight = parameters[`context.${layer}.weight`] as Tensor2D;
      return [{ input: context, weight, mask: null, constant }];
    };
    const bias = (layer: string) => parameters[`${layer}.bias`] as Tensor1D;

    let h = heard;
    for (const l of this.#spec.hidden.keys()) {
      const layer = `hidden.${l}`;
      const paths = [path(layer, h), ...(l === 0 ? fromContext('hidden') : [])];
      const z = maskedDense(paths, bias(layer), wanted);
      h = activate(this.#spec.activation, z);
      trace?.push({ layer, role: 'preactivation', value: z }, { layer, role: 'activation', value: h });
    }
    const direct = this.#spec.direct ? [path('direct', heard)] : [];
    return maskedDense([path('output', h), ...direct, ...fromContext('output')], bias('output'), wanted);
  }
}

/** Every entry `times` times. */
function repeated(values: Int32Array, times: number): Int32Array {
  return Int32Array.from({ length: values.length * times }, (_, i) => values[Math.floor(i / times)]!);
}

/** `hidden.0.weight` → `hidden.0.companion` */
function companionOf(weightName: string): string {
  return weightName.replace(/weight$/, 'companion');
}

/** [D·k, from] → [D, from], the Euclidean norm over the k rows of each variable. */
function normOverParameters(weight: Tensor2D, dimension: number, k: number): Tensor2D {
  return tf.norm(tf.reshape(weight, [dimension, k, weight.shape[1]]), 'euclidean', 1) as Tensor2D;
}
