/** Rows drawn from the model. */
import type { ViewFacts } from './facts.ts';

export const samples: ViewFacts = {
  label: 'Samples',
  name: 'the samples',
  frames: ['samples'],
  missing: ({ model }) =>
    model?.quantity.kind === 'loss'
      ? `This model (${model.type}) has no samples, because it is no density: there is nothing to draw from.`
      : null,
  coming: 'Drawing samples, one variable after the other …',
  promise: 'samples, drawn anew every epoch',
  topic: {
    title: 'Samples',
    paragraphs: [
      'Fantasies are drawn variable by variable in the model’s order, each from its conditional given those drawn before. They show at a glance what the likelihood averages away: a leak, a wrong order or a repeated sigmoid leaves good-looking curves and samples like noise.',
      'The grid is drawn with the same random numbers every epoch, so that what changes is the model. The temperature divides the logits: below 1 the samples come nearer to the modes.',
    ],
  },
};
