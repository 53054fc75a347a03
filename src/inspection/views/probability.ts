/** The probabilities of everything that there can be, added up. */
import { MOST_INTEGRATED, notIntegrated } from '../probabilityFrame.ts';
import type { ViewFacts } from './facts.ts';

const OF_BOUNDS =
  'With latent variables a lower bound of log p(x) is scored, and bounds of all rows need not add up to 1; ' +
  '`lens evaluate --importance-samples` estimates log p(x) itself.';

export const probability: ViewFacts = {
  label: 'Total probability',
  name: 'the total probability',
  frames: ['probability'],
  missing: ({ model, dimension }) => {
    if (model?.latent !== undefined) return OF_BOUNDS;
    return model?.flow === undefined || dimension <= MOST_INTEGRATED ? null : notIntegrated(dimension);
  },
  coming: 'Adding up the probabilities of all rows that there can be …',
  promise: 'whether the probabilities of all rows add up to 1, and which rows carry them',
  promisedOf: 'likelihood',
  topic: {
    title: 'Total probability',
    paragraphs: [
      'A density gives all rows that there can be a probability of 1 together, with whatever weights. That is what makes its NLL a likelihood: to lower it for the data, the model has to take probability from other rows. With few variables all rows can be gone through, and the sum is the one check that nothing escapes: a leaking mask, a wrong normaliser and a copied answer all show in it.',
      'An autoencoder is the case in point. Its outputs see the very values that they are scored on and can copy them, so that exp(−loss) is near 1 for every row at once: the sum comes to many times 1, and the loss may fall far below any true NLL without a single row being predicted.',
      'Below the number: how few rows carry the probability, and the most probable rows beside how often they occur. A model that has learnt the data by heart has most of it on the training rows, and none to spare for others; KL(data ‖ model) says how many nats a row the model still wastes on the training rows’ own frequencies.',
      'Where there are too many rows, some variables that follow each other in the order take all their values while those before them are held fast: the product of their conditionals adds up to 1, too. Of real variables the density is integrated over a grid, whose ends and error are told.',
    ],
  },
};
