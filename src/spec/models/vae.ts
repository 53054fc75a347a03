/** The `"type": "vae"` entry of an experiment's `model` (Kingma & Welling 2014). */
import * as z from 'zod/mini';
import { activationSpec } from '../activation.ts';
import type { ModelEntry } from './entry.ts';
import { checkVae } from './vaeChecks.ts';
import { decoderKey, encoderKey, hmcKey, outputKey, posteriorKey } from './vaeKeys.ts';
import { imageKey } from './imageKeys.ts';

const estimators = {
  A: 'log p(x, z) − log q(z|x), all of it by Monte Carlo (equation 6).',
  B:
    'log p(x|z) by Monte Carlo, the KL divergence from the prior in closed form (equation 7). Varies less ' +
    'where that is most of the bound; A does where q(z|x) is near the true posterior.',
} as const;

const learnings = {
  aevb: 'Auto-encoding variational Bayes: encoder and decoder together raise the bound, through z = μ + σ ∘ ε.',
  'wake-sleep':
    'Wake–sleep (Hinton et al. 1995): the decoder learns from latents that the encoder infers from data, the encoder ' +
    'from rows that the decoder dreams. The baseline of the paper; the bound is what is shown.',
  'monte-carlo-em':
    'Monte Carlo EM (appendix E of the paper): the decoder learns from latents of p(z|x) itself, one chain of Hamiltonian ' +
    'Monte Carlo for every training row. For small data: a step takes `hmc.leapfrogSteps` gradients more. The encoder is ' +
    'fitted to the same samples, for a bound to show, and the decoder hears nothing of it.',
} as const;

export const vaeSpec = z
  .strictObject({
    type: z.literal('vae').check(z.meta({ description: 'Variational autoencoder.' })),
    latent: z._default(
      z.int().check(
        z.minimum(1),
        z.maximum(4096),
        z.meta({
          description: 'K, latent variables of each row. With 2 the manifold can be seen whole. Default: 2.',
        }),
      ),
      2,
    ),
    encoder: encoderKey,
    decoder: decoderKey,
    activation: z._default(activationSpec('Nonlinearity of both networks. Default: tanh, as in the paper.'), 'tanh'),
    image: z.optional(imageKey('Networks with `channels` convolve it; those without do not need it.')),
    output: outputKey,
    posterior: posteriorKey,
    estimator: z.optional(
      z.enum(['A', 'B']).check(
        z.meta({
          description:
            'How training estimates the bound (SGVB). Default: B, and A where the posterior is an IAF, whose KL divergence ' +
            'has no closed form.',
          enumDescriptions: Object.values(estimators),
        }),
      ),
    ),
    samples: z._default(
      z.int().check(
        z.minimum(1),
        z.maximum(1000),
        z.meta({
          description:
            'L, samples of z for each row of a minibatch. With minibatches of 100 rows one is enough. Default: 1.',
        }),
      ),
      1,
    ),
    learning: z._default(
      z
        .enum(['aevb', 'wake-sleep', 'monte-carlo-em'])
        .check(z.meta({ description: 'How it learns. Default: aevb.', enumDescriptions: Object.values(learnings) })),
      'aevb',
    ),
    hmc: hmcKey,
    beta: z._default(
      z.number().check(
        z.minimum(0),
        z.meta({
          description:
            'Weight of the KL divergence in training (Higgins et al. 2017); scores are of the bound itself. Default: 1.',
        }),
      ),
      1,
    ),
    freeBits: z._default(
      z.number().check(
        z.minimum(0),
        z.meta({
          description:
            'λ in nats: the mean KL divergence of each latent unit counts as no less in training, so that units are not ' +
            'given up early (Kingma et al. 2016, appendix C.8); scores are of the bound itself. Default: 0.',
        }),
      ),
      0,
    ),
  })
  .check(
    z.meta({
      title: 'VAE',
      description:
        'Variational autoencoder: p(x) = ∫ p(x|z) N(z; 0, I) dz, trained by its lower bound with an encoder q(z|x) ' +
        '(Kingma & Welling 2014). For binary rows, or real values with a Gaussian output.',
    }),
  );

export type VaeSpec = z.output<typeof vaeSpec>;

/** The estimator, where the experiment leaves it out too. */
export function estimatorOf({ estimator, posterior }: Pick<VaeSpec, 'estimator' | 'posterior'>): 'A' | 'B' {
  return estimator ?? (posterior === 'gaussian' ? 'B' : 'A');
}

export const vae = {
  schema: vaeSpec,
  check: checkVae,
  supportOf: ({ output }) => (output === 'bernoulli' ? 'binary' : 'real'),
  realBy: '"output": { "type": "gaussian" }',
  meansInUnit: ({ output }) => output !== 'bernoulli' && output.mean === 'sigmoid',
  snippet: { type: 'vae', latent: '^${1:2}', encoder: { hidden: ['^${2:500}'] }, decoder: { hidden: ['^${3:500}'] } },
  listsOfVariables: ['image'] satisfies (keyof VaeSpec)[],
  hoverKeys: ['type', 'latent', 'encoder', 'decoder', 'posterior', 'output'] satisfies (keyof VaeSpec)[],
} as const satisfies ModelEntry<typeof vaeSpec>;
