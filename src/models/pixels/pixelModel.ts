/**
 * What models of the pixels of an image share, whatever their layers are: conditionals in raster order by one network whose
 * maps have the image's size, all of them in one pass, and drawn one after the other.
 *
 *   log p(x) = Σ_d log p(x_d | x_<d),  d over the pixels row by row, the channels of a pixel one after the other
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Conditional } from '../../distributions/conditional.ts';
import { conditionalOf } from '../../distributions/index.ts';
import { scaled } from '../../layers/scaled.ts';
import type { PixelNetwork } from '../../masks/pixels/network.ts';
import type { RandomGenerator } from '../../random/generator.ts';
import type { NamedArrays } from '../../runs/arrays.ts';
import { type ConditionalSpec, supportOfConditional } from '../../spec/conditional.ts';
import type { ModelType } from '../../spec/experiment.ts';
import { imageShapeOf } from '../../spec/models/imageKeys.ts';
import { variablesOf } from '../../spec/models/splits.ts';
import type { Support } from '../../spec/support.ts';
import { completionFault } from '../completion.ts';
import { ExactModel } from '../exactModel.ts';
import type {
  Activation,
  Completing,
  DensityInputs,
  Model,
  ParameterSpec,
  PixelConditionals,
  SampleProgress,
  SampleRequest,
  Samples,
} from '../model.ts';
import { pixelForward, type PixelPass } from './forward.ts';
import { initialPixelParameters, pixelMasks, pixelParameters } from './parameters.ts';
import type { RowValues } from '../rowValues.ts';
import { pixelRowValues } from './rowValues.ts';
import { samplePixels } from './sampling.ts';

/** What a model of pixels is made of. */
export interface PixelLayers {
  readonly type: ModelType;
  readonly conditional: ConditionalSpec;
  /** The layers, k being the parameters of each conditional. */
  readonly network: (perVariable: number) => PixelNetwork;
  /** See {@link PixelConditionals.deepest}. */
  readonly deepest: () => PixelNetwork;
}

/** @throws RangeError when the image does not have as many variables as the data have columns. */
export function checkDimension(image: Parameters<typeof imageShapeOf>[0], dimension: number): void {
  const size = variablesOf(imageShapeOf(image));
  if (size === dimension) return;
  throw new RangeError(`image is ${image.join(' × ')} = ${size} variables; the data has ${dimension} columns`);
}

export class PixelModel extends ExactModel implements PixelConditionals {
  readonly type: ModelType;
  readonly maskCount = 1;
  readonly dimension: number;
  readonly support: Support;
  readonly conditional: Conditional;
  readonly parameters: readonly ParameterSpec[];
  readonly densityProducts: number;
  readonly rowValues: RowValues;
  override readonly contextDimension: number;
  readonly layers: PixelNetwork;
  readonly deepest: () => PixelNetwork;
  readonly #order: Int32Array;

  /** @param contextDimension C, columns that each row is conditioned on; 0 for none. */
  constructor({ type, conditional, network, deepest }: PixelLayers, contextDimension: number) {
    super();
    this.type = type;
    this.contextDimension = contextDimension;
    this.conditional = conditionalOf(conditional);
    this.support = supportOfConditional(conditional);
    this.layers = network(this.parametersPerVariable);
    let made: PixelNetwork | null = null;
    this.deepest = () => (made ??= deepest());
    this.dimension = variablesOf(this.layers.image);
    this.parameters = pixelParameters(this.layers, contextDimension);
    this.#order = Int32Array.from({ length: this.dimension }, (_, d) => d + 1);
    const [height, width] = this.layers.image;
    const weights = this.parameters.filter(({ name, shape }) => shape.length > 1 && !name.startsWith('context.'));
    this.densityProducts = height * width * weights.reduce((sum, { shape }) => sum + variablesOf(shape), 0);
    this.rowValues = pixelRowValues(this.layers);
  }

  get pixels(): PixelConditionals {
    return this;
  }

  get parametersPerVariable(): number {
    return this.conditional.parameterNames.length;
  }

  order(mask: number): Int32Array {
    if (mask !== 0) throw new RangeError(`there is no mask ${mask}; the model has 1`);
    return this.#order;
  }

  masks(mask: number): NamedArrays {
    this.order(mask);
    return pixelMasks(this.layers);
  }

  buffers(): NamedArrays {
    return {};
  }

  withBuffers(): Model {
    return this;
  }

  initialise(random: RandomGenerator): NamedArrays {
    return initialPixelParameters(this.layers, this.parameters, this.conditional, random);
  }

  objective(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    return this.conditional.nll(x, this.#pass(x, inputs, { wanted: 'weights', constant: true }));
  }

  conditionalParameters(x: Tensor2D, inputs: DensityInputs): Tensor2D {
    return this.#pass(x, inputs, { wanted: 'inputs', constant: false });
  }

  activations(x: Tensor2D, inputs: DensityInputs): readonly Activation[] {
    const trace: Activation[] = [];
    const [height, width] = this.layers.image;
    const tell: NonNullable<PixelPass['tell']> = (layer, role, value, begins) => {
      const maps = tf.reshape(value, [x.shape[0], height, width, value.shape[1]]);
      trace.push({ layer, role, value: maps, ...(begins && { begins }) });
    };
    const value = this.#pass(x, inputs, { wanted: 'weights', constant: true, tell });
    return [...trace, { layer: 'output', role: 'logProb', value: this.conditional.entries(x, value) }];
  }

  sample(parameters: NamedArrays, request: SampleRequest): Generator<SampleProgress, Samples, void> {
    const { conditional, contextDimension } = this;
    return samplePixels({ network: this.layers, conditional, parameters, contextDimension }, request);
  }

  completing(known: Uint8Array): Completing {
    const reason = completionFault(this.#order, known);
    return reason === null ? { model: this, mask: 0 } : { reason };
  }

  #pass(x: Tensor2D, { parameters, masks, context }: DensityInputs, pass: PixelPass): Tensor2D {
    const given = this.contextDimension === 0 ? null : context;
    return pixelForward(this.layers, { x: scaled(x, this.conditional.input), parameters, masks, context: given }, pass);
  }
}
