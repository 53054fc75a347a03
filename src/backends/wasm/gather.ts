/**
 * Gathering along the last axes, which the wasm backend does value by value through strides, some fifty times slower than
 * need be: the columns of a matrix, in another order.
 *
 *   out[o, i, s] = x[o, indices[i], s]
 */
import { GatherV2, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel } from './kernel.ts';

/** Slices that are longer are copied whole by the backend's own kernel. */
const LONGEST_SLICE = 16;

export function repairGather(): void {
  replaceKernel(GatherV2, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x, indices } = inputs as { x: TensorInfo; indices: TensorInfo };
    const axis = util.parseAxisParam(attrs['axis'] as number, x.shape)[0]!;
    const [outer, size, slice] = [x.shape.slice(0, axis), x.shape[axis]!, x.shape.slice(axis + 1)];
    const [outerSize, sliceSize] = [util.sizeFromShape(outer), util.sizeFromShape(slice)];
    const ofNumbers = x.dtype === 'float32' || x.dtype === 'int32';
    if (!ofNumbers || indices.dtype !== 'int32' || attrs['batchDims'] !== 0 || sliceSize > LONGEST_SLICE) {
      return original(call);
    }
    const wanted = backend.typedArrayFromHeap(indices);
    // The original's error names the index.
    if (wanted.some((index) => !(index >= 0 && index < size))) return original(call);
    const output = backend.makeOutput([...outer, ...indices.shape, ...slice], x.dtype);
    // Views of the heap only after the allocation, which may move it.
    const places = backend.typedArrayFromHeap(indices);
    const from = backend.typedArrayFromHeap(x);
    const to = backend.typedArrayFromHeap(output);
    const count = places.length;
    for (let o = 0, at = 0; o < outerSize; o++) {
      const row = o * size;
      for (let i = 0; i < count; i++) {
        const begin = (row + places[i]!) * sliceSize;
        for (let s = 0; s < sliceSize; s++) to[at++] = from[begin + s]!;
      }
    }
    return output;
  });
}
