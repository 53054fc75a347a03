/**
 * Convolutions and their derivatives, which ONNX Runtime has as convolutions alone. TensorFlow.js keeps images as
 * [N, H, W, C] and filters as [h, w, in, out]; ONNX as [N, C, H, W] and [out, in, h, w].
 */
import { backend_util } from '@tensorflow/tfjs-core';
import type { Attributes, Graph, Value } from '../graph.ts';
import { type Call, padded, reshaped, transposed, type Translation, type Translations } from './translation.ts';

type Info = backend_util.Conv2DInfo;
type Size4 = [number, number, number, number];

/** What a convolution of images [N, H, W, C] by filters [h, w, in, out] looks like. */
function infoOf({ attributes }: Pick<Call, 'attributes'>, x: readonly number[], filter: readonly number[]): Info {
  return backend_util.computeConv2DInfo(
    x as Size4,
    filter as Size4,
    attributes['strides'] as number,
    (attributes['dilations'] as number | [number, number] | undefined) ?? 1,
    attributes['pad'] as 'same',
    attributes['dimRoundingMode'] as 'floor' | undefined,
    false,
    backend_util.convertConv2DDataFormat(attributes['dataFormat'] as 'NHWC'),
  );
}

const ints = (...values: number[]) => ({ ints: values });
const strides = ({ strideHeight, strideWidth }: Info) => ints(strideHeight, strideWidth);
const dilations = ({ dilationHeight, dilationWidth }: Info) => ints(dilationHeight, dilationWidth);
const pads = ({ padInfo: { top, left, bottom, right } }: Info) => ints(top, left, bottom, right);

/** An operation between two that may be called by their axes: images and filters in, images out, the axes given by `perm`. */
function between(
  graph: Graph,
  operation: string,
  [x, filter]: readonly [Value, Value],
  { shape, attributes }: { readonly shape: readonly number[]; readonly attributes: Attributes },
): Value {
  return graph.node(operation, [x, filter], { type: 'float32', shape }, attributes);
}

const conv2d: Translation = (call) => {
  const { graph, inputs, output } = call;
  const [x, filter] = [inputs['x']!, inputs['filter']!];
  const info = infoOf(call, x.shape, filter.shape);
  const [n, h, w, c] = output.shape as Size4;
  const y = between(graph, 'Conv', [transposed(graph, x, [0, 3, 1, 2]), transposed(graph, filter, [3, 2, 0, 1])], {
    shape: [n, c, h, w],
    attributes: { strides: strides(info), dilations: dilations(info), pads: pads(info) },
  });
  return transposed(graph, y, [0, 2, 3, 1]);
};

/** Of fewer channels, what a position sees lies in pieces too short to be copied one by one. */
const FEWEST_CHANNELS = 8;

/**
 * dW[i, j, ci, co] = Σ x[n, s·h + d·i − p, s·w + d·j − p, ci] dy[n, h, w, co]: of every place (i, j) in the filter a product of
 * what stands there with dy, over all positions.
 */
const backpropFilter: Translation = (call) => {
  const { inputs, output } = call;
  const info = infoOf(call, inputs['x']!.shape, output.shape);
  return info.inChannels < FEWEST_CHANNELS ? filterByConvolution(call, info) : filterByProducts(call, info);
};

