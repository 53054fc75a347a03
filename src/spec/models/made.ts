/** The `"type": "made"` entry of an experiment's `model` (Germain et al. 2015, "MADE"). */
import * as z from 'zod/mini';
import { activationSpec } from '../activation.ts';
import { conditionalKey, supportOfConditional } from '../conditional.ts';
import type { ModelEntry } from './entry.ts';
import { checkMade } from './madeChecks.ts';
import { units } from './units.ts';

const namedOrders = {
  natural: 'x₁ first, then x₂, …: pixels of an image row by row, from the top left.',
  reversed: 'The last column first.',
  random: 'A permutation drawn by the seed.',
} as const;

export const orderSpec = z
  .union([
    z
      .enum(Object.keys(namedOrders) as (keyof typeof namedOrders)[])
      .check(z.meta({ enumDescriptions: Object.values(namedOrders) })),
    z.array(z.int().check(z.minimum(1))).check(z.minLength(1)),
  ])
  .check(
    z.meta({
      description:
        'Which variable comes first: natural, reversed, random (by the seed), or a list with the position of each ' +
        'variable. Entry d is the degree of input d, so a list is a permutation of 1 … D. Default: natural.',
      markdownDescription:
        'Which variable comes first. `"natural"`: x₁, x₂, …; `"reversed"`; `"random"`: drawn by the seed; or a list that ' +
        'gives each variable its position: entry d is the *degree* of input d, so the list is a permutation of 1 … D. ' +
        'Output d may depend on the inputs of lower degree alone.\n\nDefault: `"natural"`.',
      defaultSnippets: [{ label: '[2, 1, 3]', description: 'a position for each variable', body: ['^$1'] }],
    }),
  );

const namedDegrees = {
  random: 'Uniform from the smallest degree of the layer below to D − 1, so that no unit is cut off.',
  even: 'Spread evenly over 1 … D − 1.',
} as const;

export const degreesSpec = z
  .union([
    z
      .enum(Object.keys(namedDegrees) as (keyof typeof namedDegrees)[])
      .check(z.meta({ enumDescriptions: Object.values(namedDegrees) })),
    z.array(z.array(z.int().check(z.minimum(0))).check(z.minLength(1))).check(z.minLength(1)),
  ])
  .check(
    z.meta({
      description:
        'Degrees of the hidden units: a unit of degree m sees the inputs of degree ≤ m and is seen by outputs of degree ' +
        '> m. random, even, or one list of degrees for each hidden layer. Default: random.',
      markdownDescription:
        'Degrees of the hidden units: a unit of degree *m* sees the inputs of degree ≤ *m*, and outputs of degree > *m* see ' +
        'it. `"random"`: uniform from the smallest degree of the layer below to D − 1; `"even"`: spread evenly over ' +
        '1 … D − 1; or one list of degrees for each hidden layer.\n\nDefault: `"random"`.',
      defaultSnippets: [{ label: '[[1, 2, 3]]', description: 'a list for each hidden layer', body: [['^$1']] }],
    }),
  );

const flag = (value: boolean, description: string) =>
  z._default(z.boolean().check(z.meta({ description: `${description} Default: ${value}.` })), value);

export const madeSpec = z
  .strictObject({
    type: z.literal('made').check(z.meta({ description: 'Masked autoencoder for distribution estimation.' })),
    hidden: z.array(units()).check(
      z.minLength(1),
      z.maxLength(16),
      z.meta({
        description: 'Units of each hidden layer, first to last, e.g. [500, 500].',
        markdownDescription: 'Units of each hidden layer, first to last, e.g. `[500, 500]`.',
        defaultSnippets: [
          { label: '[500]', body: ['^${1:500}'] },
          { label: '[500, 500]', body: ['^${1:500}', '^${2:500}'] },
        ],
      }),
    ),
    activation: z._default(
      activationSpec('Nonlinearity g of every hidden layer, h = g(b + (W∘M)x). Default: relu.'),
      'relu',
    ),
    order: z._default(orderSpec, 'natural'),
    degrees: z._default(degreesSpec, 'random'),
    masks: z._default(
      z.int().check(
        z.minimum(1),
        z.maximum(4096),
        z.meta({
          description:
            'Number of masks, cycled from minibatch to minibatch unless freshMasks is set. At test time the model is ' +
            'their ensemble: the log of the mean of p(x) over the masks. Default: 1.',
        }),
      ),
      1,
    ),
    orderAgnostic: flag(
      false,
      'With several masks, or fresh ones: each of them but the first has a random order of its own (order-agnostic ' +
        'training).',
    ),
    connectivityAgnostic: flag(
      true,
      'With several masks, or fresh ones: each of them draws its hidden degrees anew (connectivity-agnostic training).',
    ),
    freshMasks: flag(
      false,
      'Trains every minibatch with a mask of its own, drawn by the seed and the number of the step and stored nowhere; ' +
        'the masks counted by masks are those of the ensemble at test time.',
    ),
    direct: flag(
      false,
      'Adds a direct connection from inputs to outputs: a weight matrix A, strictly lower triangular in the order.',
    ),
    conditioning: flag(
      false,
      'Adds connectivity conditioning weights U: a second matrix beside each masked one, masked alike and applied to ' +
        'ones, by which a unit can tell an input that is 0 from one that its mask cuts off.',
    ),
    conditional: conditionalKey,
  })
  .check(
    z.meta({
      title: 'MADE',
      description:
        'Masked autoencoder for distribution estimation: one pass gives every conditional p(x_d | x_<d), of binary data ' +
        'unless told otherwise (Germain, Gregor, Murray & Larochelle 2015).',
    }),
  );

export type MadeSpec = z.output<typeof madeSpec>;
export type OrderSpec = MadeSpec['order'];

export const made = {
  schema: madeSpec,
  check: checkMade,
  supportOf: ({ conditional }) => supportOfConditional(conditional),
  takesContext: true,
  snippet: { type: 'made', hidden: ['^${1:500}'] },
  listsOfVariables: ['order', 'degrees'] satisfies (keyof MadeSpec)[],
  hoverKeys: [
    'hidden',
    'order',
    'degrees',
    'masks',
    'direct',
    'conditioning',
    'conditional',
  ] satisfies (keyof MadeSpec)[],
} as const satisfies ModelEntry<typeof madeSpec>;
