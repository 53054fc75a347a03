/** Keys that the entries of several flows have. */
import * as z from 'zod/mini';
import { complain, type Complaint } from '../complaint.ts';
import { refusals } from '../refusals.ts';
import type { Support } from '../support.ts';
import type { ModelSituation } from './entry.ts';
import { permutationFault } from './permutation.ts';
import { splitFault } from './splits.ts';
import { units } from './units.ts';

/** How many layers of the flow's own kind. @param what Of what kind. */
export const layersKey = (what: string, initial: number) =>
  z._default(
    z.int().check(z.minimum(1), z.maximum(64), z.meta({ description: `Number of ${what}. Default: ${initial}.` })),
    initial,
  );

/** Widths of the networks in the layers. */
export const hiddenKey = z.array(units()).check(
  z.minLength(1),
  z.maxLength(16),
  z.meta({
    description: 'Units of the hidden layers of every network in the flow, e.g. [100, 100].',
    markdownDescription: 'Units of the hidden layers of every network in the flow, e.g. `[100, 100]`.',
    defaultSnippets: [
      { label: '[100]', body: ['^${1:100}'] },
      { label: '[100, 100]', body: ['^${1:100}', '^${2:100}'] },
    ],
  }),
);

const vectorSplits = {
  halves: 'The first half of the variables passes and decides how the second moves, and so on in turns.',
  'even-odd': 'Every other variable passes, from the first, and so on in turns.',
} as const;

/** Which variables pass in the first coupling; from layer to layer the parts exchange their roles. */
export const splitKey = z._default(
  z
    .union([
      z
        .enum(Object.keys(vectorSplits) as (keyof typeof vectorSplits)[])
        .check(z.meta({ enumDescriptions: Object.values(vectorSplits) })),
      z.array(z.int().check(z.minimum(0), z.maximum(1))).check(z.minLength(1)),
    ])
    .check(
      z.meta({
        description:
          'Which variables pass in the first coupling layer and decide how the others move; the parts exchange their roles ' +
          'from layer to layer. halves, even-odd, or a list with 1 for each variable that passes and 0 for each that ' +
          'moves. Default: halves.',
        markdownDescription:
          'Which variables pass in the first coupling layer and decide how the others move; the parts exchange their roles ' +
          'from layer to layer. `"halves"`, `"even-odd"`, or a list with 1 for each variable that passes and 0 for each ' +
          'that moves.\n\nDefault: `"halves"`.',
        defaultSnippets: [{ label: '[1, 0]', description: '1 passes, 0 moves', body: ['^$1'] }],
      }),
    ),
  'halves',
);

const namedPermutations = {
  reverse: 'The last variable becomes the first.',
  random: 'A permutation for each place, drawn by the seed.',
  none: 'The order stays: the first variable is never told anything by the others.',
} as const;

/** How variables change places between autoregressive layers. */
export const permutationKey = z._default(
  z
    .union([
      z
        .enum(Object.keys(namedPermutations) as (keyof typeof namedPermutations)[])
        .check(z.meta({ enumDescriptions: Object.values(namedPermutations) })),
      z.array(z.int().check(z.minimum(1))).check(z.minLength(1)),
    ])
    .check(
      z.meta({
        description:
          'How the variables change places between two layers: reverse, random, none, or a list: entry i is the number of ' +
          'the variable that comes to place i, so the list is a permutation of 1 … D. Default: reverse.',
        markdownDescription:
          'How the variables change places between two layers: `"reverse"`, `"random"`, `"none"`, or a list: entry *i* is ' +
          'the number of the variable that comes to place *i*, so the list is a permutation of 1 … D.\n\nDefault: ' +
          '`"reverse"`.',
        defaultSnippets: [{ label: '[2, 3, 1]', description: 'which variable comes to each place', body: ['^$1'] }],
      }),
    ),
  'reverse',
);

