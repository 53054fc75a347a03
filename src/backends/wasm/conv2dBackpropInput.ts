/**
 * Gradient of a 2-D convolution in its input, NHWC, stride 1: the convolution of dy, padded, with the filter turned by
 * 180° and its channels exchanged,
 *
 *   dx[n, h, w, :] = Σ_{i,j} dy[n, h + top − i, w + left − j, :] W[i, j]ᵀ
 *
 * which goes through XNNPACK. The backend's own kernel is a plain loop, some ten times slower; it is kept for strides.
 */
import {
  Conv2D,
  Conv2DBackpropInput,
  PadV2,
  Reverse,
  Transpose,
  backend_util,
  type Conv2DBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { existingKernel, replaceKernel, withIntermediates, type WasmKernel } from './kernel.ts';

type Shape4D = [number, number, number, number];

export function repairConv2DBackpropInput(): void {
  const [pad, reverse, transpose, convolve] = [PadV2, Reverse, Transpose, Conv2D].map(existingKernel) as [
    WasmKernel,
    WasmKernel,
    WasmKernel,
    WasmKernel,
  ];
  replaceKernel(Conv2DBackpropInput, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
    const paddings = paddingsOf(filter, attrs as unknown as Conv2DBackpropInputAttrs);
    if (paddings === null) return original(call);
    return withIntermediates(backend, (keep) => {
      const turned = keep(reverse({ inputs: { x: filter }, backend, attrs: { dims: [0, 1] } }));
      const exchanged = keep(transpose({ inputs: { x: turned }, backend, attrs: { perm: [0, 1, 3, 2] } }));
      const padded = keep(pad({ inputs: { x: dy }, backend, attrs: { paddings, constantValue: 0 } }));
      const plain = { strides: 1, dilations: 1, pad: 'valid', dataFormat: 'NHWC' };
      return convolve({ inputs: { x: padded, filter: exchanged }, backend, attrs: plain });
    });
  });
}

/** Zeros around dy; null where the gradient is no such convolution. */
function paddingsOf(filter: TensorInfo, attrs: Conv2DBackpropInputAttrs): [number, number][] | null {
  const { strides, pad, dataFormat, dimRoundingMode, inputShape } = attrs;
  const format = backend_util.convertConv2DDataFormat(dataFormat);
  const shape = filter.shape as Shape4D;
  const info = backend_util.computeConv2DInfo(inputShape, shape, strides, 1, pad, dimRoundingMode, false, format);
  if (format !== 'channelsLast' || info.strideHeight !== 1 || info.strideWidth !== 1) return null;
  const top = info.filterHeight - 1 - info.padInfo.top;
  const left = info.filterWidth - 1 - info.padInfo.left;
  const bottom = info.inHeight + info.filterHeight - 1 - info.outHeight - top;
  const right = info.inWidth + info.filterWidth - 1 - info.outWidth - left;
  if (Math.min(top, left, bottom, right) < 0) return null;
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}
