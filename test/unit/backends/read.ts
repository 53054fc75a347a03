/** Reading values back the one way that works on every backend: awaited. */
import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../../../src/models/model.ts';

/** Computes a tensor, freeing what is used on the way, and its values. */
export async function read(compute: () => tf.Tensor): Promise<number[]> {
  const tensor = tf.tidy(compute);
  try {
    return [...(await tensor.data<'float32'>())];
  } finally {
    tensor.dispose();
  }
}

/** The same of several tensors. */
export async function readAll(compute: () => readonly tf.Tensor[]): Promise<number[][]> {
  const tensors = tf.tidy(() => [...compute()]);
  try {
    return await Promise.all(tensors.map(async (tensor) => [...(await tensor.data<'float32'>())]));
  } finally {
    tf.dispose(tensors);
  }
}

/** Values by name; the tensors stay. */
export async function valuesOf(tensors: NamedTensors): Promise<Record<string, number[]>> {
  const entries = Object.entries(tensors).map(async ([name, tensor]) => {
    const values = [...(await tensor.data<'float32'>())];
    return [name, values] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
