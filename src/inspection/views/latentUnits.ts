/** What each latent unit carries, and the bound in its parts. */
import { latentsMissing, type ViewFacts } from './facts.ts';

export const latentUnits: ViewFacts = {
  label: 'Latent units',
  name: 'the latent units',
  frames: ['latentUnits'],
  missing: latentsMissing,
  coming: 'Measuring each latent unit …',
  promise: 'the KL of each latent unit, and the bound in its parts',
  promisedOf: 'latent',
  topic: {
    title: 'Latent units',
    paragraphs: [
      'The bound pays for every nat that a row’s latents tell: KL(q(z|x) ‖ p(z)), unit by unit. A unit whose KL is 0 is the prior for every row and tells nothing. Often some are given up; when all are, the posterior has collapsed and the decoder works alone.',
      'A unit counts as active where its posterior mean moves with the row: Cov_x(E[z|x]) > 0.01 (Burda, Grosse & Salakhutdinov 2016). The cure for too few is a weaker decoder, “freeBits”, or a smaller “beta”, the weight of the KL, which here is the same throughout training.',
      'Every epoch keeps the KL of each unit, the two parts of the bound, active units and both variances with the metrics of the run: always of the same rows and the same noise, so that what changes are the weights.',
      'Reconstruction against KL: training first buys a better reconstruction with nats of KL, then saves on those that are not worth their price. One step to the right has to gain more than one nat of reconstruction.',
      'Estimator A draws all of the bound, estimator B takes the KL divergence in closed form. Both have the bound as their mean. Which varies less is measured here: B where the KL matters most, A where q(z|x) is nearly the true posterior, since log p(x, z) − log q(z|x) is then nearly the same for every z.',
    ],
  },
};
