/** The same specification for another number of variables. */
import type { Experiment } from '../spec/experiment.ts';
import { createModel } from './index.ts';
import type { Model } from './model.ts';

/** Keys whose lists are for one number of variables. */
const LISTS = ['order', 'degrees'];

/**
 * Builds the model of an experiment for so many variables; null where the experiment gives lists that are for others.
 * @throws whatever building it throws.
 */
export function rebuilderOf(
  { model, seed }: Pick<Experiment, 'model' | 'seed'>,
  contextDimension: number,
): (dimension: number) => Model | null {
  const fixed = Object.entries(model).some(([key, value]) => LISTS.includes(key) && Array.isArray(value));
  return (dimension) => (fixed ? null : createModel(model, dimension, seed, contextDimension));
}
