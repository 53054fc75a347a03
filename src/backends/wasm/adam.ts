/**
 * Adam in one pass over the memory: a WebAssembly module of 261 bytes (`adam.wat`) that works in the backend's own
 * memory. Tensor operations need twelve passes for it, of which the square root alone takes longer than this.
 */
import { registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { fusedKernels } from '../fused.ts';
import { adamModule } from './adamModule.ts';
import { instantiate } from './module.ts';

/** Addresses of the seven arrays and their length in bytes, then β₁, β₂, 1 − β₁, 1 − β₂, the step size and the floor. */
type Adam = (...args: number[]) => void;

/** What the kernel is given: {@link runFused} with `adam`. */
export interface AdamInputs {
  readonly parameter: TensorInfo;
  readonly gradient: TensorInfo;
  readonly m: TensorInfo;
  readonly v: TensorInfo;
  /** Scalars. */
  readonly stepSize: TensorInfo;
  readonly floor: TensorInfo;
}

/** Registers the kernel if the processor and the backend allow it. Outputs: the new parameter, m and v. */
export function addFusedAdam(backend: BackendWasm): void {
  const exports = instantiate(backend, adamModule);
  if (exports === null) return;
  const adam = exports['adam'] as Adam;
  registerKernel({
    kernelName: fusedKernels.adam,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { parameter, gradient, m, v, stepSize, floor } = inputs as unknown as AdamInputs;
      const { beta1, beta2 } = attrs as unknown as { beta1: number; beta2: number };
      const outputs = [parameter, m, v].map(({ shape }) => backend.makeOutput(shape, 'float32'));
      // Views of the memory only now: making the outputs may have moved it.
      const arrays = [parameter, gradient, m, v, ...outputs].map(
        (tensor) => backend.typedArrayFromHeap(tensor) as Float32Array,
      );
      const [eta, epsilon] = [stepSize, floor].map((scalar) => backend.typedArrayFromHeap(scalar)[0]!);
      const whole = arrays[0]!.length & ~3;
      const constants = [beta1, beta2, 1 - beta1, 1 - beta2, eta!, epsilon!];
      adam(...arrays.map(({ byteOffset }) => byteOffset), 4 * whole, ...constants);
      remainder(arrays, whole, constants);
      return outputs;
    },
  });
}

/** The last values, fewer than four. */
function remainder(arrays: readonly Float32Array[], from: number, constants: readonly number[]): void {
  const [p, g, m, v, nextP, nextM, nextV] = arrays as [Float32Array, ...Float32Array[]];
  const [beta1, beta2, rest1, rest2, stepSize, floor] = constants as [number, ...number[]];
  for (let i = from; i < p.length; i++) {
    const first = beta1 * m![i]! + rest1! * g![i]!;
    const second = beta2! * v![i]! + rest2! * g![i]! ** 2;
    nextM![i] = first;
    nextV![i] = second;
    nextP![i] = p[i]! - (stepSize! * first) / (Math.sqrt(second) + floor!);
  }
}
