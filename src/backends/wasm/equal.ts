/**
 * Comparing values of one shape with those of another, which the wasm backend does by the coordinates of every single entry, some
 * hundred times slower than need be: the column of a table with a row of all levels.
 */
import { Equal, backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel } from './kernel.ts';

export function repairEqual(): void {
  replaceKernel(Equal, (original) => (call) => {
    const { inputs, backend } = call;
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    const ofNumbers = a.dtype === b.dtype && (a.dtype === 'float32' || a.dtype === 'int32');
    if (!ofNumbers || util.arraysEqual(a.shape, b.shape)) return original(call);
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const output = backend.makeOutput(shape, 'bool');
    // Views of the heap only after the allocation, which may move it.
    const [valuesA, valuesB] = [backend.typedArrayFromHeap(a), backend.typedArrayFromHeap(b)];
    const to = backend.typedArrayFromHeap(output);
    const [placesA, placesB] = [rowsOf(a.shape, shape), rowsOf(b.shape, shape)];
    const width = shape.at(-1)!;
    const [stepA, stepB] = [a, b].map((operand) => (operand.shape.at(-1) === width && width > 1 ? 1 : 0)) as [
      number,
      number,
    ];
    for (let row = 0, at = 0; at < to.length; row++) {
      const [beginA, beginB] = [placesA[row]!, placesB[row]!];
      for (let i = 0; i < width; i++) to[at++] = valuesA[beginA + i * stepA] === valuesB[beginB + i * stepB] ? 1 : 0;
    }
    return output;
  });
}

/** Where each row of the result, its last axis, begins in an operand that is repeated along axes of size 1. */
function rowsOf(operand: readonly number[], shape: readonly number[]): Int32Array {
  const missing = shape.length - operand.length;
  let places = Int32Array.of(0);
  let stride = operand.at(-1) ?? 1;
  // From the innermost of the outer axes outwards: each repeats what is there, further on.
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    const size = axis < missing ? 1 : operand[axis - missing]!;
    const inner = places;
    places = Int32Array.from({ length: shape[axis]! * inner.length }, (_, i) => {
      const [outer, rest] = [Math.floor(i / inner.length), i % inner.length];
      return inner[rest]! + (size === 1 ? 0 : outer * stride);
    });
    stride *= size;
  }
  return places;
}
