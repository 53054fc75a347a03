/**
 * Adam in one pass over the memory: a WebAssembly module of some 400 bytes (`adam.wat`) that works in the memory where the
 * arrays lie. Tensor operations need twelve passes for it, of which the square root alone takes longer than this.
 */
import { registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { fusedKernels } from '../fused.ts';
import { adamModule } from './adamModule.ts';
import { instantiate, instantiateIn } from './module.ts';

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

/**
 * The parameter p, its gradient g, m and v; then where the new p, m and v go: each to a place of its own or to where the old
 * one is.
 */
export type AdamArrays = readonly [
  p: Float32Array,
  g: Float32Array,
  m: Float32Array,
  v: Float32Array,
  nextP: Float32Array,
  nextM: Float32Array,
  nextV: Float32Array,
];

/** β₁ and β₂; the step size and the floor below √v, with the corrections for the number of steps. */
export interface AdamConstants {
  readonly beta1: number;
  readonly beta2: number;
  readonly stepSize: number;
  readonly floor: number;
}

/** Arrays of one length, all in the memory that it was made for; of them the entries from `begin` to `end` − 1, or all. */
export type AdamStep = (arrays: AdamArrays, constants: AdamConstants, begin?: number, end?: number) => void;

/** Registers the kernel if the processor and the backend allow it. Outputs: the new parameter, m and v. */
export function addFusedAdam(backend: BackendWasm): void {
  const exports = instantiate(backend, adamModule);
  if (exports === null) return;
  const step = stepOf(exports);
  registerKernel({
    kernelName: fusedKernels.adam,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { parameter, gradient, m, v, stepSize, floor } = inputs as unknown as AdamInputs;
      const { beta1, beta2 } = attrs as unknown as Pick<AdamConstants, 'beta1' | 'beta2'>;
      const outputs = [parameter, m, v].map(({ shape }) => backend.makeOutput(shape, 'float32'));
      // Views of the memory only now: making the outputs may have moved it.
      const arrays = [parameter, gradient, m, v, ...outputs].map(
        (tensor) => backend.typedArrayFromHeap(tensor) as Float32Array,
      );
      const [eta, epsilon] = [stepSize, floor].map((scalar) => backend.typedArrayFromHeap(scalar)[0]!);
      step(arrays as unknown as AdamArrays, { beta1, beta2, stepSize: eta!, floor: epsilon! });
      return outputs;
    },
  });
}

/** Both for arrays in one memory. */
export interface Adam {
  readonly step: AdamStep;
  /** Whether the absolute values are all below a limit; NaN is not. */
  bounded(values: Float32Array, limit: number): boolean;
}

/** For arrays in a memory of the caller's own; null where the processor lacks SIMD. */
export function adamIn(memory: WebAssembly.Memory): Adam | null {
  const exports = instantiateIn(memory, adamModule);
  if (exports === null) return null;
  const bounded = exports['bounded'] as (...args: number[]) => number;
  return {
    step: stepOf(exports),
    bounded(values, limit) {
      const whole = values.length & ~3;
      return bounded(values.byteOffset, 4 * whole, limit) === 1 && boundedOneByOne(values, limit, whole);
    },
  };
}

/** The same without WebAssembly. */
export function boundedOneByOne(values: Float32Array, limit: number, begin = 0): boolean {
  for (let i = begin; i < values.length; i++) if (!(Math.abs(values[i]!) < limit)) return false;
  return true;
}

function stepOf(exports: WebAssembly.Exports): AdamStep {
  /** Addresses of the seven arrays and their length in bytes, then β₁, β₂, 1 − β₁, 1 − β₂, the step size and the floor. */
  const adam = exports['adam'] as (...args: number[]) => void;
  return (arrays, constants, begin = 0, end = arrays[0].length) => {
    const { beta1, beta2, stepSize, floor } = constants;
    const whole = (end - begin) & ~3;
    const addresses = arrays.map(({ byteOffset }) => byteOffset + 4 * begin);
    adam(...addresses, 4 * whole, beta1, beta2, 1 - beta1, 1 - beta2, stepSize, floor);
    adamOneByOne(arrays, constants, begin + whole, end);
  };
}

/** The same bits without WebAssembly, some times as slow: every operation is rounded to float32 as there. */
export function adamOneByOne(arrays: AdamArrays, constants: AdamConstants, begin = 0, end = arrays[0].length): void {
  const { fround, sqrt } = Math;
  const [p, g, m, v, nextP, nextM, nextV] = arrays;
  const { beta1, beta2 } = constants;
  const [b1, b2, rest1, rest2] = [fround(beta1), fround(beta2), fround(1 - beta1), fround(1 - beta2)];
  const [eta, epsilon] = [fround(constants.stepSize), fround(constants.floor)];
  for (let i = begin; i < end; i++) {
    const gradient = g[i]!;
    const first = fround(fround(b1 * m[i]!) + fround(rest1 * gradient));
    const second = fround(fround(b2 * v[i]!) + fround(rest2 * fround(gradient * gradient)));
    nextM[i] = first;
    nextV[i] = second;
    nextP[i] = p[i]! - fround(fround(eta * first) / fround(fround(sqrt(second)) + epsilon));
  }
}
