/** First weights of layers, masked or not. */
import { glorotUniform, zeros } from './initial.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';
import type { ParameterSpec } from './parameters.ts';

/**
 * Glorot's weights and zero biases. Weights outside the masks start at 0 and, their gradients being 0, stay there: the
 * saved matrices can be used as they are.
 * @param masks those of a model's only structure; none for weights that are all there.
 */
export function glorotParameters(
  parameters: readonly ParameterSpec[],
  masks: NamedArrays,
  random: RandomGenerator,
): NamedArrays {
  return Object.fromEntries(
    parameters.map(({ name, shape }): [string, NamedArray] => {
      return [name, shape.length === 1 ? zeros(shape) : glorotWeights(shape, masks[name], random)];
    }),
  );
}

/** Glorot's weights of one matrix, [out, in]; those outside its mask are drawn, too, and are 0. */
export function glorotWeights(
  shape: readonly number[],
  mask: NamedArray | undefined,
  random: RandomGenerator,
): NamedArray {
  const weights = glorotUniform(shape as [number, number], random);
  const { data } = weights;
  if (mask !== undefined) for (let i = 0; i < data.length; i++) if (mask.data[i] === 0) data[i] = 0;
  return weights;
}
