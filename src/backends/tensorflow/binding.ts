/** The part of tfjs-node's native interface that the engine calls itself. */
import type { KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow operation; `type` is one of the binding's `TF_ATTR_…`. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** A tensor that the native side holds. */
export interface Handle {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

type Attributes =
  'TF_ATTR_STRING' | 'TF_ATTR_INT' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_TYPE' | 'TF_ATTR_SHAPE';
type Types = 'TF_FLOAT' | 'TF_INT32' | 'TF_BOOL' | 'TF_RESOURCE';

export interface Binding extends Readonly<Record<Attributes | Types, number>> {
  executeOp(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): Handle[];
  createTensor(shape: readonly number[], dtype: number, values: ArrayBufferView): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): unknown;
  loadSavedModel(folder: string, tags: string): number;
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): Handle[];
  deleteSavedModel(id: number): void;
}

/** tfjs-node's backend. */
export interface NativeBackend extends KernelBackend {
  binding: Binding;
  readonly isUsingGpuDevice: boolean;
  /** Uploads what has not been uploaded yet. */
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  createOutputTensor(handle: Handle): Tensor;
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
}
