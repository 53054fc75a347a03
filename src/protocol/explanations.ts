/** "Why does this matter?": what each diagnostic and each view is for, told to somebody who meets it first. */
import type { DiagnosticId } from '../inspection/findings.ts';
import type { ViewId } from '../inspection/frames.ts';

export type TopicId = DiagnosticId | ViewId;

export interface Topic {
  readonly title: string;
  /** Plain text, one entry a paragraph. */
  readonly paragraphs: readonly string[];
}

export const explanations: Readonly<Record<TopicId, Topic>> = {
  curves: {
    title: 'Learning curves',
    paragraphs: [
      'The negative log-likelihood (NLL) is what the model is trained to lower: the number of nats that it needs to describe one row. The training curve is measured on the minibatches as they pass, the validation curve on rows that are never trained on.',
      'The gap between the two tells learning from memorising. The best epoch is the one with the lowest validation NLL; its parameters are the ones that are kept and scored on the test rows.',
      'An NLL may be negative for continuous data, where a density can exceed 1; the axis is logarithmic only where every value is positive.',
    ],
  },
  connectivity: {
    title: 'Connectivity',
    paragraphs: [
      'Every unit carries a degree. An input’s degree is its position in the order; a hidden unit of degree m may see inputs of degree up to m; the output for the variable of degree d may listen to hidden units of degree below d. So each output sees only variables that come earlier, and the product of the conditionals is a true probability.',
      'A weight that the masks remove is not drawn. Point at a unit to see all that it depends on and all that depends on it: for a sound model the way back from an output ends before its own input.',
    ],
  },
  masks: {
    title: 'Masks, paths and the Jacobian',
    paragraphs: [
      'The product of the masks counts the paths from every input to every output. In the model’s order it must fill the strict triangle exactly: nothing on or above the diagonal, or an output sees its own answer; nothing missing below it, or a dependency can never be learnt.',
      'The Jacobian is measured, not assumed: the mean over rows of |∂ pre-activation of output i / ∂ xⱼ| with the weights of this moment. What must be zero is exactly zero, and the rest shows which variables the model really uses.',
    ],
  },
  samples: {
    title: 'Samples',
    paragraphs: [
      'Fantasies are drawn variable by variable in the model’s order, each from its conditional given those drawn before. They show at a glance what the likelihood averages away: a leak, a wrong order or a repeated sigmoid leaves good-looking curves and samples like noise.',
      'The grid is drawn with the same random numbers every epoch, so that what changes is the model. The temperature divides the logits: below 1 the samples come nearer to the modes.',
    ],
  },
  'future-leak': {
    title: 'Outputs that see the future',
    paragraphs: [
      'An autoregressive model is a density only because p(x_d | x_<d) does not depend on x_d or on anything after it. If one path leads from a variable to its own output, the network can copy the answer: the loss falls far below any true NLL, the “probabilities” of all rows no longer sum to 1, and samples, for which the answer is not there to be copied, are garbage.',
      'It happens when output degrees are drawn independently of the inputs’, when the output mask has ≥ instead of >, or when one path (a direct connection, a residual) forgets its mask. The learning curve looks better than ever, which is why the check is made on the masks, on the measured Jacobian and, for few binary variables, on the sum over every possible row.',
    ],
  },
  'lost-dependency': {
    title: 'Dependencies that got lost',
    paragraphs: [
      'Masks that are too strict give a true density, but one in which some outputs cannot use variables that they may use. A strict triangular mask in every layer is the usual mistake: with L layers an output then sees only inputs at a distance of at least L, and with two layers and two variables nothing at all.',
      'Random degrees lose a few pairs as well: if no hidden unit has degree m, then the variable at position m is invisible to the output that follows it. Even degrees, more units, several masks or a direct connection bring such pairs back.',
    ],
  },
  'dead-units': {
    title: 'Hidden units that do nothing',
    paragraphs: [
      'A hidden unit that no input reaches, or that reaches no output, costs time and memory and carries nothing; its weights never get a gradient. Degrees given by hand, or random degrees whose largest value is missing in the next layer, produce such units.',
      'A ReLU unit that is off in every row of the data is dead in another way: its gradient is 0, so it stays off. Large steps early in training kill units, and units that see only constant columns never wake.',
    ],
  },
  'above-baseline': {
    title: 'Worse than no model at all',
    paragraphs: [
      'Independent Bernoullis are the simplest model there is: each variable has its own probability, counted from the training rows. Anything that has learnt a dependency describes the same rows in fewer nats.',
      'A model above that line after some epochs is broken rather than weak: a sigmoid applied to what is a probability already, a loss averaged over variables where it should be summed, a mask that cuts everything off, data in another range than the likelihood expects, or a learning rate far off.',
    ],
  },
  'constant-columns': {
    title: 'Columns that never change',
    paragraphs: [
      'The best prediction for a column with one value is certainty, so its logit grows without bound. It adds nothing to the NLL as long as the column keeps still, and a single later row that differs can cost tens of nats and spoil a test score.',
      'Columns that repeat another column are predicted for free by a model that sees the first of them: the NLL per variable looks better than what was learnt about the data.',
    ],
  },
  overfit: {
    title: 'Overfitting',
    paragraphs: [
      'When the training NLL goes on falling while the validation NLL rises, the model spends its capacity on the training rows themselves. The likelihood of new rows, the only figure that counts, gets worse with every further epoch.',
      'The parameters of the best validation epoch are kept, and training stops by itself once the patience is used up. To move the turning point: fewer hidden units, weight decay, several masks, or more data.',
    ],
  },
  nan: {
    title: 'Numbers that are none',
    paragraphs: [
      'A NaN or an infinity spreads: one of them in a gradient makes every parameter NaN with the next step. So the first one is trapped, named with its step, layer, tensor and row, and training ends before it overwrites good parameters.',
      'Too large a learning rate is the usual reason; a row with a value outside the likelihood’s range, or an exponential that overflows, are others.',
    ],
  },
  frozen: {
    title: 'Parameters that do not move',
    paragraphs: [
      'Every parameter should receive a gradient, and its update should be large enough to change it. A gradient of exactly 0 means that the path from the parameter to the likelihood is cut: its weights are masked out, or the units behind it are dead.',
      'An update smaller than the rounding of float32 (about 6·10⁻⁸ of the value) is lost altogether. Both look like convergence in the learning curve.',
    ],
  },
};

export function isTopic(topic: string): topic is TopicId {
  return Object.hasOwn(explanations, topic);
}
