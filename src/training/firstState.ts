/** What goes with the parameters from step to step: the optimiser's slots, the chains of a model that has any, what is carried along a text. */
import { prefixed } from '../layers/prefixes.ts';
import type { Model } from '../models/model.ts';
import { trainedParameters } from '../models/parameters.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { OptimizerSpec } from '../spec/training.ts';
import { initialOptimizerState, makeOptimizer } from './optimizers/index.ts';
import { carriedStart, streamsOf } from './streams.ts';

/** Stands before the names of a model's chains, as a slot's name does before a parameter's. */
export const CHAIN = 'chain/';

export interface FirstState {
  readonly optimizer: OptimizerSpec;
  /** N, of all training rows. */
  readonly rows: number;
  /** B, of a batch; all rows unless told. */
  readonly batchSize?: number;
  readonly seed: number;
}

/** The state before the first step. */
export function firstOptimizerState(
  model: Model,
  { optimizer, rows, batchSize = rows, seed }: FirstState,
): NamedArrays {
  const slots = initialOptimizerState(makeOptimizer(optimizer), trainedParameters(model));
  const carried = carriedStart(model, streamsOf(rows, batchSize));
  if (!model.chains) return { ...slots, ...carried };
  const chains = model.chains.start(rows, RandomGenerator.seeded(seed, 'chains'));
  return { ...slots, ...prefixed(chains, CHAIN), ...carried };
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
