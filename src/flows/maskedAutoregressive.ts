/**
 * The masked autoregressive layer (Papamakarios, Pavlakou & Murray 2017, equations 3 and 5): every variable is moved by a
 * map whose shift and scale the variables before it in the order decide, by one pass of a MADE.
 *
 *   forward:  y_d = (x_d − t_d)·exp(−s_d),  t_d, s_d functions of x_<d and the context;  log|det| = −Σ s_d
 *   inverse:  x_d = y_d·exp(s_d) + t_d, one variable after the other
 *
 * Forward is MAF's direction, one pass. IAF (Kingma et al. 2016, equations 10 to 14) hears its noise and multiplies on the
 * way that takes one pass, y_d = x_d·exp(s_d) + t_d forward, log|det| = Σ s_d: the `growing` direction says which; as a flow
 * it is {@link inverted}.
 *
 * Parameters, of one network for both (`network.…`) or one for each (`shift.…`, `scale.…`): `hidden.<l>.weight`
 * [H_l, H_(l−1)], `hidden.<l>.bias`, `context.weight` [H₁, C], `contextToOutput.weight` [out, C], `output.weight`
 * [out, H_L], `output.bias` [out]; out are D shifts, then D scales. Output weights and biases start at 0: the layer begins
 * as its scale at r = 0.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { activate } from '../layers/activations.ts';
import { takeColumns } from '../layers/columns.ts';
import { glorotParameters } from '../layers/glorotParameters.ts';
import { zeros } from '../layers/initial.ts';
import { maskArray } from '../layers/maskArray.ts';
import { maskedDense, type Path } from '../layers/maskedDense.ts';
import type { ParameterSpec } from '../layers/parameters.ts';
import type { MadeStructure } from '../masks/degrees.ts';
import { madeMasks, strictTriangle } from '../masks/masks.ts';
import { maskOf, type MaskMatrix } from '../masks/matrix.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { ActivationName } from '../spec/activation.ts';
import { subscript } from '../text/notation.ts';
import { affine, affineInverse } from './affine.ts';
import { incrementalInverse } from './autoregressiveIncremental.ts';
import { inPlace, type Bijector, type BijectorInputs } from './bijector.ts';
import { scales, type ScaleName } from './scales.ts';
import { minus, rowSums } from './sums.ts';

export interface MaskedAutoregressiveSettings {
  /** Order of the variables and degrees of the hidden units; `direct` is not used. */
  readonly structure: MadeStructure;
  readonly activation: ActivationName;
  /** C, columns of the context; 0 for none. */
  readonly contextDimension: number;
  readonly scale: ScaleName;
  /** Whether shifts and scales come from one network with two outputs a variable, as in the papers, or from two. */
  readonly networks: 'one' | 'two';
  /** The direction that computes ·exp(s) + t; `inverse`, as MAF has it, unless told. The other undoes it. */
  readonly growing?: 'forward' | 'inverse';
}

export function maskedAutoregressive(settings: MaskedAutoregressiveSettings): Bijector {
  const { structure, scale, contextDimension, networks, growing = 'inverse' } = settings;
  const dimension = structure.order.length;
  const form = scales[scale];
  const { hidden, output } = madeMasks(structure);
  const parts: readonly Part[] =
    networks === 'one'
      ? [{ name: 'network', output: stacked(output, output) }]
      : [
          { name: 'shift', output },
          { name: 'scale', output },
        ];
  const masks: NamedArrays = Object.fromEntries(
    parts.flatMap((part) => [
      ...hidden.map((mask, l) => [`${part.name}.hidden.${l}.weight`, maskArray(mask)] as const),
      [`${part.name}.output.weight`, maskArray(part.output)] as const,
    ]),
  );
  const parameters = [
    ...parts.flatMap((part) => declared(part, structure, contextDimension)),
    ...(form.learned
      ? [{ name: 'factors', shape: [dimension], description: '[D] factors of tanh', masked: false }]
      : []),
  ];
  const first = Int32Array.from({ length: dimension }, (_, d) => d);
  const second = first.map((d) => dimension + d);

  /** Shifts and log-scales [N, D] of the map of each variable. */
  const movement = (x: Tensor2D, inputs: BijectorInputs): { s: Tensor2D; t: Tensor2D } => {
    const outputs = parts.map(({ name }) => network(name, x, hidden.length, settings, inputs));
    const [m, r] =
      networks === 'one'
        ? [takeColumns(outputs[0]!, first), takeColumns(outputs[0]!, second)]
        : [outputs[0]!, outputs[1]!];
    const factors = (inputs.parameters['factors'] as Tensor1D | undefined) ?? null;
    return { s: form.logScale(r, factors), t: form.shift(m, r) };
  };

  return {
    dimension,
    parameters,
    masks,
    initialise: (random) => ({
      ...glorotParameters(parameters, masks, random),
      ...Object.fromEntries(
        parameters
          .filter(({ name }) => /output\.weight$|contextToOutput/.test(name))
          .map(({ name, shape }) => [name, zeros(shape)]),
      ),
      ...(form.learned && { factors: { shape: [dimension], data: new Float32Array(dimension).fill(1) } }),
    }),
    moves: new Uint8Array(dimension).fill(1),
    origin: inPlace(dimension),
    dependencies: withDiagonal(strictTriangle(structure.order)),
    incremental: incrementalInverse(settings),
    movement(x, inputs) {
      const { s, t } = movement(x, inputs);
      if (growing === 'forward') return { logScale: s, shift: t };
      return { logScale: minus(s), shift: affineInverse(tf.zerosLike(x), s, t) };
    },
    ...(form.boundOf && {
      logScaleBounds: (parameters: NamedArrays) =>
        Float32Array.from({ length: dimension }, (_, d) => form.boundOf!(parameters['factors']?.data[d] ?? 1)),
    }),
    forward(x, inputs) {
      const { s, t } = movement(x, inputs);
      if (growing === 'forward') return { y: affine(x, s, t), logDet: rowSums(s) };
      return { y: affineInverse(x, s, t), logDet: minus(rowSums(s)) };
    },
    /** D passes, for gradients: after the i-th, the first i variables of the order stand. Without them, `incremental` is cheaper. */
    inverse(y, inputs) {
      let x = tf.fill<tf.Rank.R2>(y.shape, 0);
      let logDet: Tensor1D = tf.zeros([y.shape[0]]);
      for (let pass = 0; pass < dimension; pass++) {
        const { s, t } = movement(x, inputs);
        x = growing === 'forward' ? affineInverse(y, s, t) : affine(y, s, t);
        if (pass === dimension - 1) logDet = growing === 'forward' ? minus(rowSums(s)) : rowSums(s);
      }
      return { x, logDet };
    },
  };
}

