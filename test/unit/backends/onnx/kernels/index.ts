/** Cases of every kernel that models use, by its name. */
import { elementwise } from './elementwise.ts';
import type { KernelCases } from './kernelCase.ts';
import { structure } from './structure.ts';
import { sums } from './sums.ts';

export const kernelCases: KernelCases = { ...elementwise, ...structure, ...sums };

/** Kernels that add up: terms may cancel, so that the largest result says how exact all of them are. */
export const sumKernels: ReadonlySet<string> = new Set([
  'BatchMatMul',
  'Conv2D',
  'Conv2DBackpropFilter',
  'Conv2DBackpropInput',
  'Cumsum',
  'Mean',
  'Sum',
  'UnsortedSegmentSum',
]);
