/** The `"type": "autoencoder"` entry of an experiment's `model`: the baseline that is no density. */
import * as z from 'zod/mini';
import { activationSpec } from '../activation.ts';
import { complain, type Complaint } from '../complaint.ts';
import type { ModelEntry } from './entry.ts';
import { units } from './units.ts';

const losses = {
  'cross-entropy': '−Σ x_d ln x̂_d + (1 − x_d) ln (1 − x̂_d), x̂ = σ(…): for binary rows.',
  'squared-error': 'Σ (x_d − x̂_d)²: for real values.',
} as const;

const outputs = {
  sigmoid: 'x̂ = σ(c + V h), between 0 and 1.',
  linear: 'x̂ = c + V h, any real value.',
} as const;

export type AutoencoderLoss = keyof typeof losses;
export type AutoencoderOutput = keyof typeof outputs;

const named = <Name extends string>(names: Readonly<Record<Name, string>>, description: string) =>
  z.enum(Object.keys(names) as Name[]).check(z.meta({ description, enumDescriptions: Object.values<string>(names) }));

export const autoencoderSpec = z
  .strictObject({
    type: z.literal('autoencoder').check(z.meta({ description: 'Autoencoder: a baseline that is no density.' })),
    hidden: z.array(units()).check(
      z.minLength(1),
      z.maxLength(16),
      z.meta({
        description: 'Units of each hidden layer, first to last, e.g. [500].',
        markdownDescription: 'Units of each hidden layer, first to last, e.g. `[500]`.',
        defaultSnippets: [{ label: '[500]', body: ['^${1:500}'] }],
      }),
    ),
    activation: z._default(
      activationSpec('Nonlinearity g of every hidden layer, h = g(b + Wx). Default: relu.'),
      'relu',
    ),
    loss: z._default(named(losses, 'What training lowers the mean of. Default: cross-entropy.'), 'cross-entropy'),
    output: z.optional(
      named(
        outputs,
        'Nonlinearity of the reconstruction x̂. Default: sigmoid with cross-entropy, linear with squared-error.',
      ),
    ),
  })
  .check(
    z.meta({
      title: 'Autoencoder',
      description:
        'Autoencoder, x̂ = σ(c + V g(b + Wx)): a baseline to compare with. Every output sees its own input, so its loss is ' +
        'no likelihood, and no rows can be drawn from it.',
    }),
  );

export type AutoencoderSpec = z.output<typeof autoencoderSpec>;

/** The reconstruction's nonlinearity, where the experiment leaves it out too. */
export function outputOf({ loss, output }: Pick<AutoencoderSpec, 'loss' | 'output'>): AutoencoderOutput {
  return output ?? (loss === 'cross-entropy' ? 'sigmoid' : 'linear');
}

function check({ loss, output }: Partial<AutoencoderSpec>): Complaint[] {
  if (loss !== 'cross-entropy' || output !== 'linear') return [];
  return [
    complain(
      'error',
      ['model', 'output'],
      'output is "linear"; cross-entropy needs x̂ between 0 and 1: leave "output" out, or take "loss": "squared-error"',
    ),
  ];
}

export const autoencoder = {
  schema: autoencoderSpec,
  check,
  supportOf: ({ loss }) => (loss === 'cross-entropy' ? 'binary' : 'real'),
  snippet: { type: 'autoencoder', hidden: ['^${1:500}'] },
  listsOfVariables: [],
  hoverKeys: ['type', 'hidden', 'loss'] satisfies (keyof AutoencoderSpec)[],
  noSamples: 'an autoencoder has no samples, because it is no density',
} as const satisfies ModelEntry<typeof autoencoderSpec>;
