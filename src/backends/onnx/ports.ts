/** Tensors as programs take and give them. */
import { engine, type Tensor } from '@tensorflow/tfjs-core';
import type { Port } from './program.ts';
import type { OnnxStorage, TensorData } from './storage.ts';

/** @throws Error where the tensor is not what the program is for: memory would be read that is not its own */
export function fitting({ name, type, shape }: Port, tensor: Tensor | undefined): Tensor {
  if (tensor?.dtype === type && tensor.shape.length === shape.length && tensor.shape.every((n, i) => n === shape[i])) {
    return tensor;
  }
  const found = tensor === undefined ? 'nothing' : `${tensor.dtype} [${tensor.shape.join(', ')}]`;
  throw new Error(`${name} is ${found}, expected ${type} [${shape.join(', ')}]`);
}

/** A tensor of what a program has given, which lies in the storage. */
export function tensorOf(
  storage: OnnxStorage,
  { type, shape }: Pick<Port, 'type' | 'shape'>,
  contents: TensorData,
): Tensor {
  const info = { dataId: storage.adopt(contents), dtype: type, shape: [...shape] };
  return engine().makeTensorFromTensorInfo(info, storage);
}
