/** Small tools for writing kernels of the wasm backend out of the kernels it has. */
import {
  getKernel,
  registerKernel,
  unregisterKernel,
  util,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** Arguments of one kernel call, as the wasm backend sees them. */
export interface KernelCall {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
  readonly backend: BackendWasm;
}

/** A kernel with one output. */
export type WasmKernel = (call: KernelCall) => TensorInfo;

/** The kernel that is registered now. @throws Error when the backend has none of that name. */
export function existingKernel(name: string): WasmKernel {
  const found = getKernel(name, 'wasm') as { kernelFunc: KernelFunc } | undefined;
  if (found === undefined) throw new Error(`the wasm backend has no kernel ${name}`);
  return ({ inputs, attrs, backend }) => {
    const output = found.kernelFunc({ inputs, attrs, backend });
    if (Array.isArray(output)) throw new Error(`kernel ${name} has ${output.length} outputs, expected one`);
    return output;
  };
}

export function addKernel(name: string, kernel: WasmKernel): void {
  registerKernel({
    kernelName: name,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => kernel({ inputs, attrs: attrs ?? {}, backend: backend as BackendWasm }),
  });
}

/** Puts `wrap(kernel)` in the place of a kernel, its set-up kept. */
export function replaceKernel(name: string, wrap: (original: WasmKernel) => WasmKernel): void {
  const config = getKernel(name, 'wasm');
  const wrapped = wrap(existingKernel(name));
  unregisterKernel(name, 'wasm');
  registerKernel({
    ...config,
    kernelFunc: ({ inputs, attrs, backend }) =>
      wrapped({ inputs, attrs: attrs ?? {}, backend: backend as BackendWasm }),
  });
}

/** The same data under another shape; shares the data's id, so exactly one of the two is disposed of. */
export function reshaped(tensor: TensorInfo, shape: number[]): TensorInfo {
  if (util.sizeFromShape(shape) !== util.sizeFromShape(tensor.shape)) {
    throw new Error(`cannot view ${tensor.shape.join('×')} as ${shape.join('×')}`);
  }
  return { dataId: tensor.dataId, dtype: tensor.dtype, shape };
}

/** Runs `body` with a list on which it puts intermediate results; they are freed at its end, also after an error. */
export function withIntermediates(
  backend: BackendWasm,
  body: (keep: (tensor: TensorInfo) => TensorInfo) => TensorInfo,
): TensorInfo {
  const intermediates: TensorInfo[] = [];
  try {
    return body((tensor) => {
      intermediates.push(tensor);
      return tensor;
    });
  } finally {
    for (const tensor of intermediates) backend.disposeData(tensor.dataId);
  }
}
