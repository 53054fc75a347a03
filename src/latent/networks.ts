/**
 * Networks of encoder and decoder: perceptrons of any depth, or convolutions that halve an image at every level on the way
 * in and double it on the way out. Both end in features, of which {@link Head}s make the parameters of a distribution.
 *
 *   h¹ = g(b¹ + W¹ x),  h^l = g(b^l + W^l h^(l−1)),  head = c + V h^L
 *
 * An image is halved by a squeeze (four pixels become one of four times the channels) before each 3 × 3 convolution, and
 * doubled by the way back after one (Shi et al. 2016, "sub-pixel convolution"): strides without a second kind of kernel.
 */
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { fromPlaces, placesOf, toPlaces } from '../flows/places.ts';
import { activate } from '../layers/activations.ts';
import { takeColumns } from '../layers/columns.ts';
import { convolution } from '../layers/convolution.ts';
import { dense } from '../layers/dense.ts';
import type { NamedTensors, ParameterSpec } from '../layers/parameters.ts';
import { squeezeOrder } from '../masks/flowStructure.ts';
import { squeezedShape } from '../masks/imageScales.ts';
import type { ImageShape } from '../masks/splits.ts';
import type { ActivationName } from '../spec/activation.ts';

/** What a network makes of rows on the way to its features. */
export interface Traced {
  readonly layer: string;
  readonly role: 'preactivation' | 'activation';
  readonly value: Tensor2D;
}

/** The last layer of a network, of which there may be several beside one another. */
export interface Head {
  readonly parameters: readonly ParameterSpec[];
  /** Multiplications of one row. */
  readonly products: number;
  /** features [N, F] → [N, out]. Differentiable. */
  compute(features: Tensor2D, parameters: NamedTensors): Tensor2D;
}

export interface Network {
  readonly parameters: readonly ParameterSpec[];
  /** Multiplications of one row on the way to its features: a filter is used at every place. */
  readonly products: number;
  /** Rows [N, in] → features [N, F]. Differentiable, in the rows too where `constant` does not say that they are data. */
  compute(x: Tensor2D, parameters: NamedTensors, o: { constant: boolean; trace?: Traced[] }): Tensor2D;
  /** A layer behind the features. @param columns of a row it gives: those of an image, behind convolutions. */
  head(name: string, columns: number, description: string): Head;
}

interface Layers {
  /** Stands before the names of the parameters: `encoder`. */
  readonly name: string;
  readonly activation: ActivationName;
  /** Units of the dense layers, first to last; none: features are the rows themselves. */
  readonly hidden: readonly number[];
}

/** Dense layers. @param inputs columns of a row. */
export function perceptron(inputs: number, { name, activation, hidden }: Layers): Network {
  const sizes = [inputs, ...hidden];
  const parameters = hidden.flatMap((units, l) =>
    denseParameters(`${name}.hidden.${l}`, [units, sizes[l]!], `hidden layer ${l + 1} of the ${name}`),
  );
  return {
    parameters,
    products: productsOf(parameters),
    compute(x, given, { constant, trace }) {
      return hidden.reduce((below, _, l) => {
        const layer = `${name}.hidden.${l}`;
        const z = denseLayer(layer, below, given, constant && below === x);
        return traced(activation, layer, z, trace);
      }, x);
    },
    head(head, columns, description) {
      return denseHead(`${name}.${head}`, [columns, sizes.at(-1)!], description);
    },
  };
}

/**
 * Convolutions and then dense layers. @param channels of every level, from the image inwards.
 * @throws RangeError when the image cannot be halved so often.
 */
export function convolutionalEncoder(image: ImageShape, channels: readonly number[], layers: Layers): Network {
  const { name, activation } = layers;
  const levels = halvings(image, channels);
  const last = levels.at(-1)!;
  const behind = perceptron(sizeOfImage(last.shape), layers);
  return {
    parameters: [
      ...levels.flatMap(({ squeezed: [, , from], shape: [, , to] }, l) =>
        filterParameters(`${name}.level.${l}`, [from, to], `level ${l + 1} of the ${name}`),
      ),
      ...behind.parameters,
    ],
    products: levels.reduce((sum, { squeezed, shape }) => sum + filterProducts(squeezed, shape[2]), behind.products),
    compute(x, given, { trace }) {
      const h = levels.reduce((below, { order, squeezed, shape }, l) => {
        const layer = `${name}.level.${l}`;
        const pixels = toPlaces(takeColumns(below, order), placesOf(order.length, squeezed[2]));
        const z = convolved(layer, pixels, squeezed, given);
        return fromPlaces(traced(activation, layer, z, trace), placesOf(sizeOfImage(shape), shape[2]));
      }, x);
      return behind.compute(h, given, { constant: false, ...(trace && { trace }) });
    },
    head: (head, columns, description) => behind.head(head, columns, description),
  };
}

/**
 * Dense layers, one that draws the smallest image, and convolutions that double it until it is as large as `image`.
 * @param inputs K, columns of a row. @param channels of every level, from the image inwards, as the encoder has them.
 * @throws RangeError when the image cannot be halved so often.
 */
