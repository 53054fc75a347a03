/**
 * Steps of recurrent cells in one pass each, forwards and backwards: a WebAssembly module of 2 kB (`cells.wat`) that works in
 * the backend's own memory. Tensor operations need 30 small kernels for an LSTM's step, of which the hyperbolic tangents alone
 * take longer than the product with the state.
 */
import { registerKernel, type NamedTensorInfoMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { fusedKernels } from '../fused.ts';
import { cellsModule } from './cellsModule.ts';
import { instantiate } from './module.ts';

/** Units that the kernels' loops take at a time: H is a multiple of it. */
export const CELL_LANES = 4;
const FLOAT = 4;

export type FusedCell = 'rnn' | 'lstm' | 'gru';

/** What is computed of [P, H] states, each tensor as so many blocks of H side by side. */
interface Layout {
  /** Inputs of `forward` in the order of the module's function. */
  readonly forward: readonly string[];
  /** Blocks of each output of `forward`. */
  readonly made: readonly number[];
  readonly backward: readonly string[];
  readonly gradients: readonly number[];
}

/**
 * {@link runFused} with `cellForward` is given the pre-activations zx and zh [P, gates · H], and the state before, h and of an LSTM c
 * [P, H]; it gives what the way back needs, then the new h and c. With `cellBackward`, dh and dc by the new state, the
 * state before and what was saved; it gives the gradients by the pre-activations (one where both are the same), and by what
 * of the state before does not go through them. Of Elman's cell, what is saved is h itself, and nothing goes another way.
 */
const layouts: Readonly<Record<FusedCell, Layout>> = {
  rnn: { forward: ['zx', 'zh'], made: [1], backward: ['dh', 'saved'], gradients: [1] },
  lstm: {
    forward: ['zx', 'zh', 'c'],
    made: [5, 1, 1],
    backward: ['dh', 'dc', 'c', 'saved'],
    gradients: [4, 1],
  },
  gru: {
    forward: ['zx', 'zh', 'h'],
    made: [4, 1],
    backward: ['dh', 'h', 'saved'],
    gradients: [3, 3, 1],
  },
};

/** Registers the kernels if the processor and the backend allow it. */
export function addFusedCells(backend: BackendWasm): void {
  const exports = instantiate(backend, cellsModule);
  if (exports === null) return;
  const addressOf = (tensor: TensorInfo) => backend.typedArrayFromHeap(tensor).byteOffset;

  const run = (
    name: string,
    given: readonly TensorInfo[],
    blocks: readonly number[],
    [rows, units]: readonly [number, number],
  ): TensorInfo[] => {
    if (units % CELL_LANES !== 0) throw new Error(`${units} hidden units, expected a multiple of ${CELL_LANES}`);
    const outputs = blocks.map((count) => backend.makeOutput([rows, count * units], 'float32'));
    // Addresses only now: making the outputs may have moved the memory.
    const compute = exports[name] as (...args: number[]) => void;
    if (rows > 0) compute(...[...given, ...outputs].map(addressOf), rows, FLOAT * units);
    return outputs;
  };
  const named = (inputs: NamedTensorInfoMap, names: readonly string[]) => names.map((name) => inputs[name]!);

  registerKernel({
    kernelName: fusedKernels.cellForward,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const cell = attrs!['cell'] as FusedCell;
      const { forward, made } = layouts[cell];
      return run(`${cell}Forward`, named(inputs, forward), made, inputs['h']!.shape as [number, number]);
    },
  });

  registerKernel({
    kernelName: fusedKernels.cellBackward,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const cell = attrs!['cell'] as FusedCell;
      const { backward, gradients } = layouts[cell];
      return run(`${cell}Backward`, named(inputs, backward), gradients, inputs['dh']!.shape as [number, number]);
    },
  });
}
