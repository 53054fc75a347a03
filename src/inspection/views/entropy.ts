/** What every variable costs, given those before it. */
import { conditionalsMissing, type ViewFacts } from './facts.ts';

export const entropy: ViewFacts = {
  label: 'Conditional entropy',
  name: 'the conditional entropies',
  frames: ['entropy', 'rowSurprise'],
  // Of one row there is a picture.
  framesOf: ({ image }) => (image ? ['entropy', 'rowSurprise'] : ['entropy']),
  missing: conditionalsMissing,
  coming: 'Measuring what every variable costs, given those before it …',
  promise: null,
  topic: {
    title: 'Conditional entropy',
    paragraphs: [
      'The NLL is a sum over variables: log p(x) = Σ log p(x_d | x_<d). Its parts show where the nats go: which variables the model cannot foresee, and which are as good as known from those before them. Beside each stands what the variable would cost on its own; the difference is what the dependencies are worth.',
      'The entropy of a conditional is what it expects to cost. On rows that come from the model the mean cost and the mean entropy agree. On real rows a cost above the entropy tells of a model that is too sure of itself, as one is that has begun to learn the training rows by heart; a cost below it tells of one that hedges.',
      'The parts depend on the order: a variable that comes late is cheap because of what came before, and an early one dear, without being less predictable. Under several masks each order has parts of its own; an ensemble of them has an NLL, but no conditionals.',
      'Of images the parts of one row stand beside its picture: where the model was surprised, and where it had foreseen as much. The costliest row comes first; what a model finds strange is often strange.',
    ],
  },
};
