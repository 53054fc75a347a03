/**
 * Gradient of a 2-D convolution in its filter, which the wasm backend lacks. NHWC, dilation 1:
 *
 *   dW[i, j] = Σ_{n,h,w} x[n, h·s + i, w·s + j, :]ᵀ dy[n, h, w, :]
 *
 * One product [k·k·C, P]·[P, O] for all taps (i, j) of the filter together, P = N·H'·W' positions: the values that each
 * position's filter sees stand side by side in a matrix [P, k·k·C], 0 where it looks beyond the image.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  Add,
  BatchMatMul,
  Conv2DBackpropFilter,
  Slice,
  backend_util,
  type Conv2DBackpropFilterAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { addKernel, existingKernel, reshaped, withIntermediates, type KernelCall } from './kernel.ts';

type ConvInfo = backend_util.Conv2DInfo;

/** Positions of which the matrix is made at a time hold so many values at most, 16 MiB. */
const MOST_VALUES = 2 ** 22;

/** Call after the matMul repair: the product has a transposed operand. */
export function addConv2DBackpropFilter(): void {
  const matMul = existingKernel(BatchMatMul);
  const slice = existingKernel(Slice);
  const add = existingKernel(Add);

  addKernel(Conv2DBackpropFilter, ({ inputs, attrs, backend }: KernelCall) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const info = convInfo(x, attrs as unknown as Conv2DBackpropFilterAttrs);
    const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
    const seen = filterHeight * filterWidth * inChannels;
    const ofImage = outHeight * outWidth;
    const images = Math.max(1, Math.floor(MOST_VALUES / (seen * ofImage)));
    const rows = reshaped(dy, [1, batchSize * ofImage, outChannels]);

    return withIntermediates(backend, (keep) => {
      /** What the images `begin` … `end` − 1 add to the gradient, [1, k·k·C, O]. */
      const share = (begin: number, end: number): TensorInfo => {
        const patches = keep(backend.makeOutput([1, (end - begin) * ofImage, seen], 'float32'));
        fillPatches(backend, x, patches, info, begin, end);
        const size = [1, (end - begin) * ofImage, outChannels];
        const own =
          end - begin === batchSize
            ? rows
            : keep(slice({ inputs: { x: rows }, backend, attrs: { begin: [0, begin * ofImage, 0], size } }));
        const attributes = { transposeA: true, transposeB: false };
        return matMul({ inputs: { a: patches, b: own }, backend, attrs: attributes });
      };
      let sum = share(0, Math.min(images, batchSize));
      for (let begin = images; begin < batchSize; begin += images) {
        const [a, b] = [keep(sum), keep(share(begin, Math.min(begin + images, batchSize)))];
        sum = add({ inputs: { a, b }, backend, attrs: {} });
      }
      return reshaped(sum, info.filterShape);
    });
  });
}

/** Writes what every position of the images `begin` … `end` − 1 sees: [(end − begin)·H'·W', k·k·C]. */
function fillPatches(
  backend: BackendWasm,
  x: TensorInfo,
  patches: TensorInfo,
  info: ConvInfo,
  begin: number,
  end: number,
): void {
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(patches);
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth } = info;
  const { top, left } = info.padInfo;
  let at = 0;
  for (let n = begin; n < end; n++) {
    for (let h = 0; h < outHeight; h++) {
      for (let w = 0; w < outWidth; w++) {
        for (let i = 0; i < filterHeight; i++) {
          const row = h * strideHeight + i - top;
          for (let j = 0; j < filterWidth; j++) {
            const column = w * strideWidth + j - left;
            if (row < 0 || row >= inHeight || column < 0 || column >= inWidth) {
              for (let c = 0; c < inChannels; c++) to[at++] = 0;
              continue;
            }
            const place = ((n * inHeight + row) * inWidth + column) * inChannels;
            for (let c = 0; c < inChannels; c++) to[at++] = from[place + c]!;
          }
        }
      }
    }
  }
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
