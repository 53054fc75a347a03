/** Rows, what comes of encoding and decoding them, and rows from nothing. */
import { latentsMissing, type ViewFacts } from './facts.ts';

export const reconstructions: ViewFacts = {
  label: 'Reconstructions',
  name: 'the reconstructions',
  frames: ['reconstructions'],
  missing: latentsMissing,
  coming: 'Encoding and decoding rows …',
  promise: 'originals beside what comes of them',
  promisedOf: 'latent',
  topic: {
    title: 'Reconstructions',
    paragraphs: [
      'A row is encoded into the mean of its posterior and decoded again. What is lost is what K numbers could not hold, or what was not worth its nats of KL. Reconstructions alone tell little of a model: an autoencoder without a prior has better ones and cannot draw a row.',
      'Samples begin with z from the prior. If they look worse than reconstructions, the prior draws places that the encoder never uses.',
      'All reconstructions alike, and like the mean of the data, are posterior collapse.',
    ],
  },
};
