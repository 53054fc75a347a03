/** The `training` entry of an experiment: how long, how many rows at a time, by which optimiser. */
import * as z from 'zod';

const learningRate = (value: number) =>
  z.number().positive().max(100).default(value).meta({ description: 'Step size.' });

export const optimizerSpec = z
  .discriminatedUnion('type', [
    z
      .strictObject({
        type: z.literal('sgd'),
        learningRate: learningRate(0.01),
        momentum: z.number().min(0).lt(1).default(0).meta({ description: 'Share of the last update that is kept.' }),
        nesterov: z.boolean().default(false).meta({ description: "Nesterov's form of momentum." }),
      })
      .meta({ title: 'SGD', description: 'Stochastic gradient descent with momentum.' }),
    z
      .strictObject({
        type: z.literal('rmsprop'),
        learningRate: learningRate(0.001),
        decay: z.number().min(0).lt(1).default(0.9).meta({ description: 'Decay of the mean square.' }),
        momentum: z.number().min(0).lt(1).default(0),
        epsilon: z.number().positive().default(1e-8),
      })
      .meta({ title: 'RMSProp', description: 'Tieleman & Hinton 2012.' }),
    z
      .strictObject({
        type: z.literal('adagrad'),
        learningRate: learningRate(0.01),
        epsilon: z.number().positive().default(1e-6),
      })
      .meta({ title: 'Adagrad', description: 'Duchi, Hazan & Singer 2011.' }),
    z
      .strictObject({
        type: z.literal('adam'),
        learningRate: learningRate(0.001),
        beta1: z.number().min(0).lt(1).default(0.9),
        beta2: z.number().min(0).lt(1).default(0.999),
        epsilon: z.number().positive().default(1e-8),
      })
      .meta({ title: 'Adam', description: 'Kingma & Ba 2015.' }),
  ])
  .meta({ description: 'How gradients become steps.' });

export const trainingSpec = z
  .strictObject({
    epochs: z.int().min(1).max(1_000_000).default(30).meta({ description: 'Passes over the training rows.' }),
    batchSize: z.int().min(1).max(1_000_000).default(100).meta({ description: 'Rows a step.' }),
    optimizer: optimizerSpec.prefault({ type: 'adam' }),
    patience: z.int().min(1).default(30).meta({
      description: 'Stops after so many epochs without a better validation NLL. The best epoch is the one kept.',
    }),
    weightDecay: z.number().min(0).default(0).meta({ description: 'L2 penalty λ: adds λ·w to each gradient.' }),
  })
  .meta({ description: 'How the model is trained.' });

export type OptimizerSpec = z.output<typeof optimizerSpec>;
export type TrainingSpec = z.output<typeof trainingSpec>;
