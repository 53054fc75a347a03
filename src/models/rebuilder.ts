/** The same specification for another number of variables. */
import type { Experiment } from '../spec/experiment.ts';
import { givesLists } from '../spec/models/index.ts';
import { createModel } from './index.ts';
import type { Model } from './model.ts';

/**
 * Builds the model of an experiment for so many variables; null where the experiment gives lists that are for others.
 * @param vocabulary V of a text, 0 for other data.
 * @throws whatever building it throws.
 */
export function rebuilderOf(
  { model, seed }: Pick<Experiment, 'model' | 'seed'>,
  contextDimension: number,
  vocabulary = 0,
): (dimension: number) => Model | null {
  const fixed = givesLists(model);
  return (dimension) => (fixed ? null : createModel(model, dimension, seed, contextDimension, vocabulary));
}
