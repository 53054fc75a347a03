/**
 * PixelCNN: the conditionals of pixels in raster order by masked convolutions (van den Oord, Kalchbrenner & Kavukcuoglu 2016,
 * "Pixel recurrent neural networks", section 3.5), and its gated form in two stacks (van den Oord, Kalchbrenner, Vinyals,
 * Espeholt, Graves & Kavukcuoglu 2016, "Conditional image generation with PixelCNN decoders").
 *
 *   log p(x) = Σ_d log p(x_d | x_<d),  d over the pixels row by row, the channels of a pixel one after the other
 *
 * One pass computes all conditionals: k parameters each, by a network whose maps have the image's size and whose kernels
 * are masked (`masks/pixels/`): mask A in the first layer, which leaves a pixel itself out, mask B behind it. A context of C
 * columns enters every layer as a bias, K c, the same at every pixel.
 *
 * Parameters: `<layer>.weight` [rows, columns, in, out], `<layer>.bias` [out], `context.<layer>.weight` [out, C]. Layers of a
 * single stack: `input`, `blocks.<i>.reduce`, `.spatial`, `.expand`; of two stacks: `vertical`, `horizontal`,
 * `layers.<i>.vertical`, `.between`, `.horizontal`, `.residual`; of both `head`, `output`. No buffers: the order is the
 * raster's.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Conditional } from '../distributions/conditional.ts';
import { conditionalOf } from '../distributions/index.ts';
import { scaled } from '../layers/scaled.ts';
import type { PixelNetwork } from '../masks/pixels/network.ts';
import { deepestOf, pixelNetworkOf } from '../masks/pixels/pixelcnn.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { imageShapeOf } from '../spec/models/imageKeys.ts';
import { pixelcnn, type PixelcnnSpec } from '../spec/models/pixelcnn.ts';
import { variablesOf } from '../spec/models/splits.ts';
import type { Support } from '../spec/support.ts';
import { completionFault } from './completion.ts';
import { ExactModel } from './exactModel.ts';
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
} from './model.ts';
import { pixelForward, type PixelPass } from './pixels/forward.ts';
import { initialPixelParameters, pixelMasks, pixelParameters } from './pixels/parameters.ts';
import { samplePixels } from './pixels/sampling.ts';

/** @throws RangeError when the image does not have as many variables as the data have columns. */
export function createPixelcnn(spec: PixelcnnSpec, dimension: number, _seed: number, contextDimension = 0): Model {
  const size = variablesOf(imageShapeOf(spec.image));
  if (size !== dimension) {
    throw new RangeError(`image is ${spec.image.join(' × ')} = ${size} variables; the data has ${dimension} columns`);
  }
  return new Pixelcnn(spec, contextDimension);
}

class Pixelcnn extends ExactModel implements PixelConditionals {
  readonly type = 'pixelcnn';
  readonly maskCount = 1;
  readonly dimension: number;
  readonly support: Support;
  readonly conditional: Conditional;
  readonly parameters: readonly ParameterSpec[];
  readonly densityProducts: number;
  override readonly contextDimension: number;
  readonly #spec: PixelcnnSpec;
  readonly #network: PixelNetwork;
  readonly #order: Int32Array;

  constructor(spec: PixelcnnSpec, contextDimension: number) {
    super();
    this.#spec = spec;
    this.contextDimension = contextDimension;
    this.conditional = conditionalOf(spec.conditional);
    this.#network = pixelNetworkOf(spec, this.parametersPerVariable);
    this.dimension = variablesOf(this.#network.image);
    this.support = pixelcnn.supportOf(spec);
    this.parameters = pixelParameters(this.#network, contextDimension);
    this.#order = Int32Array.from({ length: this.dimension }, (_, d) => d + 1);
    const [height, width] = this.#network.image;
    const filters = this.parameters.filter(({ masked }) => masked);
    this.densityProducts = height * width * filters.reduce((sum, { shape }) => sum + variablesOf(shape), 0);
  }

  get pixels(): PixelConditionals {
    return this;
  }

  get layers(): PixelNetwork {
    return this.#network;
  }

  deepest(): PixelNetwork {
    return deepestOf(this.#spec);
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
    return pixelMasks(this.#network);
  }

  buffers(): NamedArrays {
    return {};
  }

  withBuffers(): Model {
    return this;
  }

  initialise(random: RandomGenerator): NamedArrays {
    return initialPixelParameters(this.#network, this.parameters, this.conditional, random);
  }

  objective(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    return this.conditional.nll(x, this.#pass(x, inputs, { wanted: 'weights', constant: true }));
  }

  conditionalParameters(x: Tensor2D, inputs: DensityInputs): Tensor2D {
    return this.#pass(x, inputs, { wanted: 'inputs', constant: false });
  }

  activations(x: Tensor2D, inputs: DensityInputs): readonly Activation[] {
    const trace: Activation[] = [];
    const [height, width] = this.#network.image;
    const tell = (layer: string, value: Tensor2D) => {
      const maps = tf.reshape(value, [x.shape[0], height, width, value.shape[1]]);
      trace.push({ layer, role: 'preactivation', value: maps });
    };
    const value = this.#pass(x, inputs, { wanted: 'weights', constant: true, tell });
    return [...trace, { layer: 'output', role: 'logProb', value: this.conditional.entries(x, value) }];
  }

  sample(parameters: NamedArrays, request: SampleRequest): Generator<SampleProgress, Samples, void> {
    const { conditional, contextDimension } = this;
    return samplePixels({ network: this.#network, conditional, parameters, contextDimension }, request);
  }

  completing(known: Uint8Array): Completing {
    const reason = completionFault(this.#order, known);
    return reason === null ? { model: this, mask: 0 } : { reason };
  }

  #pass(x: Tensor2D, { parameters, masks, context }: DensityInputs, pass: PixelPass): Tensor2D {
    const given = this.contextDimension === 0 ? null : context;
    return pixelForward(
      this.#network,
      { x: scaled(x, this.conditional.input), parameters, masks, context: given },
      pass,
    );
  }
}
