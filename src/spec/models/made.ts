/** The `"type": "made"` entry of an experiment's `model` (Germain et al. 2015, "MADE"). */
import * as z from 'zod';

export const activationSpec = z.enum(['relu', 'tanh', 'sigmoid', 'softplus', 'elu']).meta({
  description: 'Nonlinearity g of every hidden layer, h = g(b + (W∘M)x).',
});

export const orderSpec = z.union([z.enum(['natural', 'reversed', 'random']), z.array(z.int().min(1)).min(1)]).meta({
  description:
    'Which variable comes first. `natural`: x₁, x₂, …; `reversed`; `random` (by the seed); or a list that gives ' +
    'each variable its position: entry d is the degree of input d, so the list is a permutation of 1 … D.',
});

export const degreesSpec = z.union([z.enum(['random', 'even']), z.array(z.array(z.int().min(0)).min(1)).min(1)]).meta({
  description:
    'Degrees of the hidden units: unit k of degree m sees the inputs of degree ≤ m. `random`: uniform from the ' +
    'smallest degree of the layer below to D−1; `even`: spread evenly over 1 … D−1; or one list per hidden layer.',
});

export const madeSpec = z
  .strictObject({
    type: z.literal('made'),
    hidden: z
      .array(z.int().min(1).max(65_536))
      .min(1)
      .max(16)
      .meta({ description: 'Units of each hidden layer, first to last, e.g. `[500, 500]`.' }),
    activation: activationSpec.default('relu'),
    order: orderSpec.default('natural'),
    degrees: degreesSpec.default('random'),
    masks: z
      .int()
      .min(1)
      .max(4096)
      .default(1)
      .meta({
        description:
          'Number of masks, cycled from minibatch to minibatch. At test time the model is their ensemble: the ' +
          'log of the mean of p(x) over the masks.',
      }),
    orderAgnostic: z.boolean().default(false).meta({
      description: 'With several masks: every mask has a random order of its own (order-agnostic training).',
    }),
    connectivityAgnostic: z.boolean().default(true).meta({
      description: 'With several masks: every mask draws new hidden degrees (connectivity-agnostic training).',
    }),
    direct: z.boolean().default(false).meta({
      description:
        'Adds a direct connection from inputs to outputs: a weight matrix A, strictly lower triangular in the order.',
    }),
  })
  .meta({
    title: 'MADE',
    description:
      'Masked autoencoder for distribution estimation: one pass gives every conditional p(x_d | x_<d) of binary data.',
  });

export type MadeSpec = z.output<typeof madeSpec>;
