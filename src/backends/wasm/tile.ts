/** Repeating along one axis, which the wasm backend does value by value: as copies of what lies together. */
import { Tile, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel } from './kernel.ts';

export function repairTile(): void {
  replaceKernel(Tile, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs as { x: TensorInfo };
    const reps = attrs['reps'] as number[];
    const axis = reps.findIndex((times) => times !== 1);
    const alone = axis !== -1 && reps.every((times, i) => i === axis || times === 1);
    const ofNumbers = x.dtype === 'float32' || x.dtype === 'int32';
    if (!alone || !ofNumbers || util.sizeFromShape(x.shape) === 0) return original(call);
    const times = reps[axis]!;
    const output = backend.makeOutput(
      x.shape.map((size, i) => size * reps[i]!),
      x.dtype,
    );
    // Views of the heap only after the allocation, which may move it.
    const from = backend.typedArrayFromHeap(x);
    const to = backend.typedArrayFromHeap(output);
    const block = util.sizeFromShape(x.shape.slice(axis));
    const length = block * times;
    for (let read = 0, begin = 0; read < from.length; read += block, begin += length) {
      if (block === 1) {
        to.fill(from[read]!, begin, begin + length);
        continue;
      }
      to.set(from.subarray(read, read + block), begin);
      for (let done = block; done < length; done *= 2) {
        to.copyWithin(begin + done, begin, begin + Math.min(done, length - done));
      }
    }
    return output;
  });
}
