/** Sizes of a model by its declared parameters, before any of them is there. */
import { sizeOf } from '../runs/arrays.ts';
import type { Model } from './model.ts';

type Declared = Pick<Model, 'parameters'>;

/** Trainable numbers. */
export function parameterCount({ parameters }: Declared): number {
  return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Numbers in one set of masks. */
export function maskEntries({ parameters }: Declared): number {
  return parameterCount({ parameters: parameters.filter(({ masked }) => masked) });
}
