/**
 * Slices and splits, for which the wasm backend first copies the whole tensor out of its memory: fifty pieces of a tensor
 * are fifty copies of it. Here what lies together is copied, and nothing else.
 */
import {
  Slice,
  SplitV,
  backend_util,
  registerKernel,
  slice_util,
  unregisterKernel,
  util,
  type SplitVAttrs,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { existingKernel, replaceKernel } from './kernel.ts';

/** Runs that are shorter are copied value by value: a view of them takes longer. */
const SHORTEST_RUN = 32;

export function repairSlice(): void {
  replaceKernel(Slice, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs as { x: TensorInfo };
    if (x.dtype !== 'float32' && x.dtype !== 'int32') return original(call);
    const given = [x, attrs['begin'], attrs['size']] as Parameters<typeof slice_util.parseSliceParams>;
    const [begin, size] = slice_util.parseSliceParams(...given) as [number[], number[]];
    slice_util.assertParamsValid(x, begin, size);
    return cut(backend, x, begin, size);
  });
  const slice = existingKernel(Slice);
  unregisterKernel(SplitV, 'wasm');
  registerKernel({
    kernelName: SplitV,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x } = inputs as { x: Tensor };
      const { numOrSizeSplits, axis } = attrs as unknown as SplitVAttrs;
      const along = util.parseAxisParam(axis, x.shape)[0]!;
      const sizes = backend_util.prepareSplitSize(x, numOrSizeSplits, along);
      let done = 0;
      return sizes.map((length) => {
        const begin = x.shape.map((_, i) => (i === along ? done : 0));
        const size = x.shape.map((all, i) => (i === along ? length : all));
        done += length;
        return slice({ inputs: { x }, backend: backend as BackendWasm, attrs: { begin, size } });
      });
    },
  });
}

/** x[begin …, begin + size …] */
function cut(backend: BackendWasm, x: TensorInfo, begin: readonly number[], size: number[]): TensorInfo {
  const output = backend.makeOutput(size, x.dtype);
  const length = util.sizeFromShape(size);
  if (length === 0) return output;
  // Views of the heap only after the allocation, which may move it.
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(output);
  const rank = x.shape.length;
  let last = rank - 1;
  while (last > 0 && size[last] === x.shape[last]) last--;
  const strides = [...util.computeStrides(x.shape), 1];
  const run = util.sizeFromShape(size.slice(Math.max(0, last)));
  /** Of every axis before the last one that is cut. */
  const index = begin.slice(0, Math.max(0, last));
  let place = begin.reduce((sum, at, axis) => sum + at * strides[axis]!, 0);
  for (let at = 0; ;) {
    if (run < SHORTEST_RUN) for (let i = 0; i < run; i++) to[at + i] = from[place + i]!;
    else to.set(from.subarray(place, place + run), at);
    at += run;
    if (at >= length) return output;
    for (let axis = last - 1; ; axis--) {
      place += strides[axis]!;
      if (++index[axis]! < begin[axis]! + size[axis]!) break;
      place -= size[axis]! * strides[axis]!;
      index[axis] = begin[axis]!;
    }
  }
}