/** ONNX Runtime's convolution with filters as large as images is some ten times slower than these. */
function filterByProducts({ graph, inputs, output }: Call, info: Info): Value {
  const { padInfo: pad, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const { batchSize, outHeight, outWidth, inChannels, outChannels, filterHeight, filterWidth } = info;
  const x = padded(graph, inputs['x']!, [0, pad.top, pad.left, 0], [0, pad.bottom, pad.right, 0]);
  const positions = batchSize * outHeight * outWidth;
  const dy = reshaped(graph, inputs['dy']!, [positions, outChannels]);
  const product = (place: number): Value => {
    const begin = [dilationHeight * Math.floor(place / filterWidth), dilationWidth * (place % filterWidth)];
    const end = [begin[0]! + (outHeight - 1) * strideHeight + 1, begin[1]! + (outWidth - 1) * strideWidth + 1];
    const lists = [begin, end, [1, 2], [strideHeight, strideWidth]].map((list) => graph.integers(list));
    const shape = [batchSize, outHeight, outWidth, inChannels];
    const seen = graph.node('Slice', [x, ...lists], { type: 'float32', shape });
    return graph.node(
      'Gemm',
      [reshaped(graph, seen, [positions, inChannels]), dy],
      { type: 'float32', shape: [inChannels, outChannels] },
      { transA: { int: 1 }, transB: { int: 0 } },
    );
  };
  // One by one: what all places see side by side takes longer to be copied together than it saves.
  const products = Array.from({ length: filterHeight * filterWidth }, (_, place) => product(place));
  const [first] = products as [Value];
  if (products.length === 1) return reshaped(graph, first, output.shape);
  const shape = [products.length * inChannels, outChannels];
  const all = graph.node('Concat', products, { type: 'float32', shape }, { axis: { int: 0 } });
  return reshaped(graph, all, output.shape);
}

/** A convolution of channels as if they were rows by dy as a filter, strides and dilations exchanged. */
function filterByConvolution({ graph, inputs, output }: Call, info: Info): Value {
  const [x, dy] = [inputs['x']!, inputs['dy']!];
  const [height, width, ci, co] = output.shape as Size4;
  const { padInfo: pad, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  // Rows that a stride leaves over at the end lead to more entries than the filter has.
  const found = (size: number, before: number, after: number, steps: number, stride: number, dilation: number) =>
    Math.floor((size + before + after - (steps - 1) * stride - 1) / dilation) + 1;
  const shape = [
    ci,
    co,
    found(info.inHeight, pad.top, pad.bottom, info.outHeight, strideHeight, dilationHeight),
    found(info.inWidth, pad.left, pad.right, info.outWidth, strideWidth, dilationWidth),
  ];
  const whole = between(graph, 'Conv', [transposed(graph, x, [3, 0, 1, 2]), transposed(graph, dy, [3, 0, 1, 2])], {
    shape,
    attributes: { strides: dilations(info), dilations: strides(info), pads: pads(info) },
  });
  const cut =
    shape[2] === height && shape[3] === width
      ? whole
      : graph.node('Slice', [whole, graph.integers([0, 0]), graph.integers([height, width]), graph.integers([2, 3])], {
          type: 'float32',
          shape: [ci, co, height, width],
        });
  return transposed(graph, cut, [2, 3, 0, 1]);
}

const backpropInput: Translation = (call) => {
  const { graph, inputs, output } = call;
  const [dy, filter] = [inputs['dy']!, inputs['filter']!];
  const info = infoOf(call, output.shape, filter.shape);
  const [n, h, w, c] = output.shape as Size4;
  const { padInfo: pad, strideHeight, strideWidth, effectiveFilterHeight, effectiveFilterWidth } = info;
  // What a stride left over at the end has no gradient.
  const left = ints(
    h - ((info.outHeight - 1) * strideHeight + effectiveFilterHeight - pad.top - pad.bottom),
    w - ((info.outWidth - 1) * strideWidth + effectiveFilterWidth - pad.left - pad.right),
  );
  const filters = transposed(graph, filter, [3, 2, 0, 1]);
  const dx = between(graph, 'ConvTranspose', [transposed(graph, dy, [0, 3, 1, 2]), filters], {
    shape: [n, c, h, w],
    attributes: { strides: strides(info), dilations: dilations(info), pads: pads(info), output_padding: left },
  });
  return transposed(graph, dx, [0, 2, 3, 1]);
};

export const convolutions: Translations = {
  Conv2D: conv2d,
  Conv2DBackpropFilter: backpropFilter,
  Conv2DBackpropInput: backpropInput,
};
