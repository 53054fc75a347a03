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
  cellForward: 'LensCellForward',
  cellBackward: 'LensCellBackward',
} as const;

type FusedKernel = keyof typeof fusedKernels;

/** Those that may be used, while not all of them may. */
let allowed: readonly FusedKernel[] | null = null;

/** Runs `body` as on a backend that has none of them, or `those` alone: it does the rest in tensor operations. */
export function withoutFused<T>(body: () => T, those: readonly FusedKernel[] = []): T {
  const before = allowed;
  allowed = those;
  try {
    return body();
  } finally {
    allowed = before;
  }
}

/** Whether the current backend has a fused kernel. */
export function hasFused(kernel: FusedKernel): boolean {
  if (allowed?.includes(kernel) === false) return false;
  return (getKernel(fusedKernels[kernel], getBackend()) as unknown) !== undefined;
}

/** Runs a fused kernel of the current backend; null when it has none of that name. */
export function runFused(kernel: FusedKernel, inputs: NamedTensorMap, attrs: NamedAttrMap): readonly Tensor[] | null {
  if (!hasFused(kernel)) return null;
  return engine().runKernel<Tensor[]>(fusedKernels[kernel], inputs, attrs);
}
