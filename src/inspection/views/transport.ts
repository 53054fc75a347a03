/** How a flow of two variables moves probability, layer by layer. */
import { flowMissing, type ViewFacts } from './facts.ts';

export const transport: ViewFacts = {
  label: 'Transport',
  name: 'the transport',
  frames: ['transport'],
  missing(run) {
    const missing = flowMissing(run);
    if (missing !== null || run.dimension === 2) return missing;
    return `Places in a plane are shown of flows of 2 variables; this one has ${run.dimension}. Latent traffic shows its u coordinate by coordinate.`;
  },
  coming: 'Carrying rows and a grid through the layers …',
  promise: null,
  topic: {
    title: 'Transport',
    paragraphs: [
      'A flow is a way of moving rows: layer by layer from where the data are to where the base has its probability. What a layer does to the plane is all that it does. Couplings and autoregressive layers move points along one axis at a time, permutations turn the plane over, scalings and normalisations stretch it.',
      'Where the grid is squeezed, log|det| is below 0 and density is lost on the way to u; where it is drawn apart, density is gained. log p(x) is the base’s log density at u and the sum of these: the table beside the plane has it for any row.',
      'The contours at each stage are of the model’s density there, as the layers after it have it: at x the model’s own, at u the base’s. Rows that fill them evenly are a good fit, at every stage alike. A ridge between two clusters is what a flow leaves that cannot tear the plane apart: it is invertible and smooth.',
      'Points keep the colour of their place in u. Colours that lie torn or folded in x are where the map is steep; two neighbours of different colours there have far-off u, and interpolations between them lead a long way round.',
    ],
  },
};
