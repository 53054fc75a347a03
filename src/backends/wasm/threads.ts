/**
 * The backend's build with threads, of which its own start-up makes use in browsers only: there the scripts of the
 * threads are Blobs, which Node cannot start. Here the same module is made of the same files.
 *
 * Only XNNPACK's products and convolutions use the threads, each result computed whole by one of them: their number
 * changes no bit of any result.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { wasmWorkerContents } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js';

export const THREADED_BINARY = 'tfjs-backend-wasm-threaded-simd.wasm';
/** Run by every thread, and by this one. */
export const THREADED_SCRIPT = 'tfjs-backend-wasm-threaded-simd.js';

/** What the library itself allows. */
const MOST_THREADS = 8;
/** Threads start in some 0.1 s; if they do not at all, there shall be no waiting for them. */
const LIMIT_MS = 10_000;

/** The part of Emscripten's module that is used here. */
interface Emscripten {
  tfjs: Record<string, unknown> & { initWithThreadsCount(count: number): void; getThreadsCount(): number };
  cwrap(name: string, result: string | null, parameters: readonly string[]): (...args: number[]) => unknown;
  PThread: {
    unusedWorkers: Worker[];
    pthreads: Record<string, Worker>;
    allocateUnusedWorker(): void;
    loadWasmModuleToWorker(worker: Worker, loaded: () => void): void;
    terminateAllThreads(): void;
  };
}

type Factory = (settings: object) => Promise<Emscripten>;

/** A backend whose number of threads can be changed. */
export interface ThreadedBackend {
  readonly backend: BackendWasm;
  /** Between two operations, at any time. @throws Error when they do not start; then there is one. */
  readonly useThreads: (count: number) => Promise<void>;
  readonly threads: () => number;
}

/** How many threads there can be; `$LENS_WASM_THREADS` makes them fewer. */
export function mostThreads(): number {
  const wanted = Number(process.env['LENS_WASM_THREADS'] ?? MOST_THREADS);
  return Math.max(1, Math.min(availableParallelism(), MOST_THREADS, wanted >= 1 ? Math.floor(wanted) : 1));
}

/**
 * Starts the module with one thread.
 * @param folder holds {@link THREADED_BINARY} and {@link THREADED_SCRIPT}
 */
export async function startThreaded(folder: string): Promise<ThreadedBackend> {
  const module = await within(LIMIT_MS, makeModule(folder));
  // The one that was left of the eight: threads start when they are wanted.
  module.PThread.terminateAllThreads();
  module.tfjs = {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []) as () => number,
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
  const { PThread, tfjs } = module;
  // Whose constructor would start as many as there are processors, and wait for them for ever.
  setThreadsCount(1);
  const backend = new BackendWasm(module as unknown as ConstructorParameters<typeof BackendWasm>[0]);
  return {
    backend,
    threads: () => tfjs.getThreadsCount(),
    async useThreads(count) {
      if (count === tfjs.getThreadsCount()) return;
      tfjs.initWithThreadsCount(1);
      PThread.terminateAllThreads();
      // The pool counts the thread that asks; it waits for the others to start, which they can only if they are loaded.
      const others = count - 1;
      while (PThread.unusedWorkers.length < others) PThread.allocateUnusedWorker();
      const loaded = PThread.unusedWorkers.map(
        (worker) => new Promise<void>((resolve) => PThread.loadWasmModuleToWorker(worker, resolve)),
      );
      await within(LIMIT_MS, Promise.all(loaded));
      tfjs.initWithThreadsCount(count);
      // They wait for work until the process ends, and shall not keep it from ending.
      for (const worker of Object.values(PThread.pthreads)) worker.unref();
    },
  };
}

async function makeModule(folder: string): Promise<Emscripten> {
  const script = join(folder, THREADED_SCRIPT);
  const binary = new WebAssembly.Module(readFileSync(join(folder, THREADED_BINARY)));
  const made = { exports: {} as unknown };
  // Of the eight threads that it would start at once one is left, which is its least number.
  const source = readFileSync(script, 'utf8').replace('pthreadPoolSize=8', 'pthreadPoolSize=1');
  // Emscripten hangs its own handlers and classes on the process's globals; these names are its own here.
  const names = ['module', 'exports', 'require', '__filename', '__dirname', 'global', 'Worker'];
  const values = [made, made.exports, createRequire(script), script, folder, {}, Thread];
  Reflect.apply(compileFunction(source, names, { filename: script }), undefined, values);
  return (made.exports as Factory)({
    locateFile: (file: string) => join(folder, file),
    mainScriptUrlOrBlob: script,
    instantiateWasm: (
      imports: { env: Record<string, unknown> },
      receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => {
      // It takes half of these for the most it may use.
      imports.env['emscripten_num_logical_cores'] = () => 2 * MOST_THREADS;
      const instance = new WebAssembly.Instance(binary, imports as unknown as WebAssembly.Imports);
      receive(instance, binary);
      return instance.exports;
    },
  });
}

/** A thread that runs the backend's own script, whatever file it is asked for, and none of this process's options. */
class Thread extends Worker {
  constructor() {
    super(wasmWorkerContents.replaceAll('\n', '\\n'), { eval: true, execArgv: [] });
    this.unref();
  }
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`its threads did not start within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
