/** Parameters that no step changes. */
import { clone } from '@tensorflow/tfjs-core';
import type { Model, NamedTensors } from '../models/model.ts';

/** Those of them, as tensors of the caller's own: they share the memory of what is given. */
export function untrained({ parameters: declared }: Pick<Model, 'parameters'>, parameters: NamedTensors): NamedTensors {
  const names = declared.filter(({ trainable }) => trainable === false).map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, clone(parameters[name]!)]));
}
