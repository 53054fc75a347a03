/** The learning curves. */
import type { ViewFacts } from './facts.ts';

export const curves: ViewFacts = {
  label: 'Curves',
  name: 'the curves',
  frames: [],
  missing: () => null,
  coming: 'The curves begin with the first batch.',
  promise: 'the learning curves, train and validation',
  topic: {
    title: 'Learning curves',
    paragraphs: [
      'The negative log-likelihood (NLL) is what the model is trained to lower: the number of nats that it needs to describe one row. The training curve is measured on the minibatches as they pass, the validation curve on rows that are never trained on.',
      'The gap between the two tells learning from memorising. The best epoch is the one with the lowest validation NLL; its parameters are the ones that are kept and scored on the test rows.',
      'Against training samples evaluated, ways to learn compare whatever their minibatches are: every row counts as often as it was in one. On a logarithmic axis the first thousand are seen beside the last million, as in the figures of Kingma & Welling (2014).',
      'An NLL may be negative for continuous data, where a density can exceed 1; the axis is logarithmic only where every value is positive.',
    ],
  },
};
