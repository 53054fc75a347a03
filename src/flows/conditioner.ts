/**
 * The network that a coupling layer's shifts and scales come from: any function of the variables that pass and of the
 * context, for it is never inverted (Dinh et al. 2014, section 3.2).
 *
 *   h¹ = g(b¹ + W¹ x + K c),  h^l = g(b^l + W^l h^(l−1)),  z = b + V h^L
 *
 * Parameters: `hidden.<l>.weight` [H_l, H_(l−1)], `hidden.<l>.bias` [H_l], `context.weight` [H₁, C], `output.weight`
 * [out, H_L], `output.bias` [out]. V and b start at 0, so that a coupling begins as the identity.
 */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { activate } from '../layers/activations.ts';
import { glorotUniform, zeros } from '../layers/initial.ts';
import { maskedDense, type Path } from '../layers/maskedDense.ts';
import type { ParameterSpec } from '../layers/parameters.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { ActivationName } from '../spec/activation.ts';
import { subscript } from '../text/notation.ts';
import type { BijectorInputs } from './bijector.ts';
import { inEveryRow } from './sums.ts';

export interface ConditionerShape {
  /** Variables that are heard; 0 where none passes: then the context alone is heard, or nothing. */
  readonly inputs: number;
  /** C, columns of the context; 0 for none. */
  readonly contextDimension: number;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly outputs: number;
}

export interface Conditioner {
  readonly parameters: readonly ParameterSpec[];
  initialise(random: RandomGenerator): NamedArrays;
  /** Whether the i-th variable that moves may depend on the j-th that passes; left out: each on all of them. */
  hears?(i: number, j: number): boolean;
  /** z [rows, outputs]; x [rows, inputs], null where there are none. Differentiable in everything. */
  compute(x: Tensor2D | null, rows: number, inputs: BijectorInputs): Tensor2D;
}

export function conditioner(shape: ConditionerShape): Conditioner {
  const { contextDimension, activation, outputs } = shape;
  const hearsNothing = shape.inputs + contextDimension === 0;
  const hidden = hearsNothing ? [] : shape.hidden;
  const parameters = declared({ ...shape, hidden });
  return {
    parameters,
    initialise: (random) =>
      Object.fromEntries(
        parameters.map(({ name, shape: size }) => [
          name,
          name.startsWith('output') || size.length === 1
            ? zeros(size)
            : glorotUniform(size as [number, number], random),
        ]),
      ),
    compute(x, rows, { parameters: given, context }) {
      const bias = (layer: string) => given[`${layer}.bias`] as Tensor1D;
      const path = (name: string, input: Tensor2D): Path => ({
        input,
        weight: given[name] as Tensor2D,
        mask: null,
        constant: false,
      });
      if (hearsNothing) return inEveryRow(bias('output'), rows);
      const heard = [
        ...(x ? [path('hidden.0.weight', x)] : []),
        ...(contextDimension > 0 ? [path('context.weight', context!)] : []),
      ];
      let h = activate(activation, maskedDense(heard, bias('hidden.0')));
      for (let l = 1; l < hidden.length; l++) {
        h = activate(activation, maskedDense([path(`hidden.${l}.weight`, h)], bias(`hidden.${l}`)));
      }
      return maskedDense([path('output.weight', h)], bias('output'));
    },
  };

  function declared({ inputs, hidden: sizes }: ConditionerShape): ParameterSpec[] {
    const spec = (name: string, size: readonly number[], description: string): ParameterSpec => ({
      name,
      shape: size,
      description,
      masked: false,
    });
    return [
      ...sizes.flatMap((units, l) => {
        const from = l === 0 ? inputs : sizes[l - 1]!;
        const letter = `H${subscript(l + 1)}`;
        return [
          ...(from > 0
            ? [spec(`hidden.${l}.weight`, [units, from], `[${letter}, in] weights of hidden layer ${l + 1}`)]
            : []),
          spec(`hidden.${l}.bias`, [units], `[${letter}] biases of hidden layer ${l + 1}`),
          ...(l === 0 && contextDimension > 0
            ? [spec('context.weight', [units, contextDimension], `[${letter}, C] weights of the context`)]
            : []),
        ];
      }),
      ...(hearsNothing ? [] : [spec('output.weight', [outputs, sizes.at(-1)!], '[out, H] weights of the output')]),
      spec('output.bias', [outputs], '[out] biases of the output'),
    ];
  }
}
