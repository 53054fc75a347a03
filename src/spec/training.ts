/** The `training` entry of an experiment: how long, how many rows at a time, by which optimiser. */
import * as z from 'zod/mini';

const number = (value: number, description: string, ...checks: Parameters<z.ZodMiniNumber['check']>) =>
  z._default(z.number().check(...checks, z.meta({ description: `${description} Default: ${value}.` })), value);

const count = (value: number, description: string) =>
  z._default(
    z.int().check(z.minimum(1), z.maximum(1_000_000), z.meta({ description: `${description} Default: ${value}.` })),
    value,
  );

const learningRate = (value: number) => number(value, 'Step size.', z.gt(0), z.maximum(100));
/** A decay or momentum: at least 0, below 1. */
const fraction = (value: number, description: string) => number(value, description, z.minimum(0), z.lt(1));
const epsilon = (value: number) => number(value, 'Added to the denominator, against division by 0.', z.gt(0));
const momentum = fraction(0, 'Share of the last update that is kept.');

const sgd = z
  .strictObject({
    type: z.literal('sgd').check(z.meta({ description: 'Stochastic gradient descent, with momentum if wished.' })),
    learningRate: learningRate(0.01),
    momentum,
    nesterov: z._default(
      z.boolean().check(
        z.meta({
          description: 'Takes the gradient where the momentum is about to lead (Nesterov 1983). Default: false.',
        }),
      ),
      false,
    ),
  })
  .check(z.meta({ title: 'SGD', description: 'Stochastic gradient descent with momentum.' }));

const rmsprop = z
  .strictObject({
    type: z.literal('rmsprop').check(z.meta({ description: 'RMSProp (Tieleman & Hinton 2012).' })),
    learningRate: learningRate(0.001),
    decay: fraction(0.9, 'Decay of the mean square of the gradient.'),
    momentum,
    epsilon: epsilon(1e-8),
  })
  .check(
    z.meta({ title: 'RMSProp', description: 'Divides by the root of a running mean square (Tieleman & Hinton 2012).' }),
  );

const adagrad = z
  .strictObject({
    type: z.literal('adagrad').check(z.meta({ description: 'Adagrad (Duchi, Hazan & Singer 2011).' })),
    learningRate: learningRate(0.01),
    epsilon: epsilon(1e-6),
  })
  .check(
    z.meta({
      title: 'Adagrad',
      description: 'Divides by the root of the sum of squares (Duchi, Hazan & Singer 2011).',
    }),
  );

const adam = z
  .strictObject({
    type: z.literal('adam').check(z.meta({ description: 'Adam (Kingma & Ba 2015).' })),
    learningRate: learningRate(0.001),
    beta1: fraction(0.9, 'Decay of the mean of the gradient.'),
    beta2: fraction(0.999, 'Decay of the mean square of the gradient.'),
    epsilon: epsilon(1e-8),
  })
  .check(
    z.meta({ title: 'Adam', description: 'Running means of gradient and square, both corrected (Kingma & Ba 2015).' }),
  );

export const optimizerSpec = z.discriminatedUnion('type', [sgd, rmsprop, adagrad, adam]).check(
  z.meta({
    description: 'How gradients become steps: sgd, rmsprop, adagrad or adam. Default: adam.',
    defaultSnippets: ['adam', 'adagrad', 'rmsprop', 'sgd'].map((type) => ({
      label: type,
      body: { type, learningRate: `^\${1:${type === 'adam' || type === 'rmsprop' ? 0.001 : 0.01}}` },
    })),
  }),
);

export const trainingSpec = z
  .strictObject({
    epochs: count(30, 'Passes over the training rows.'),
    batchSize: count(100, 'Rows a step.'),
    optimizer: z.prefault(optimizerSpec, { type: 'adam' }),
    patience: count(30, 'Stops after so many epochs without a better validation NLL. The best epoch is the one kept.'),
    weightDecay: number(0, 'L2 penalty λ: adds λ·w to the gradient of each weight w.', z.minimum(0)),
    clip: z.optional(
      z.number().check(
        z.gt(0),
        z.meta({
          description:
            'Largest norm that the gradient of all weights together may have, weight decay left out; a longer one is made as ' +
            'long as that, its direction kept (Pascanu, Mikolov & Bengio 2013). Recurrent networks need it: 1 or 5. Left out: ' +
            'no limit.',
        }),
      ),
    ),
  })
  .check(
    z.meta({
      description: 'How the model is trained: epochs, batch size, optimiser. Left out, every default applies.',
    }),
  );

export type OptimizerSpec = z.output<typeof optimizerSpec>;
export type TrainingSpec = z.output<typeof trainingSpec>;
