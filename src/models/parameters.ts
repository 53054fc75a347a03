/** Sizes of a model by its declared parameters, before any of them is there. */
import { sizeOf } from '../runs/arrays.ts';
import type { Model, ParameterSpec } from './model.ts';

type Declared = Pick<Model, 'parameters'>;

/** Trainable numbers. */
export function parameterCount(model: Declared): number {
  return trainedParameters(model).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Those that training steps. */
export function trainedParameters({ parameters }: Declared): readonly ParameterSpec[] {
  return parameters.filter(({ trainable }) => trainable !== false);
}

/** Numbers in one set of masks. */
export function maskEntries({ parameters }: Declared): number {
  return parameterCount({ parameters: parameters.filter(({ masked }) => masked) });
}
