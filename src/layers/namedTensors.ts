/** Plain arrays to tensors and back. */
import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from './parameters.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';

/** Uploads; the caller owns the tensors. */
export function upload(arrays: NamedArrays): NamedTensors {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { data, shape }]) => [
      name,
      tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  );
}

/** Reads copies back. */
export async function download(tensors: NamedTensors): Promise<NamedArrays> {
  const entries = Object.entries(tensors).map(async ([name, tensor]): Promise<[string, NamedArray]> => {
    const data = await tensor.data<'float32' | 'int32'>();
    // The cpu backend hands out its own buffer.
    return [name, { shape: [...tensor.shape], data: data.slice() }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

export function disposeTensors(...groups: readonly NamedTensors[]): void {
  for (const group of groups) for (const tensor of Object.values(group)) tensor.dispose();
}
