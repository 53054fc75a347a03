/** WebAssembly: SIMD and threads where the processor has them, with the kernel repairs of `wasm/`. */
import { sep } from 'node:path';
import { setWasmPaths, version_wasm, type BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { probeOf, type Rung, type StartResult, type Threads } from './backend.ts';
import { once } from './native/once.ts';
import { checkArithmetic } from './probe.ts';
import { addFusedAdam } from './wasm/adam.ts';
import { addFusedCells } from './wasm/cells.ts';
import { findWasmFolder } from './wasm/folder.ts';
import { addFusedNade } from './wasm/nade.ts';
import { repairWasmKernels } from './wasm/repairs.ts';
import { mostThreads, startThreaded, THREADED_BINARY, THREADED_SCRIPT, type ThreadedBackend } from './wasm/threads.ts';

/** A WebAssembly memory has 4 GiB; the rest is left to what is not counted in tensors. */
const MEMORY_BYTES = 3.5 * 2 ** 30;

export const wasmRung: Rung = {
  name: 'wasm',
  fingerprint: () => `${version_wasm}, ${mostThreads()} threads`,
  probe: async () => probeOf(await start()),
  start: () => start(),
};

const start = once(async (): Promise<StartResult> => {
  const absent = (reason: string): StartResult => ({ available: false, name: 'wasm', reason });
  // What the package starts by itself: its own way to threads is one for browsers.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const simd = Boolean(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'));
  const threaded = simd && mostThreads() > 1 ? await keepingProcessListeners(tryThreaded) : null;
  if (threaded !== null) {
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', () => threaded.backend);
    await tf.setBackend('wasm');
  } else {
    const binary = simd ? 'tfjs-backend-wasm-simd.wasm' : 'tfjs-backend-wasm.wasm';
    const folder = findWasmFolder(__dirname, binary);
    if (folder === null)
      return absent(`${binary} is neither beside ${__dirname} nor in a node_modules folder above it`);
    setWasmPaths(folder + sep);
    try {
      await keepingProcessListeners(() => tf.setBackend('wasm'));
    } catch (error) {
      return absent(`${binary} did not start: ${String(error)}`);
    }
    if (tf.getBackend() !== 'wasm') return absent(`${binary} in ${folder} did not start`);
  }
  repairWasmKernels();
  addFusedAdam(tf.backend() as BackendWasm);
  addFusedNade(tf.backend() as BackendWasm);
  addFusedCells(tf.backend() as BackendWasm);
  const problem = await checkArithmetic('wasm');
  if (problem !== null) return absent(problem);
  return {
    available: true,
    backend: {
      name: 'wasm',
      engine: 'wasm',
      version: version_wasm,
      get device() {
        const count = threaded?.threads() ?? 1;
        return `WebAssembly${simd ? ' SIMD' : ''}, ${count} ${count === 1 ? 'thread' : 'threads'}`;
      },
      ...(threaded !== null && { threads: threadsOf(threaded) }),
      memoryBytes: MEMORY_BYTES,
      largestTensorBytes: null,
      software: false,
      tf,
      fault: () => null,
    },
  };
});

/** Null where the files are not there, or it does not start: then the build without threads does. */
async function tryThreaded(): Promise<ThreadedBackend | null> {
  const folder = findWasmFolder(__dirname, THREADED_BINARY, THREADED_SCRIPT);
  if (folder === null) return null;
  try {
    return await startThreaded(folder);
  } catch {
    return null;
  }
}

function threadsOf({ threads, useThreads }: ThreadedBackend): Threads {
  return {
    get most() {
      return mostThreads();
    },
    get count() {
      return threads();
    },
    changesBits: false,
    use: useThreads,
  };
}

/**
 * Starts something without the handlers it puts on the process: Emscripten's turn every unhandled rejection into a
 * crash with a misleading text, and belong to its own programs only.
 */
async function keepingProcessListeners<T>(start: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set<unknown>(process.rawListeners(event)));
  try {
    return await start();
  } finally {
    for (const [i, event] of events.entries()) {
      for (const listener of process.rawListeners(event)) {
        if (!before[i]!.has(listener)) process.removeListener(event, listener as (...args: unknown[]) => void);
      }
    }
  }
}
