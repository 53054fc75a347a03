/** The `training` entry of an experiment: how long, how many rows at a time, by which optimiser. */
import * as z from 'zod';

const learningRate = (value: number) =>
  z
    .number()
    .positive()
    .max(100)
    .default(value)
    .meta({ description: `Step size. Default: ${value}.` });

/** A decay or momentum: at least 0, below 1. */
const fraction = (what: string, value: number) =>
  z
    .number()
    .min(0)
    .lt(1)
    .default(value)
    .meta({ description: `${what} Default: ${value}.` });

const epsilon = (value: number) =>
  z
    .number()
    .positive()
    .default(value)
    .meta({ description: `Added to the denominator, against division by 0. Default: ${value}.` });

const momentum = fraction('Share of the last update that is kept.', 0);

export const optimizerSpec = z
  .discriminatedUnion('type', [
    z
      .strictObject({
        type: z.literal('sgd').meta({ description: 'Stochastic gradient descent, with momentum if wished.' }),
        learningRate: learningRate(0.01),
        momentum,
        nesterov: z.boolean().default(false).meta({
          description: 'Takes the gradient where the momentum is about to lead (Nesterov 1983). Default: false.',
        }),
      })
      .meta({ title: 'SGD', description: 'Stochastic gradient descent with momentum.' }),
    z
      .strictObject({
        type: z.literal('rmsprop').meta({ description: 'RMSProp (Tieleman & Hinton 2012).' }),
        learningRate: learningRate(0.001),
        decay: fraction('Decay of the mean square of the gradient.', 0.9),
        momentum,
        epsilon: epsilon(1e-8),
      })
      .meta({
        title: 'RMSProp',
        description: 'Divides by the root of a running mean square (Tieleman & Hinton 2012).',
      }),
    z
      .strictObject({
        type: z.literal('adagrad').meta({ description: 'Adagrad (Duchi, Hazan & Singer 2011).' }),
        learningRate: learningRate(0.01),
        epsilon: epsilon(1e-6),
      })
      .meta({
        title: 'Adagrad',
        description: 'Divides by the root of the sum of squares (Duchi, Hazan & Singer 2011).',
      }),
    z
      .strictObject({
        type: z.literal('adam').meta({ description: 'Adam (Kingma & Ba 2015).' }),
        learningRate: learningRate(0.001),
        beta1: fraction('Decay of the mean of the gradient.', 0.9),
        beta2: fraction('Decay of the mean square of the gradient.', 0.999),
        epsilon: epsilon(1e-8),
      })
      .meta({ title: 'Adam', description: 'Running means of gradient and square, both corrected (Kingma & Ba 2015).' }),
  ])
  .meta({
    description: 'How gradients become steps: sgd, rmsprop, adagrad or adam. Default: adam.',
    defaultSnippets: ['adam', 'adagrad', 'rmsprop', 'sgd'].map((type) => ({
      label: type,
      body: { type, learningRate: `^\${1:${type === 'adam' || type === 'rmsprop' ? 0.001 : 0.01}}` },
    })),
  });

export const trainingSpec = z
  .strictObject({
    epochs: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(30)
      .meta({ description: 'Passes over the training rows. Default: 30.' }),
    batchSize: z.int().min(1).max(1_000_000).default(100).meta({ description: 'Rows a step. Default: 100.' }),
    optimizer: optimizerSpec.prefault({ type: 'adam' }),
    patience: z.int().min(1).default(30).meta({
      description:
        'Stops after so many epochs without a better validation NLL. The best epoch is the one kept. Default: 30.',
    }),
    weightDecay: z
      .number()
      .min(0)
      .default(0)
      .meta({ description: 'L2 penalty λ: adds λ·w to the gradient of each weight w. Default: 0.' }),
  })
  .meta({ description: 'How the model is trained: epochs, batch size, optimiser. Left out, every default applies.' });

export type OptimizerSpec = z.output<typeof optimizerSpec>;
export type TrainingSpec = z.output<typeof trainingSpec>;
