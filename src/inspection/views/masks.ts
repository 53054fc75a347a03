/** The masks, the paths that they leave open, and the Jacobian measured beside them. */
import { networkMissing, type ViewFacts } from './facts.ts';

export const masks: ViewFacts = {
  label: 'Masks & Jacobian',
  name: 'the masks',
  frames: ['connectivity', 'jacobian'],
  missing: networkMissing,
  coming: 'Reading the masks and measuring the Jacobian …',
  promise: 'the masks, the paths that they leave open, and the Jacobian measured beside them',
  promisedOf: 'network',
  topic: {
    title: 'Masks, paths and the Jacobian',
    paragraphs: [
      'The product of the masks counts the paths from every input to every output. In the model’s order it must fill the strict triangle exactly: nothing on or above the diagonal, or an output sees its own answer; nothing missing below it, or a dependency can never be learnt.',
      'The Jacobian is measured, not assumed: the mean over rows of |∂ pre-activation of output i / ∂ xⱼ| with the weights of this moment. What must be zero is exactly zero, and the rest shows which variables the model really uses.',
    ],
  },
};
