/** Every model by its type. Add a model: its file, its schema entry, and its line here. */
import type { ModelSpec } from '../spec/experiment.ts';
import { createMade } from './made.ts';
import type { Model } from './model.ts';

/**
 * Builds the model of an experiment; orders and degrees are drawn by `seed`. Allocates no tensors.
 * @throws RangeError when what the spec gives (an order, degrees) does not fit the dimension.
 */
export function createModel(spec: ModelSpec, dimension: number, seed: number): Model {
  return builders[spec.type](spec, dimension, seed);
}

const builders: Readonly<Record<ModelSpec['type'], (spec: ModelSpec, dimension: number, seed: number) => Model>> = {
  made: createMade,
};
