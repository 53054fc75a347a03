/** What goes with the parameters from step to step: the optimiser's slots, and the chains of a model that has any. */
import { prefixed } from '../layers/prefixes.ts';
import type { Model } from '../models/model.ts';
import { trainedParameters } from '../models/parameters.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { OptimizerSpec } from '../spec/training.ts';
import { initialOptimizerState, makeOptimizer } from './optimizers/index.ts';

/** Stands before the names of a model's chains, as a slot's name does before a parameter's. */
export const CHAIN = 'chain/';

/** The state before the first step. @param rows N, of all training rows. */
export function firstOptimizerState(
  model: Model,
  { optimizer, rows, seed }: { readonly optimizer: OptimizerSpec; readonly rows: number; readonly seed: number },
): NamedArrays {
  const slots = initialOptimizerState(makeOptimizer(optimizer), trainedParameters(model));
  if (!model.chains) return slots;
  return { ...slots, ...prefixed(model.chains.start(rows, RandomGenerator.seeded(seed, 'chains')), CHAIN) };
}

/** The noise of a step on some of all rows: the model's, and which chains are theirs. @param rows [B], of the minibatch. */
export function stepNoise(
  model: Pick<Model, 'noise' | 'chains'>,
  all: number,
  rows: Int32Array,
  random: RandomGenerator,
): NamedArrays {
  const noise = model.noise(rows.length, random);
  return model.chains ? { ...noise, ...model.chains.places(all, rows) } : noise;
}
