/** How much the data vary along each coordinate of the latent space, as a flow's diagonal scaling tells. */
import { flowMissing, type ViewFacts } from './facts.ts';

export const spectrum: ViewFacts = {
  label: 'Scaling spectrum',
  name: 'the scaling spectrum',
  frames: ['spectrum'],
  missing(run) {
    const { model } = run;
    if (!model?.flow || model.flow.layers.some(({ kind }) => kind === 'scaling')) return flowMissing(run);
    return `This flow (${model.type}) has no diagonal scaling: there is no spectrum of it. NICE ends with one.`;
  },
  coming: 'Reading the scales …',
  promise: null,
  topic: {
    title: 'Scaling spectrum',
    paragraphs: [
      'Additive couplings keep every volume as it is. What gives NICE its density is the layer at the end, which multiplies each coordinate by S_dd: log p(x) gains Σ log S_dd. Training pays for every coordinate that is stretched with the base’s density there, and so S_dd comes to tell how narrowly the data lie along it: σ_d = 1/S_dd is the standard deviation that the model finds, in units of the base’s.',
      'Sorted, the σ are read as the spectrum of a principal component analysis: many small ones mean that the data lie near a surface of fewer dimensions, which the flow has unfolded. PCA of the training rows stands beside them: it knows flat surfaces only, so that a flow which has learnt something keeps fewer σ large.',
      'Unlike components, the σ belong to single variables of the data, whose places they continue through the couplings. A spectrum that stays flat at its start has not been trained, or its scales have a learning rate of nearly 0. One that runs off to 0 or ∞ has found a variable that never changes: its density grows without bound.',
    ],
  },
};
