/** Every model by its type. Add a model: its file, its schema entry, and its line here. */
import type { ModelSpec } from '../spec/experiment.ts';
import type { Model } from './model.ts';

/** Builds the model of an experiment; orders and degrees are drawn by `seed`. Allocates no tensors. */
export function createModel(spec: ModelSpec, dimension: number, seed: number): Model {
  throw new Error(`not built yet: ${spec.type} ${dimension} ${seed}`);
}
