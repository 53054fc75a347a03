/**
 * Kernels of the engine's own: one pass over the memory where tensor operations take ten, and one call instead of ten,
 * which decides the speed of small networks. A backend may have them or not; who uses one states the same computation
 * in tensor operations, too.
 */
import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** Names under which backends register them; inputs, attributes and outputs stand with each kernel. */
export const fusedKernels = {
  adam: 'LensAdam',
  nadeForward: 'LensNadeForward',
  nadeBackward: 'LensNadeBackward',
} as const;

let switchedOff = false;

/** Runs `body` as on a backend that has none of them: it then does everything in tensor operations. */
export function withoutFused<T>(body: () => T): T {
  const before = switchedOff;
  switchedOff = true;
  try {
    return body();
  } finally {
    switchedOff = before;
  }
}

/** Whether the current backend has a fused kernel. */
export function hasFused(kernel: keyof typeof fusedKernels): boolean {
  return !switchedOff && (getKernel(fusedKernels[kernel], getBackend()) as unknown) !== undefined;
}

/** Runs a fused kernel of the current backend; null when it has none of that name. */
export function runFused(
  kernel: keyof typeof fusedKernels,
  inputs: NamedTensorMap,
  attrs: NamedAttrMap,
): readonly Tensor[] | null {
  if (!hasFused(kernel)) return null;
  return engine().runKernel<Tensor[]>(fusedKernels[kernel], inputs, attrs);
}
