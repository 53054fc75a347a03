/**
 * Gradient of a 2-D convolution in its filter, which the wasm backend lacks. NHWC, dilation 1:
 *
 *   dW[i, j] = Σ_{n,h,w} x[n, h·s + i, w·s + j, :]ᵀ dy[n, h, w, :]
 *
 * One [C, P]·[P, O] product for each tap (i, j) of the filter, P = N·H'·W' positions, on a padded x.
 */
import {
  BatchMatMul,
  Concat,
  Conv2DBackpropFilter,
  PadV2,
  Slice,
  StridedSlice,
  backend_util,
  type Conv2DBackpropFilterAttrs,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { addKernel, existingKernel, reshaped, withIntermediates, type KernelCall } from './kernel.ts';

type ConvInfo = backend_util.Conv2DInfo;

/** Call after the matMul repair: each tap is a product with a transposed operand. */
export function addConv2DBackpropFilter(): void {
  const pad = existingKernel(PadV2);
  const slice = existingKernel(Slice);
  const stridedSlice = existingKernel(StridedSlice);
  const matMul = existingKernel(BatchMatMul);
  const concat = existingKernel(Concat);

  addKernel(Conv2DBackpropFilter, ({ inputs, attrs, backend }: KernelCall) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const info = convInfo(x, attrs as unknown as Conv2DBackpropFilterAttrs);
    const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
    const { strideHeight, strideWidth } = info;
    const positions = batchSize * outHeight * outWidth;
    const lastRow = (outHeight - 1) * strideHeight;
    const lastColumn = (outWidth - 1) * strideWidth;

    return withIntermediates(backend, (keep) => {
      const paddings = zeroPadding(info);
      const padded = paddings.flat().some((n) => n > 0)
        ? keep(pad({ inputs: { x }, backend, attrs: { paddings, constantValue: 0 } }))
        : x;
      /** The inputs that tap (i, j) multiplies, [N, H', W', C]. */
      const seenBy = (i: number, j: number): TensorInfo =>
        strideHeight === 1 && strideWidth === 1
          ? slice({
              inputs: { x: padded },
              backend,
              attrs: { begin: [0, i, j, 0], size: [batchSize, outHeight, outWidth, inChannels] },
            })
          : stridedSlice({
              inputs: { x: padded },
              backend,
              attrs: {
                begin: [0, i, j, 0],
                end: [batchSize, i + lastRow + 1, j + lastColumn + 1, inChannels],
                strides: [1, strideHeight, strideWidth, 1],
                beginMask: 0,
                endMask: 0,
                ellipsisMask: 0,
                newAxisMask: 0,
                shrinkAxisMask: 0,
              },
            });

      const taps: TensorInfo[] = [];
      const dyColumns = reshaped(dy, [1, positions, outChannels]);
      for (let i = 0; i < filterHeight; i++) {
        for (let j = 0; j < filterWidth; j++) {
          const xColumns = reshaped(keep(seenBy(i, j)), [1, positions, inChannels]);
          const product = keep(
            matMul({
              inputs: { a: xColumns, b: dyColumns },
              backend,
              attrs: { transposeA: true, transposeB: false },
            }),
          );
          taps.push(reshaped(product, [inChannels, outChannels]));
        }
      }
      // Concat takes a list, which the type of kernel inputs does not say.
      const stacked = concat({ inputs: taps as unknown as NamedTensorInfoMap, backend, attrs: { axis: 0 } });
      return reshaped(stacked, info.filterShape);
    });
  });
}

function convInfo(x: TensorInfo, attrs: Conv2DBackpropFilterAttrs): ConvInfo {
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs;
  const format = backend_util.convertConv2DDataFormat(dataFormat);
  if (format !== 'channelsLast') throw new Error(`the wasm backend convolves NHWC only, found ${dataFormat}`);
  return backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    format,
  );
}

/** Zeros around x so that every tap finds a value at every position; what a stride never reaches stays unpadded. */
function zeroPadding(info: ConvInfo): [number, number][] {
  const { top, left } = info.padInfo;
  const neededHeight = (info.outHeight - 1) * info.strideHeight + info.filterHeight;
  const neededWidth = (info.outWidth - 1) * info.strideWidth + info.filterWidth;
  return [
    [0, 0],
    [top, Math.max(0, neededHeight - info.inHeight - top)],
    [left, Math.max(0, neededWidth - info.inWidth - left)],
    [0, 0],
  ];
}
