/**
 * ONNX Runtime's native part, `onnxruntime_binding.node`, without the JavaScript of its package: that runs every session
 * in a turn of the event loop of its own, for which the native part, whose calls return when they are done, has no need.
 */
import { isMainThread } from 'node:worker_threads';
import type { Numbers } from './trace.ts';
import type { TensorType } from './program.ts';

/** As the native part reads and makes them. The data lies in the processor's memory and is not copied. */
export class OnnxTensor {
  readonly location = 'cpu';

  constructor(
    readonly type: TensorType,
    /** Not on memory that threads share, which the native part refuses. */
    readonly data: Numbers,
    readonly dims: readonly number[],
  ) {}
}

/** A tensor that lies in a device's memory, by the native part's handle. */
export class DeviceTensor {
  readonly location = 'gpu-buffer';

  constructor(
    readonly type: TensorType,
    readonly gpuBuffer: unknown,
    readonly dims: readonly number[],
  ) {}
}

/** How a model is run. Names and values are ONNX Runtime's. */
export interface SessionOptions {
  readonly executionProviders: readonly string[];
  readonly intraOpNumThreads: number;
  readonly interOpNumThreads: number;
  readonly graphOptimizationLevel: 'disabled' | 'basic' | 'extended' | 'all';
  readonly executionMode: 'sequential' | 'parallel';
  readonly logSeverityLevel: number;
  /** By the names of outputs, of all or none. */
  readonly preferredOutputLocation?: Readonly<Record<string, 'cpu' | 'gpu-buffer'>>;
  readonly enableProfiling?: boolean;
  /** With `enableProfiling`: the file's name without what tells the time. */
  readonly profileFilePrefix?: string;
  readonly extra?: Readonly<Record<string, object>>;
}

type Tensors = Record<string, OnnxTensor>;
type Feeds = Record<string, OnnxTensor | DeviceTensor>;

interface NativeSession {
  loadModel(buffer: ArrayBufferLike, offset: number, bytes: number, options: SessionOptions): void;
  run(feeds: Feeds, fetches: Record<string, OnnxTensor | null>, options: object): unknown;
  endProfiling(): void;
  dispose(): void;
}

export interface OnnxBinding {
  readonly InferenceSession: new () => NativeSession;
  listSupportedBackends(): readonly { readonly name: string; readonly bundled: boolean }[];
  /** @param tensor what the native part makes of each result of a run */
  initOrtOnce(logLevel: number, tensor: new () => object, isMainThread: boolean): void;
}

/** Not a failure. */
const written = new Error('results stand where they were asked for');

/** Whether results are wanted for which nobody has made room. */
let collecting = false;

/** What the native part says of a result in a device's memory. */
interface OnDevice {
  readonly dataType: TensorType;
  readonly dims: readonly number[];
  /** A method of an object that has the handle as `gpuBuffer`. */
  readonly dispose: (this: DeviceTensor) => void;
}

/** Frees a result in a device's memory. */
const frees = new WeakMap<DeviceTensor, OnDevice['dispose']>();

/**
 * The native part writes every result where it was asked for, and then copies all of them into new arrays that nobody reads:
 * 2.6 MB a step of MADE 784-500-500-784, whose collection alone took a tenth of it. It makes one of these of the first, which
 * stops it.
 */
const Result = Object.assign(
  function (type: TensorType, data: Numbers, dims: readonly number[]) {
    if (!collecting) throw written;
    return new OnnxTensor(type, data, dims);
  } as unknown as new () => object,
  {
    fromGpuBuffer(gpuBuffer: unknown, { dataType, dims, dispose }: OnDevice): DeviceTensor {
      const tensor = new DeviceTensor(dataType, gpuBuffer, dims);
      frees.set(tensor, dispose);
      return tensor;
    },
  },
);

/** A model that is loaded. */
export class Session {
  readonly #native: NativeSession;
  /** Results in a device's memory that are not freed yet. */
  #lent = 0;
  #disposed = false;

  constructor(native: NativeSession) {
    this.#native = native;
  }

