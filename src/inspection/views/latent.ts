/** What arrives at a flow's base, and what comes back from it. */
import { flowMissing, type ViewFacts } from './facts.ts';

export const latent: ViewFacts = {
  label: 'Latent traffic',
  name: 'the latent traffic',
  frames: ['latent', 'walk', 'heat'],
  missing: flowMissing,
  coming: 'Carrying rows to the base …',
  promise: 'u beside the base, and ways between rows',
  promisedOf: 'flow',
  topic: {
    title: 'Latent traffic',
    paragraphs: [
      'To fit a flow to x by maximum likelihood is to fit u = f(x) to the base: KL(data ‖ model) in x and in u are one number. If the model were perfect, u of the data would be drawn from the base. What is left of a misfit shows here, coordinate by coordinate: a histogram that is too narrow or off the middle, a QQ line that leaves the diagonal at its ends where tails are too heavy.',
      'The Kolmogorov–Smirnov distance is the largest gap between the two distribution functions. Draws from the base itself do not come to 0 either, but to about 0.87/√n; with many rows even a good model lies above that, and what matters is how far. That every coordinate fits by itself is not yet a fit of all together: correlations tell of pairs, samples of the whole.',
      'On a straight way between two rows u comes nearer to the origin than draws of a Gaussian of many variables ever are, and what is decoded there may look like no data. A great circle stays as far out as they are.',
      'At a temperature below 1 draws come nearer to the middle of the base. That is no sampling from the model at a higher density: where log|det| varies, rows that are nearer in u need not be more probable in x.',
    ],
  },
};