const scaleForms = {
  exponential: 'e^s, s as the network gives it: the form of MAF’s paper, without a bound.',
  tanh: 'e^(a·tanh s) with a learned factor a for every variable: RealNVP’s, bounded by the factors.',
  gate: 'σ(s + 2): IAF’s gated form, x·σ + (1 − σ)·m, which starts open and never grows.',
  softplus: 'ln(1 + e^s), grows no faster than s.',
  'soft-clip': 'e^s with s squeezed smoothly into −3 … 3.',
} as const;

export type ScaleName = keyof typeof scaleForms;
export const scaleNames = Object.keys(scaleForms) as ScaleName[];

/** The form of the scale of an affine layer. */
/** @param why of the default, where it is not the one of the paper. */
export const scaleKey = (initial: ScaleName, why = '') =>
  z._default(
    z.enum(scaleNames).check(
      z.meta({
        description: `Form of the scale of each variable’s affine map: ${scaleNames.join(', ')}. Default: ${initial}${why === '' ? '' : `: ${why}`}.`,
        enumDescriptions: Object.values(scaleForms),
      }),
    ),
    initial,
  );

const bases = {
  gaussian: 'The standard Gaussian.',
  logistic: 'The standard logistic density, with heavier tails: NICE’s choice.',
} as const;

export type BaseName = keyof typeof bases;

/** What would come of a base of bounded support; FORMATS.md has it at length. */
const refused = {
  uniform:
    'the layers lead anywhere on the line, and a row that they lead out of (0, 1) would have no density there and nothing ' +
    'to learn from; behind a sigmoid, which leads into it, a uniform base is exactly "logistic"',
} as const;

/** Names that MAF MoG's base goes by elsewhere. */
const mixture = 'for MAF MoG the base is { "type": "made" }, a MADE with mixtures of Gaussians as conditionals';
const mixtures = { mog: mixture, MoG: mixture, mixture, made: mixture } as const;

const baseNames = (
  meta: { readonly description?: string } = {},
  others: Readonly<Record<string, string>> = {
    mog: 'a mixture of Gaussians as base is MAF’s: "type": "maf" with "base": { "type": "made" }',
  },
) =>
  z
    .enum(Object.keys(bases) as BaseName[])
    .check(z.meta({ ...meta, enumDescriptions: Object.values(bases) }))
    .register(refusals, { ...refused, ...others });

/** The density that the flow leads to. */
export const baseKey = (initial: BaseName) =>
  z._default(
    baseNames({
      description: `The density that the flow leads to, independent in every coordinate: gaussian or logistic. Default: ${initial}.`,
    }),
    initial,
  );

/** The same of MAF, whose base may be a MADE: MAF MoG. */
export const mafBaseKey = z._default(
  z
    .union([
      baseNames({}, mixtures),
      z.strictObject({
        type: z
          .literal('made')
          .check(z.meta({ description: 'A MADE with mixtures of Gaussians: MAF MoG.' }))
          .register(refusals, mixtures),
        components: z._default(
          z
            .int()
            .check(
              z.minimum(1),
              z.maximum(1024),
              z.meta({ description: 'Gaussians in the mixture of every variable. Default: 10.' }),
            ),
          10,
        ),
      }),
    ])
    .check(
      z.meta({
        description:
          'The density that the flow leads to: gaussian, logistic, or a MADE with mixtures of Gaussians as conditionals and ' +
          'as many hidden units as the layers have (MAF MoG). Default: gaussian.',
        defaultSnippets: [
          {
            label: '{ "type": "made" }',
            description: 'MAF MoG: a MADE with mixtures of Gaussians',
            body: { type: 'made', components: '^${1:10}' },
          },
        ],
      }),
    ),
  'gaussian',
);

/** Whether shifts and scales have a network in common. */
export const networksKey = z._default(
  z.enum(['one', 'two']).check(
    z.meta({
      description:
        'Whether the shifts and the scales of a layer come from one network with two outputs a variable, as in the papers, ' +
        'or from two. Default: one.',
    }),
  ),
  'one',
);

/** Rows whose means and variances say enough to normalise a step by; those of fewer spoil what was learnt. */
export const FEWEST_NORMALISED_ROWS = 8;