  /**
   * Writes into the data of `fetches`, by the names of outputs; all inputs must be fed.
   * @throws Error in ONNX Runtime's words; where the native part is one that returns before it is done
   */
  run(feeds: Feeds, fetches: Tensors): void {
    try {
      this.#run(feeds, fetches);
    } catch (error) {
      if (error !== written) throw error;
    }
  }

  /**
   * Results of these names, in arrays of ONNX Runtime's own, or in the device's memory where the session was opened so: these are
   * {@link free}d by the caller. @throws Error in ONNX Runtime's words
   */
  results(feeds: Feeds, names: readonly string[]): Readonly<Record<string, OnnxTensor | DeviceTensor>> {
    collecting = true;
    try {
      const fetches = Object.fromEntries(names.map((name) => [name, null]));
      const found = this.#run(feeds, fetches) as Record<string, OnnxTensor | DeviceTensor>;
      this.#lent += Object.values(found).filter((tensor) => tensor instanceof DeviceTensor).length;
      return found;
    } finally {
      collecting = false;
    }
  }

  #run(feeds: Feeds, fetches: Record<string, OnnxTensor | null>): unknown {
    const returned = this.#native.run(feeds, fetches, {});
    if (returned instanceof Promise) throw new Error('this version of ONNX Runtime does not write results at once');
    return returned;
  }

  /** Frees one of its {@link results}. */
  free(tensor: DeviceTensor): void {
    frees.get(tensor)?.call(tensor);
    frees.delete(tensor);
    this.#lent--;
    this.#end();
  }

  /** Writes the profile and ends it. */
  endProfiling(): void {
    this.#native.endProfiling();
  }

  dispose(): void {
    this.#disposed = true;
    this.#end();
  }

  /** Memory that it has lent is its own: to free that after it is gone takes the process down. */
  #end(): void {
    if (this.#disposed && this.#lent === 0) this.#native.dispose();
  }
}

/** Errors alone: what it warns of are nodes that another provider takes, and constants that it folds. */
const ERRORS = 3;

/**
 * Before the first session. Its builds for Linux and macOS report every session to their maker, and keep an identifier of the
 * machine for it, unless a variable says otherwise by now; those for Windows leave events to Windows and have no such switch.
 * @throws Error in a worker thread: what is set there does not reach native code
 */
export function initialise(binding: OnnxBinding): void {
  if (!isMainThread) throw new Error("ONNX Runtime's telemetry can be turned off in a main thread alone");
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  binding.initOrtOnce(ERRORS, Result, isMainThread);
}

/** What one provider computes a model with. */
export interface SessionChoice {
  /** As ONNX Runtime calls it: cpu, cuda, webgpu, dml, coreml. */
  readonly provider: string;
  /** For the operations of one step, one after the other. */
  readonly threads: number;
  /** Of the model's outputs, which are to stay in the device's memory. */
  readonly locations?: SessionOptions['preferredOutputLocation'];
  /** Of the model: of many, ONNX Runtime takes seconds to find what to draw together, and gains nothing. */
  readonly operations?: number;
  /** Where a profile of every run is written, the time and `.json` added. */
  readonly profile?: string;
}

/** Measured: of 12,205 operations of a Diagonal BiLSTM a session takes 3.4 s in place of 4.9, and a step as long. */
const TOO_MANY_TO_OPTIMISE = 4_000;

/** @throws Error in ONNX Runtime's words, for a model or provider that it does not take */
export function openSession(
  binding: OnnxBinding,
  model: Uint8Array,
  { provider, threads, operations = 0, locations, profile }: SessionChoice,
): Session {
  const session = new binding.InferenceSession();
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    // Steps are long chains: side by side, operations were slower.
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: operations >= TOO_MANY_TO_OPTIMISE ? 'basic' : 'all',
    logSeverityLevel: ERRORS,
    // Threads wait for the next operation by spinning; between two steps they would take the processor from all others.
    extra: { session: { force_spinning_stop: '1' } },
    ...(locations !== undefined && { preferredOutputLocation: locations }),
    ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
  });
  return new Session(session);
}
