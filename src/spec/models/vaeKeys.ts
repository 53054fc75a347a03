/** Keys of a variational autoencoder that hold more than one value. */
import * as z from 'zod/mini';
import { units } from './units.ts';

/** @param what is inside: "q(z|x)". @param way "from the image inwards". */
const networkKey = (what: string, way: string) =>
  z.strictObject({
    hidden: z.optional(
      z.array(units()).check(
        z.maxLength(16),
        z.meta({
          description:
            `Units of each dense hidden layer of the network of ${what}, first to last, e.g. [500]. [] for none: what is ` +
            'left is linear. Default: [500], and none where there are channels.',
          defaultSnippets: [{ label: '[500]', body: ['^${1:500}'] }],
        }),
      ),
    ),
    channels: z.optional(
      z.array(units()).check(
        z.minLength(1),
        z.maxLength(8),
        z.meta({
          description:
            `Channels of each level of 3 × 3 convolutions, ${way}; every level halves both sizes of the image. Needs ` +
            '`image`. Left out: the network has dense layers alone.',
          defaultSnippets: [{ label: '[16, 32]', body: ['^${1:16}', '^${2:32}'] }],
        }),
      ),
    ),
  });

export type VaeNetworkSpec = z.output<ReturnType<typeof networkKey>>;

export const encoderKey = z
  .prefault(networkKey('q(z|x)', 'from the image inwards'), {})
  .check(z.meta({ description: 'The network of q(z|x). Default: one hidden layer of 500 units.' }));

export const decoderKey = z
  .prefault(networkKey('p(x|z)', 'from the image inwards, as the encoder’s'), {})
  .check(z.meta({ description: 'The network of p(x|z). Default: one hidden layer of 500 units.' }));

const hmcSpec = z.strictObject({
  leapfrogSteps: z._default(
    z
      .int()
      .check(
        z.minimum(1),
        z.maximum(1000),
        z.meta({ description: 'Leapfrog steps of each move. Default: 10, as in the paper.' }),
      ),
    10,
  ),
  acceptance: z._default(
    z.number().check(
      z.gt(0),
      z.lt(1),
      z.meta({
        description:
          'Share of moves to be accepted: the size of the steps adapts towards it. Default: 0.9, as in the paper.',
      }),
    ),
    0.9,
  ),
  updates: z._default(
    z
      .int()
      .check(
        z.minimum(1),
        z.maximum(1000),
        z.meta({ description: 'Updates of the weights by the samples of one move. Default: 5, as in the paper.' }),
      ),
    5,
  ),
});

export type HmcSpec = z.output<typeof hmcSpec>;

export const hmcKey = z
  .prefault(hmcSpec, {})
  .check(z.meta({ description: 'Hamiltonian Monte Carlo of `"learning": "monte-carlo-em"`, for a minibatch.' }));

/** Dense layers of a network, where the experiment leaves them out too. */
export function hiddenOf({ hidden, channels }: VaeNetworkSpec): readonly number[] {
  return hidden ?? (channels === undefined ? [500] : []);
}

const means = {
  sigmoid:
    'Between 0 and 1, by a sigmoid, as the paper has it for Frey faces. The values have to lie there, too: `"scale": ' +
    '"unit"` in `data` divides those of bytes by 255.',
  linear: 'Any real value.',
} as const;

const variances = {
  network: 'σ² of every variable by the network, as in the paper.',
  shared:
    'One σ² for all variables and rows, learnt; with linear networks p(x) is that of probabilistic PCA, to which the bound comes ' +
    'only once the log σ of the encoder no longer depend on x, after many epochs',
} as const;

const gaussianOutput = z.strictObject({
  type: z.literal('gaussian').check(z.meta({ description: 'Diagonal Gaussian, for real values.' })),
  mean: z._default(
    z.enum(['linear', 'sigmoid']).check(
      z.meta({
        description: 'What the means may be. Default: linear.',
        enumDescriptions: [means.linear, means.sigmoid],
      }),
    ),
    'linear',
  ),
  variance: z._default(
    z.union([z.enum(['network', 'shared']), z.number().check(z.positive())]).check(
      z.meta({
        description: `Where σ² comes from: network (${variances.network}), shared (${variances.shared}), or a number: σ² itself. Default: network.`,
      }),
    ),
    'network',
  ),
  floor: z._default(
    z.number().check(
      z.minimum(0),
      z.meta({
        description:
          'Smallest σ of a variance that is learnt, in the data’s unit. With 0 there is none, and where a variable can be ' +
          'told exactly its σ runs to 0 and the density to ∞. Default: 0.001.',
      }),
    ),
    0.001,
  ),
});

export const outputKey = z._default(
  z.union([z.literal('bernoulli'), gaussianOutput]).check(
    z.meta({
      description:
        'The distribution p(x|z) of each variable: bernoulli, for binary rows, or a Gaussian, for real values. Grey values ' +
        'have no probability under a Bernoulli and are refused: `binarize` in `data` makes them binary, or a Gaussian with ' +
        '`"mean": "sigmoid"` takes them as real ones. Default: bernoulli.',
      defaultSnippets: [
        { label: '"bernoulli"', body: 'bernoulli' },
        { label: 'gaussian', body: { type: 'gaussian', mean: '${1|linear,sigmoid|}' } },
      ],
    }),
  ),
  'bernoulli',
);

const iafPosterior = z.strictObject({
  type: z.literal('iaf').check(z.meta({ description: 'Inverse autoregressive flow behind the Gaussian.' })),
  steps: z._default(
    z
      .int()
      .check(
        z.minimum(1),
        z.maximum(64),
        z.meta({ description: 'Autoregressive steps; the order is reversed from each to the next. Default: 2.' }),
      ),
    2,
  ),
  hidden: z._default(
    z
      .array(units())
      .check(
        z.minLength(1),
        z.maxLength(16),
        z.meta({ description: 'Units of each hidden layer of every step, e.g. [100]. Default: [100].' }),
      ),
    [100],
  ),
  context: z._default(
    units().check(z.meta({ description: 'C, outputs of the encoder that every step hears. Default: 50.' })),
    50,
  ),
});

export const posteriorKey = z._default(
  z.union([z.literal('gaussian'), iafPosterior]).check(
    z.meta({
      description:
        'The family of q(z|x): gaussian, with a diagonal covariance, or an inverse autoregressive flow behind it (Kingma ' +
        'et al. 2016). Default: gaussian.',
      defaultSnippets: [
        { label: '"gaussian"', body: 'gaussian' },
        { label: 'iaf', body: { type: 'iaf', steps: '^${1:2}' } },
      ],
    }),
  ),
  'gaussian',
);
