/** "Why does this matter?": what each view is for, told to somebody who meets it first; and the diagnostics' own. */
import { diagnostics } from '../inspection/diagnostics/index.ts';
import type { DiagnosticId, Topic } from '../inspection/findings.ts';
import type { ViewId } from '../inspection/frames.ts';

export type TopicId = DiagnosticId | ViewId;

const views: Readonly<Record<ViewId, Topic>> = {
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
};

const ofDiagnostics = Object.fromEntries(Object.values(diagnostics).map(({ id, topic }) => [id, topic])) as Record<
  DiagnosticId,
  Topic
>;

export const explanations: Readonly<Record<TopicId, Topic>> = { ...views, ...ofDiagnostics };

export function isTopic(topic: string): topic is TopicId {
  return Object.hasOwn(explanations, topic);
}