interface Part {
  readonly name: string;
  readonly output: MaskMatrix;
}

function network(
  name: string,
  x: Tensor2D,
  layers: number,
  { activation, contextDimension }: MaskedAutoregressiveSettings,
  { parameters, masks, context }: BijectorInputs,
): Tensor2D {
  const path = (layer: string, input: Tensor2D): Path => ({
    input,
    weight: parameters[`${name}.${layer}.weight`] as Tensor2D,
    mask: (masks[`${name}.${layer}.weight`] as Tensor2D | undefined) ?? null,
    constant: false,
  });
  const bias = (layer: string) => parameters[`${name}.${layer}.bias`] as Tensor1D;
  const fromContext = (layer: string) => (contextDimension > 0 ? [path(layer, context!)] : []);
  let h = x;
  for (let l = 0; l < layers; l++) {
    const heard = [path(`hidden.${l}`, h), ...(l === 0 ? fromContext('context') : [])];
    h = activate(activation, maskedDense(heard, bias(`hidden.${l}`)));
  }
  return maskedDense([path('output', h), ...fromContext('contextToOutput')], bias('output'));
}

function declared({ name, output }: Part, { order, hidden }: MadeStructure, contextDimension: number): ParameterSpec[] {
  const sizes = [order.length, ...hidden.map(({ length }) => length)];
  const out = output.rows;
  const spec = (layer: string, shape: readonly number[], description: string, masked = false): ParameterSpec => ({
    name: `${name}.${layer}`,
    shape,
    description,
    masked,
  });
  return [
    ...hidden.flatMap((_, l) => {
      const letter = `H${subscript(l + 1)}`;
      const below = l === 0 ? 'D' : `H${subscript(l)}`;
      return [
        spec(
          `hidden.${l}.weight`,
          [sizes[l + 1]!, sizes[l]!],
          `[${letter}, ${below}] weights of hidden layer ${l + 1}`,
          true,
        ),
        spec(`hidden.${l}.bias`, [sizes[l + 1]!], `[${letter}] biases of hidden layer ${l + 1}`),
      ];
    }),
    ...(contextDimension > 0
      ? [
          spec(
            'context.weight',
            [sizes[1]!, contextDimension],
            '[H₁, C] weights of the context into the first hidden layer',
          ),
          spec('contextToOutput.weight', [out, contextDimension], '[out, C] weights of the context into the outputs'),
        ]
      : []),
    spec('output.weight', [out, sizes.at(-1)!], '[out, H] weights of the outputs', true),
    spec('output.bias', [out], '[out] biases of the outputs'),
  ];
}

function stacked(above: MaskMatrix, below: MaskMatrix): MaskMatrix {
  const cells = new Uint8Array(above.cells.length + below.cells.length);
  cells.set(above.cells);
  cells.set(below.cells, above.cells.length);
  return { rows: above.rows + below.rows, columns: above.columns, cells };
}

function withDiagonal({ rows, columns, cells }: MaskMatrix): MaskMatrix {
  return maskOf(rows, columns, (i, j) => i === j || cells[i * columns + j] === 1);
}
