/**
 * The one interface behind which every engine stands: a name, what it runs on, and a started TensorFlow.js.
 *
 * A rung never throws for being absent: {@link Rung.start} answers with the reason instead, in words for the user.
 */
import type * as TensorFlow from '@tensorflow/tfjs-core';
import type { Compile } from './compiled.ts';

/** TensorFlow.js core, functional style: chained operations are not registered. */
export type Tf = typeof TensorFlow;

/** From the one that is most likely to be fast for a large model to the one that is always there. */
export const backendNames = [
  'tensorflow-gpu',
  'onnx-cuda',
  'onnx-dml',
  'onnx-coreml',
  'webgpu',
  'onnx-webgpu',
  'onnx',
  'tensorflow',
  'wasm',
  'cpu',
] as const;
export type BackendName = (typeof backendNames)[number];

/** What a rung runs on. */
export interface Device {
  /** Version of the package that computes. */
  readonly version: string;
  /** For people: "WebAssembly SIMD, 1 thread". */
  readonly device: string;
  /** Bytes that tensors can take up there; null where it cannot be known. */
  readonly memoryBytes: number | null;
  /** Bytes that one tensor can take up at most; null where only the memory sets a limit. */
  readonly largestTensorBytes: number | null;
  /** A program that stands in for a device that is not there: slow, and never taken unless asked for by name. */
  readonly software: boolean;
}

/** A backend that has started and given back a value that was checked. */
export interface Backend extends Device {
  readonly name: BackendName;
  /** What TensorFlow.js calls it. */
  readonly engine: string;
  readonly tf: Tf;
  /** Where their number can be chosen. {@link Device.device} tells it. */
  readonly threads?: Threads;
  /** Where matrices are computed without what their masks forbid. */
  readonly blocks?: Blocks;
  /** Makes functions of tensors into programs of its own; absent where it has no such thing. */
  readonly compile?: Compile;
  /** What went wrong on the device since it started (out of memory, lost), in words; null while it is sound. */
  readonly fault: () => string | null;
}

export interface Threads {
  /** How many are worth trying. */
  readonly most: number;
  /** How many there are now. */
  readonly count: number;
  /** Whether their number changes the last bits of results: then a run keeps to the number it began with. */
  readonly changesBits: boolean;
  /** Between two operations. @throws Error when they do not start; then there is one. */
  use(count: number): Promise<void>;
}

/**
 * Into how many blocks masked matrices are cut, so that most of what their masks forbid is neither multiplied nor kept.
 * Their number changes the last bits of results: a run keeps to the number it began with.
 */
export interface Blocks {
  /** Those that are worth trying, from 1, which is none, upwards. */
  readonly counts: readonly number[];
  readonly count: number;
  /** From the next run of a program on. */
  use(count: number): void;
}

export interface Absent {
  readonly available: false;
  readonly name: BackendName;
  readonly reason: string;
}

export type StartResult = { readonly available: true; readonly backend: Backend } | Absent;

/** Whether a rung would start, found out without loading it into this process. */
export type ProbeResult = ({ readonly available: true; readonly name: BackendName } & Device) | Absent;

/** One way to compute. One file each in this folder. */
export interface Rung {
  readonly name: BackendName;
  /** Changes when another version or file would be started; cheap. */
  fingerprint(): string;
  /** Native code is tried in a process of its own, so that its crash or hang becomes a reason. */
  probe(): Promise<ProbeResult>;
  /** Leaves TensorFlow.js' current backend as it was, unless the rung is one of those that are always started first. */
  start(): Promise<StartResult>;
}

/** Answer of a rung that has started: {@link Rung.probe} for those that are safe to start at once. */
export function probeOf(result: StartResult): ProbeResult {
  if (!result.available) return result;
  const { name, version, device, memoryBytes, largestTensorBytes, software } = result.backend;
  return { available: true, name, version, device, memoryBytes, largestTensorBytes, software };
}
