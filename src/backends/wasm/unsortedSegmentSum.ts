/**
 * Sum of slices by segment id, which the wasm backend lacks: the gradient of `gather`.
 *
 *   out[s] = Σ_{i : segmentIds[i] = s} x[i],  ids outside 0 … numSegments−1 are left out.
 */
import { UnsortedSegmentSum, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { addKernel } from './kernel.ts';

export function addUnsortedSegmentSum(): void {
  addKernel(UnsortedSegmentSum, ({ inputs, attrs, backend }) => {
    const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
    const numSegments = attrs['numSegments'] as number;
    const sliceShape = x.shape.slice(segmentIds.shape.length);
    const sliceSize = util.sizeFromShape(sliceShape);
    const output = backend.makeOutput([numSegments, ...sliceShape], x.dtype);
    // Views of the heap only after the allocation, which may move it.
    const values = backend.typedArrayFromHeap(x);
    const ids = backend.typedArrayFromHeap(segmentIds);
    const sums = backend.typedArrayFromHeap(output);
    sums.fill(0);
    for (const [i, segment] of ids.entries()) {
      if (segment < 0 || segment >= numSegments) continue;
      for (let j = 0; j < sliceSize; j++) sums[segment * sliceSize + j]! += values[i * sliceSize + j]!;
    }
    return output;
  });
}
