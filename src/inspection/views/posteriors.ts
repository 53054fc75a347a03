/** Where the encoder puts rows, beside the prior. */
import { latentsMissing, type ViewFacts } from './facts.ts';

export const posteriors: ViewFacts = {
  label: 'Posteriors',
  name: 'the posteriors',
  frames: ['posteriors'],
  missing: latentsMissing,
  coming: 'Encoding rows …',
  promise: 'where the encoder puts rows, beside the prior',
  promisedOf: 'latent',
  topic: {
    title: 'Posteriors',
    paragraphs: [
      'The encoder puts every row into the latent space as a cloud q(z|x), drawn here by its mean; pointed at, an ellipse goes one standard deviation around it. Rows that are alike should lie together, and labels, which the model has never seen, tell whether they do.',
      'Averaged over rows the clouds are the aggregated posterior. Samples begin with the prior N(0, I): where the aggregated posterior leaves gaps in it, the decoder has learnt nothing and draws rows that are like no data; where it reaches beyond, what has been learnt is hardly ever drawn.',
      'Standard deviations near 1 around means near 0 are the prior itself: such a coordinate tells nothing of its row.',
    ],
  },
};
