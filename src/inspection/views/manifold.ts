/** What the decoder makes of the latent space, place by place. */
import { latentsMissing, type ViewFacts } from './facts.ts';

export const manifold: ViewFacts = {
  label: 'Latent manifold',
  name: 'the latent manifold',
  frames: ['manifold', 'manifoldPoint'],
  missing: latentsMissing,
  coming: 'Decoding the latent space …',
  promise: 'the latent plane decoded, live under the pointer',
  promisedOf: 'latent',
  topic: {
    title: 'Latent manifold',
    paragraphs: [
      'The decoder turns every place z into a row, and places near each other into rows that are alike. With two latent variables the whole of it can be seen: a grid, even on the unit square, is led through the inverse of the Gaussian’s distribution function, so that every cell stands for the same share of what the prior draws (Kingma & Welling 2014, figure 4).',
      'What is drawn is E[x|z], the mean of p(x|z), and not a sample: where it is blurred the decoder is of two minds. A plane that looks the same everywhere is not used: the decoder has stopped listening to z, or to these two coordinates of it.',
      'The nearest training row beside a decoded one tells whether the decoder has learnt a row by heart. On the way between two kinds of rows there should be something in between, and no row of the training data is near.',
      'With more than two latent variables a plane is a thin slice: the prior hardly ever draws all others near 0. Held at what the encoder makes of a row, they are at a place that data come from.',
    ],
  },
};
