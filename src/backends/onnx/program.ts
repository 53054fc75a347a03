/** A function of tensors as an ONNX model: what the compiler gives and the session takes. */
import type { Tensor } from '@tensorflow/tfjs-core';

/** Types of TensorFlow.js' tensors that ONNX Runtime computes with, under the same names in both. */
export type TensorType = 'float32' | 'int32' | 'bool';

/** What goes into the graph or comes out of it. */
export interface Port {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
}

export interface Program {
  /** A `ModelProto`, encoded. */
  readonly model: Uint8Array;
  /** In the order of the examples; all must be fed, also those that nothing depends on. */
  readonly inputs: readonly Port[];
  /** In the order of the results. Each is a tensor of its own, also where two are equal, or one is an input. */
  readonly outputs: readonly Port[];
  /** What the function gave of the examples, computed on the current backend. */
  readonly results: readonly Tensor[];
  /** Operations in the graph. */
  readonly nodes: number;
}
