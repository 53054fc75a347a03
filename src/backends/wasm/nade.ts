/**
 * NADE's running pre-activations in one pass, forwards and backwards: a WebAssembly module of 1.7 kB (`nade.wat`) that
 * works in the backend's own memory. Of N·D·H hidden units only one vector of H a row is ever in memory; tensor
 * operations write and read all of them again and again.
 */
import { registerKernel, type NamedTensorInfoMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { fusedKernels } from '../fused.ts';
import { instantiate } from './module.ts';
import { nadeModule } from './nadeModule.ts';

/** Units that the kernels' loops take at a time: H is a multiple of it. */
export const NADE_LANES = 8;
/** Rows that go through the module together. */
const CHUNK = 8;
const FLOAT = 4;

/** What both kernels are given: {@link runFused} with `nadeForward`, which gives z [N, D]. */
export interface NadeKernelInputs {
  /** [N, D], columns in the order. */
  readonly x: TensorInfo;
  /** [D, H] */
  readonly w: TensorInfo;
  /** [D, H], or [1, H] where it is the same at every position. */
  readonly base: TensorInfo;
  /** [D, H] */
  readonly v: TensorInfo;
}

/** `nadeBackward` gives dw, dv [D, H], the sum over rows and positions of the pre-activations' gradient [1, H], and dx [N, D] if wanted. */
export interface NadeBackwardInputs extends NadeKernelInputs {
  /** [N, D] */
  readonly dz: TensorInfo;
}

export interface NadeAttributes {
  readonly activation: 'sigmoid' | 'relu';
  /** Backwards: whether dx is wanted. */
  readonly inputs: boolean;
}

/** Registers the kernels if the processor and the backend allow it. */
export function addFusedNade(backend: BackendWasm): void {
  const exports = instantiate(backend, nadeModule);
  if (exports === null) return;
  const [forward, backward] = [exports['forward'], exports['backward']] as ((...args: number[]) => void)[];
  const addressOf = (tensor: TensorInfo) => backend.typedArrayFromHeap(tensor).byteOffset;
  const make = (shape: number[]) => backend.makeOutput(shape, 'float32');

  /** Runs `body` with room for so many vectors of H, which is freed at its end. */
  const withRoom = (vectors: readonly number[], units: number, body: (room: readonly TensorInfo[]) => void) => {
    const room = vectors.map((count) => make([count, units]));
    try {
      body(room);
    } finally {
      for (const { dataId } of room) backend.disposeData(dataId);
    }
  };

  registerKernel({
    kernelName: fusedKernels.nadeForward,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { x, w, base, v } = checked(inputs);
      const { sizes, rows, positions, units } = sizesOf(x, w, base, attrs as unknown as NadeAttributes);
      const z = make([rows, positions]);
      withRoom([CHUNK, 1], units, (room) => {
        // Addresses only now: making the outputs may have moved the memory.
        forward!(...[x, w, base, v, z, ...room].map(addressOf), ...sizes);
      });
      return [z];
    },
  });

  registerKernel({
    kernelName: fusedKernels.nadeBackward,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { x, w, base, v } = checked(inputs);
      const wanted = attrs as unknown as NadeAttributes;
      const { sizes, rows, positions, units } = sizesOf(x, w, base, wanted);
      const sums = [make([positions, units]), make([positions, units]), make([1, units])];
      const dx = wanted.inputs ? [make([rows, positions])] : [];
      withRoom([CHUNK, CHUNK, 1], units, (room) => {
        for (const sum of sums) backend.typedArrayFromHeap(sum).fill(0);
        const into = [dx[0] ? addressOf(dx[0]) : 0, ...[...sums, ...room].map(addressOf)];
        backward!(...[x, w, base, v, inputs['dz']!].map(addressOf), ...into, ...sizes);
      });
      return [...sums, ...dx];
    },
  });
}

function checked(inputs: NamedTensorInfoMap): NadeKernelInputs {
  const found = inputs as unknown as NadeKernelInputs;
  const units = found.w.shape[1]!;
  if (units % NADE_LANES !== 0) throw new Error(`${units} hidden units, expected a multiple of ${NADE_LANES}`);
  return found;
}

/** The numbers that both functions end with: rows, positions, bytes of a vector, step between bases, kind. */
function sizesOf(x: TensorInfo, w: TensorInfo, base: TensorInfo, { activation }: NadeAttributes) {
  const [rows, positions] = x.shape as [number, number];
  const units = w.shape[1]!;
  const stride = base.shape[0] === positions ? FLOAT * units : 0;
  const sizes = [rows, positions, FLOAT * units, stride, activation === 'relu' ? 1 : 0];
  return { sizes, rows, positions, units };
}