/** Batch normalisation as a flow layer. */
export const batchNormKey = (initial: boolean) =>
  z._default(
    z.boolean().check(
      z.meta({
        description:
          'Puts batch normalisation between the layers, as a layer of the flow with its own log-determinant: by the batch ' +
          `in training, by all training rows when rows are scored. Default: ${initial}.`,
      }),
    ),
    initial,
  );

/** Degrees of the hidden units of masked networks: as MADE's, but for lists. */
export const namedDegreesKey = z._default(
  z.enum(['random', 'even']).check(
    z.meta({
      description:
        'Degrees of the hidden units of each masked network: random, or spread evenly (even). Default: random.',
    }),
  ),
  'random',
);

/** Grey levels, as real numbers with noise. */
export const dequantiseKey = z.optional(
  z
    .strictObject({
      levels: z._default(
        z
          .int()
          .check(
            z.minimum(2),
            z.maximum(65_536),
            z.meta({ description: 'Number of levels: values are the whole numbers 0 … levels − 1. Default: 256.' }),
          ),
        256,
      ),
      logit: z.optional(
        z.number().check(
          z.gt(0),
          z.lt(0.5),
          z.meta({
            description:
              'α of the logit layer: y = logit(α + (1 − 2α)·x), which leads from (0, 1) to all real numbers (Dinh et al. ' +
              '2017, section 4.1). Left out: no logit layer.',
          }),
        ),
      ),
    })
    .check(
      z.meta({
        description:
          'For grey levels: uniform noise is added and the sum divided by the number of levels, so that a density can score ' +
          'them; bits per dimension count all of it. Left out: rows are real values.',
        markdownDescription:
          'For grey levels: uniform noise is added and the sum divided by the number of levels, so that a density can score ' +
          'them; bits per dimension count all of it. Left out: rows are real values.',
        defaultSnippets: [
          { label: '{ "levels": 256, "logit": 0.05 }', body: { levels: '^${1:256}', logit: '^${2:0.05}' } },
        ],
      }),
    ),
);

/** What is wrong with a split beyond the schema. */
export function checkSplit(split: z.output<typeof splitKey> | undefined, { dimension }: ModelSituation): Complaint[] {
  if (split === undefined || (dimension === null && typeof split === 'string')) return [];
  const fault = splitFault(split, [dimension ?? (split as readonly number[]).length]);
  if (fault === null) return [];
  return [complain('error', ['model', 'split', ...(fault.index === null ? [] : [fault.index])], fault.message)];
}

/** With a single coupling some variables are never transformed. */
export function checkTurns(layers: number | undefined, { dimension }: ModelSituation): Complaint[] {
  if (layers !== 1 || dimension === 1) return [];
  return [
    complain(
      'warning',
      ['model', 'layers'],
      'with one coupling the variables that pass are never transformed; two transform every one of them, and three let ' +
        'each part depend on the other (Dinh et al. 2014, section 3.3)',
    ),
  ];
}

/** What a flow scores: real values, or dequantised levels. */
export function supportOfFlow(dequantise: z.output<typeof dequantiseKey>): Support {
  return dequantise === undefined ? 'real' : { levels: dequantise.levels };
}

export function checkPermutation(
  permutation: z.output<typeof permutationKey> | undefined,
  layers: number | undefined,
  { dimension, written }: ModelSituation,
): Complaint[] {
  if (permutation === undefined) return [];
  if (Array.isArray(permutation)) {
    const fault = permutationFault(permutation, dimension ?? permutation.length);
    const path = ['model', 'permutation', ...(fault === null || fault.index === null ? [] : [fault.index])];
    if (fault !== null) return [complain('error', path, `permutation ${fault.message}`)];
  }
  if (layers === 1 && written.has('permutation')) {
    return [complain('warning', ['model', 'permutation'], 'permutation has no effect: there is one layer', 'key')];
  }
  if (permutation !== 'none' || layers === 1 || dimension === 1) return [];
  return [
    complain(
      'warning',
      ['model', 'permutation'],
      'without a permutation between the layers every one of them has the same order: the first variable is never told ' +
        'anything by the others; "reverse" or "random" lets them take turns',
    ),
  ];
}
