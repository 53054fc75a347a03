/** What tfjs-backend-wasm 4.22 does slowly or not at all, made good out of its own kernels. */
import { addConv2DBackpropFilter } from './conv2dBackpropFilter.ts';
import { repairConv2DBackpropInput } from './conv2dBackpropInput.ts';
import { repairEqual } from './equal.ts';
import { repairGather } from './gather.ts';
import { repairMatMul } from './matMul.ts';
import { repairSlice } from './slice.ts';
import { repairTile } from './tile.ts';
import { addUnsortedSegmentSum } from './unsortedSegmentSum.ts';

let repaired = false;

/** Repairs the registered kernels, once a process. */
export function repairWasmKernels(): void {
  if (repaired) return;
  repaired = true;
  // Before what is made of it.
  repairSlice();
  repairMatMul();
  addConv2DBackpropFilter();
  repairConv2DBackpropInput();
  addUnsortedSegmentSum();
  repairGather();
  repairTile();
  repairEqual();
}
