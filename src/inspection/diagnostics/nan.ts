/** `nan`: the computation left the finite numbers. Says where it happened first. */
import type { Outcome } from '../findings.ts';
import type { RunMoment } from './context.ts';
import { count, diagnostic, finding, notMeasured, ok } from './outcome.ts';

const ID = 'nan';

export const nan = diagnostic({
  id: ID,
  needs: [],
  topic: {
    title: 'Numbers that are none',
    paragraphs: [
      'A NaN or an infinity spreads: one of them in a gradient makes every parameter NaN with the next step. So the first one is trapped, named with its step, layer, tensor and row, and training ends before it overwrites good parameters.',
      'Too large a learning rate is the usual reason; a row with a value outside the likelihood’s range, or an exponential that overflows, are others.',
    ],
  },
  judge,
});

function judge(context: RunMoment): Outcome {
  const { failure, metrics } = context;
  const bad = metrics.find(
    (metric) =>
      !Number.isFinite(metric.train) ||
      (metric.type === 'epoch' && metric.validation !== null && !Number.isFinite(metric.validation)),
  );
  if (!failure && !bad) {
    return metrics.length === 0 && context.step === 0 ? notMeasured(ID, 'no step has been taken yet') : ok(ID);
  }
  const step = failure?.step ?? bad?.step ?? context.step;
  return finding(ID, context, {
    severity: 'error',
    title: failure
      ? `${failure.value} in ${failure.tensor} at step ${count(step)}`
      : `The NLL is not a finite number at step ${count(step)}`,
    explanation:
      (failure?.split
        ? 'The parameters are finite; what they make of this row is not, so training was stopped. '
        : 'From this step on every parameter is spoilt, so training was stopped; the checkpoints before it are good. ') +
      'Most often the learning rate is too large: divide it by 10. Otherwise look at the row of data named here, and ' +
      'at scales that overflow in exp.',
    evidence: [
      { label: 'Step', value: count(step) },
      ...(failure
        ? [
            { label: 'Layer', value: failure.layer },
            { label: 'Tensor', value: failure.tensor },
            { label: 'Value', value: failure.value },
            {
              label: `Row of the ${failure.split ?? 'training'} data`,
              value: failure.row === null ? 'none: the tensor belongs to no row' : count(failure.row + 1),
            },
          ]
        : []),
    ],
    view: 'curves',
  });
}
