/** The `conditional` entry of a model: the distribution of each variable given those before it. */
import * as z from 'zod/mini';
import type { Support } from './support.ts';

const components = z._default(
  z
    .int()
    .check(
      z.minimum(1),
      z.maximum(1024),
      z.meta({ description: 'Components of the mixture, each with a weight, a mean and a scale. Default: 10.' }),
    ),
  10,
);

const levels = z._default(
  z
    .int()
    .check(
      z.minimum(2),
      z.maximum(65_536),
      z.meta({ description: 'Number of levels: values are the whole numbers 0 … levels − 1. Default: 256.' }),
    ),
  256,
);

const variant = <const T extends string, Keys extends z.core.$ZodShape>(
  type: T,
  title: string,
  description: string,
  keys: Keys,
) =>
  z
    .strictObject({ type: z.literal(type).check(z.meta({ description })), ...keys })
    .check(z.meta({ title, description }));

const bernoulli = variant('bernoulli', 'Bernoulli', 'For binary data: one logit a variable.', {});

const gaussian = variant('gaussian', 'Gaussian', 'For real values: a mean and a log-scale a variable.', {});

const gaussianMixture = variant(
  'gaussian-mixture',
  'Mixture of Gaussians',
  'For real values: several Gaussians a variable, with weights.',
  { components },
);

const logisticMixture = variant(
  'logistic-mixture',
  'Mixture of logistics',
  'For real values: several logistic densities a variable, with weights; heavier tails than Gaussians.',
  { components },
);

const discretisedLogisticMixture = variant(
  'discretised-logistic-mixture',
  'Discretised mixture of logistics',
  'For levels such as grey values: each level has the probability of its interval, the first and the last that of the ' +
    'whole tail (Salimans et al. 2017, PixelCNN++).',
  { components, levels },
);

const categorical = variant(
  'categorical',
  'Categorical',
  'For levels such as grey values: a logit for every level (van den Oord et al. 2016).',
  { levels },
);

export const conditionalSpec = z
  .discriminatedUnion('type', [
    bernoulli,
    gaussian,
    gaussianMixture,
    logisticMixture,
    discretisedLogisticMixture,
    categorical,
  ])
  .check(
    z.meta({
      description:
        'The distribution of each variable given those before it, by which the data is scored. bernoulli scores binary ' +
        'data; gaussian, gaussian-mixture and logistic-mixture real values; discretised-logistic-mixture and ' +
        'categorical whole levels. Default: bernoulli.',
      markdownDescription:
        'The distribution of each variable given those before it, by which the data is scored. `bernoulli`: binary data; ' +
        '`gaussian`, `gaussian-mixture`, `logistic-mixture`: real values; `discretised-logistic-mixture`, `categorical`: ' +
        'whole levels 0 … L − 1.\n\nDefault: `bernoulli`.',
      defaultSnippets: [
        { label: 'bernoulli', body: { type: 'bernoulli' } },
        { label: 'gaussian', body: { type: 'gaussian' } },
        { label: 'gaussian-mixture', body: { type: 'gaussian-mixture', components: '^${1:10}' } },
        { label: 'logistic-mixture', body: { type: 'logistic-mixture', components: '^${1:10}' } },
        {
          label: 'discretised-logistic-mixture',
          body: { type: 'discretised-logistic-mixture', components: '^${1:10}', levels: '^${2:256}' },
        },
        { label: 'categorical', body: { type: 'categorical', levels: '^${1:256}' } },
      ],
    }),
  );

export type ConditionalSpec = z.output<typeof conditionalSpec>;
export type ConditionalType = ConditionalSpec['type'];

/** `"conditional"` as a key of a model, Bernoulli unless told. */
export const conditionalKey = z.prefault(conditionalSpec, { type: 'bernoulli' });

/** What a likelihood of such conditionals can score. */
export function supportOfConditional(spec: ConditionalSpec): Support {
  if (spec.type === 'bernoulli') return 'binary';
  return 'levels' in spec ? { levels: spec.levels } : 'real';
}
