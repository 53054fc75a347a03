/**
 * The one interface behind which every engine stands: a name, what it runs on, and a started TensorFlow.js.
 *
 * A rung never throws for being absent: {@link Rung.start} answers with the reason instead, in words for the user.
 */
import type * as TensorFlow from '@tensorflow/tfjs-core';

/** TensorFlow.js core, functional style: chained operations are not registered. */
export type Tf = typeof TensorFlow;

export const backendNames = ['wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** A backend that has started and given back a value that was checked. */
export interface Backend {
  readonly name: BackendName;
  /** Version of the package that computes. */
  readonly version: string;
  /** What it runs on, for people: "WebAssembly SIMD, 1 thread". */
  readonly device: string;
  readonly tf: Tf;
}

export type StartResult =
  | { readonly available: true; readonly backend: Backend }
  | { readonly available: false; readonly name: BackendName; readonly reason: string };

/** One way to compute. One file each in this folder. */
export interface Rung {
  readonly name: BackendName;
  start(): Promise<StartResult>;
}