export function convolutionalDecoder(
  inputs: number,
  image: ImageShape,
  channels: readonly number[],
  layers: Layers,
): Network {
  const { name, activation } = layers;
  const levels = halvings(image, channels).reverse();
  const before = perceptron(inputs, layers);
  const smallest = levels[0]!.shape;
  const sketch = before.head('sketch', sizeOfImage(smallest), 'the smallest image');
  // What a level leaves has the channels of the level outside of it; the outermost those of the innermost but one.
  const left = (l: number) => levels[l + 1]?.shape[2] ?? levels[l]!.shape[2];
  const features = left(levels.length - 1);
  return {
    parameters: [
      ...before.parameters,
      ...sketch.parameters,
      ...levels.flatMap(({ shape: [, , from] }, l) =>
        filterParameters(`${name}.level.${l}`, [from, 4 * left(l)], `level ${l + 1} of the ${name}`),
      ),
    ],
    products: levels.reduce(
      (sum, { shape }, l) => sum + filterProducts(shape, 4 * left(l)),
      before.products + sketch.products,
    ),
    compute(x, given, o) {
      const first = sketch.compute(before.compute(x, given, { ...o, constant: false }), given);
      const start = traced(activation, `${name}.sketch`, first, o.trace);
      return levels.reduce((below, { shape: [height, width, from] }, l) => {
        const layer = `${name}.level.${l}`;
        const pixels = toPlaces(below, placesOf(height * width * from, from));
        const h = traced(activation, layer, convolved(layer, pixels, [height, width, from], given), o.trace);
        const doubled: ImageShape = [2 * height, 2 * width, left(l)];
        const row = fromPlaces(h, placesOf(sizeOfImage(doubled), 4 * left(l)));
        return takeColumns(row, backwards(squeezeOrder(doubled)));
      }, start);
    },
    head(head, columns, description) {
      const [height, width, channelsOut] = image;
      if (columns !== sizeOfImage(image)) {
        throw new RangeError(`a decoder of images of ${image.join(' × ')} gives as many columns, not ${columns}`);
      }
      const layer = `${name}.${head}`;
      return {
        parameters: filterParameters(layer, [features, channelsOut], description),
        products: filterProducts([height, width, features], channelsOut),
        compute(input, given) {
          const pixels = toPlaces(input, placesOf(height * width * features, features));
          return fromPlaces(convolved(layer, pixels, image, given), placesOf(columns, channelsOut));
        },
      };
    },
  };

  function backwards(order: Int32Array): Int32Array {
    const places = new Int32Array(order.length);
    for (const [to, from] of order.entries()) places[from] = to;
    return places;
  }
}

interface Level {
  /** Of the row that comes in: which of its columns goes where in the squeezed one. */
  readonly order: Int32Array;
  readonly squeezed: ImageShape;
  /** Behind the convolution. */
  readonly shape: ImageShape;
}

function halvings(image: ImageShape, channels: readonly number[]): Level[] {
  let before = image;
  return channels.map((count) => {
    const [order, squeezed] = [squeezeOrder(before), squeezedShape(before)];
    before = [squeezed[0], squeezed[1], count];
    return { order, squeezed, shape: before };
  });
}

const sizeOfImage = ([height, width, channels]: ImageShape): number => height * width * channels;

function traced(activation: ActivationName, layer: string, z: Tensor2D, trace: Traced[] | undefined): Tensor2D {
  const h = activate(activation, z);
  trace?.push({ layer, role: 'preactivation', value: z }, { layer, role: 'activation', value: h });
  return h;
}

function denseLayer(layer: string, input: Tensor2D, given: NamedTensors, constant: boolean): Tensor2D {
  const [weight, bias] = [given[`${layer}.weight`] as Tensor2D, given[`${layer}.bias`] as Tensor1D];
  return dense({ input, weight, bias, constant });
}

/** @param input [N·H·W, in] → [N·H·W, out] */
function convolved(layer: string, input: Tensor2D, [height, width]: ImageShape, given: NamedTensors): Tensor2D {
  const [weight, bias] = [given[`${layer}.weight`] as Tensor4D, given[`${layer}.bias`] as Tensor1D];
  return convolution({ input, size: [height, width], weight, bias });
}

function denseHead(layer: string, shape: readonly [number, number], description: string): Head {
  return {
    parameters: denseParameters(layer, shape, description),
    products: shape[0] * shape[1],
    compute: (features, given) => denseLayer(layer, features, given, false),
  };
}

function denseParameters(layer: string, [to, from]: readonly [number, number], of: string): ParameterSpec[] {
  return [
    { name: `${layer}.weight`, shape: [to, from], description: `[out, in] weights of ${of}`, masked: false },
    { name: `${layer}.bias`, shape: [to], description: `[out] biases of ${of}`, masked: false },
  ];
}

/** Of dense layers: every weight once. */
const productsOf = (parameters: readonly ParameterSpec[]): number =>
  parameters.reduce((sum, { shape }) => sum + (shape.length === 2 ? shape[0]! * shape[1]! : 0), 0);

/** Of 3 × 3 filters, at all places of an image [H, W, in]. */
const filterProducts = ([height, width, from]: ImageShape, to: number): number => height * width * 9 * from * to;

function filterParameters(layer: string, [from, to]: readonly [number, number], of: string): ParameterSpec[] {
  return [
    {
      name: `${layer}.weight`,
      shape: [3, 3, from, to],
      description: `[3, 3, in, out] filters of ${of}`,
      masked: false,
    },
    { name: `${layer}.bias`, shape: [to], description: `[out] biases of ${of}`, masked: false },
  ];
}
