/** The parameters of a MADE by their names, and what they start from. */
import type { Conditional } from '../distributions/conditional.ts';
import { zeros } from '../layers/initial.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';
import type { MadeSpec } from '../spec/models/made.ts';
import { glorotWeights } from '../layers/glorotParameters.ts';
import type { ParameterSpec } from './model.ts';

/** Sizes of a MADE. */
export interface MadeSizes {
  /** D */
  readonly dimension: number;
  /** C */
  readonly contextDimension: number;
  /** k, parameters of each variable's conditional. */
  readonly perVariable: number;
}

/** Parameters in the order in which they are drawn and saved. */
export function madeParameters(
  spec: MadeSpec,
  { dimension, contextDimension, perVariable }: MadeSizes,
): ParameterSpec[] {
  const widths = [dimension, ...spec.hidden];
  const last = spec.hidden.length;
  const outputs = dimension * perVariable;
  const D = perVariable === 1 ? 'D' : 'D·k';
  const weight = (layer: string, shape: readonly [number, number], letters: string, of: string): ParameterSpec[] => [
    { name: `${layer}.weight`, shape, description: `${letters} weights ${of}`, masked: true },
    ...(spec.conditioning
      ? [
          {
            name: `${layer}.companion`,
            shape,
            description: `${letters} connectivity conditioning weights ${of}, masked as the weights are`,
            masked: false,
          },
        ]
      : []),
  ];
  const bias = (layer: string, size: number, letters: string, of: string): ParameterSpec => ({
    name: `${layer}.bias`,
    shape: [size],
    description: `[${letters}] biases ${of}`,
    masked: false,
  });
  const context = (layer: string, size: number, letters: string, of: string): ParameterSpec => ({
    name: `context.${layer}.weight`,
    shape: [size, contextDimension],
    description: `[${letters}, C] weights from the context to ${of}`,
    masked: false,
  });
  return [
    ...spec.hidden.flatMap((width, l) => {
      const letters = `[H${l + 1}, ${l === 0 ? 'D' : `H${l}`}]`;
      const of = `of hidden layer ${l + 1}`;
      const layer = `hidden.${l}`;
      return [...weight(layer, [width, widths[l]!], letters, of), bias(layer, width, `H${l + 1}`, of)];
    }),
    ...weight('output', [outputs, widths[last]!], `[${D}, H${last}]`, 'of the outputs'),
    bias('output', outputs, D, 'of the outputs'),
    ...(spec.direct ? weight('direct', [outputs, dimension], `[${D}, D]`, 'from inputs to outputs') : []),
    ...(contextDimension > 0
      ? [context('hidden', spec.hidden[0]!, 'H1', 'hidden layer 1'), context('output', outputs, D, 'the outputs')]
      : []),
  ];
}

/**
 * Glorot's weights; hidden biases 0, the outputs' where their conditionals are sensible; connectivity conditioning weights
 * 0, so that the model begins as the one without them (drawn, the hundreds that a unit sums up would drown its inputs).
 * @param masks those of a model's only structure: weights outside them start at 0 and, their gradients being 0, stay
 *   there, so that the saved matrices can be used as they are. Empty where several structures share the weights.
 */
export function initialParameters(
  parameters: readonly ParameterSpec[],
  masks: NamedArrays,
  conditional: Conditional,
  random: RandomGenerator,
): NamedArrays {
  const values = parameters.map(({ name, shape }): [string, NamedArray] => {
    if (name === 'output.bias') {
      const [start, size] = [conditional.initialBias(), shape[0]!];
      return [name, { shape, data: Float32Array.from({ length: size }, (_, i) => start[i % start.length]!) }];
    }
    return [name, name.endsWith('.weight') ? glorotWeights(shape, masks[name], random) : zeros(shape)];
  });
  return Object.fromEntries(values);
}
