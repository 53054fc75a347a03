/** The latent space along its axes, and between two rows. */
import { latentsMissing, type ViewFacts } from './facts.ts';

export const traversals: ViewFacts = {
  label: 'Latent traversals',
  name: 'the latent traversals',
  frames: ['traversals', 'walk'],
  missing: latentsMissing,
  coming: 'Decoding one coordinate after the other …',
  promise: null,
  topic: {
    title: 'Latent traversals',
    paragraphs: [
      'One latent coordinate goes through quantiles of the prior, the others stay where they are: what changes along its strip is what that coordinate says. A unit whose KL is next to 0 is the prior for every row; the decoder has learnt to take no notice of it, and nothing should change along its strip. Where something does all the same, the decoder listens to noise.',
      'What a strip shows depends on where the others are held. At 0 they are in the middle of the prior, where with many latents hardly any draw lies; held at what the encoder makes of a row, they show what each coordinate does to that row. Nothing makes single coordinates mean something by themselves: any rotation of z has the same prior.',
      'Between two rows: the means of their posteriors, and the places between, decoded. Draws of the prior of K variables lie about √K from the origin; a straight line comes nearer to the middle than they ever do, a great circle stays as far out as its ends (White 2016). Where rows on the line look washed out and those on the circle do not, that is why. The first and last places beside the rows themselves tell what encoding and decoding loses.',
    ],
  },
};
