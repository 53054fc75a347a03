/**
 * `above-baseline`: the model is worse than each variable on its own. A model that has learnt anything is below that, so
 * something is wrong: a sigmoid applied twice, a wrong loss, wrong data, a learning rate far off.
 */
import type { EpochMetric } from '../../runs/metrics.ts';
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { diagnostic, finding, nats, notApplicable, ok } from './outcome.ts';

const ID = 'above-baseline';
/** Standard errors of the baseline's own figure that do not count. */
const MARGIN = 2;
/** Until then a slow start is no mistake. */
const EARLY_EPOCHS = 3;

export const aboveBaseline = diagnostic({
  id: ID,
  needs: ['baseline', 'score'],
  topic: {
    title: 'Worse than no model at all',
    paragraphs: [
      'Independent Bernoullis are the simplest model there is: each variable has its own probability, counted from the training rows. Anything that has learnt a dependency describes the same rows in fewer nats.',
      'A model above that line after some epochs is broken rather than weak: a sigmoid applied to what is a probability already, a loss averaged over variables where it should be summed, a mask that cuts everything off, data in another range than the likelihood expects, or a learning rate far off.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'baseline' | 'score'>): Outcome {
  const { baseline, quantity } = context;
  if (quantity.kind === 'loss') return notApplicable(ID, `the ${quantity.name} of this model is no likelihood`);
  if (!baseline) return notApplicable(ID, 'no baseline in closed form is known for this kind of data');
  const epochs = context.metrics.filter((metric): metric is EpochMetric => metric.type === 'epoch');
  const last = epochs.at(-1);
  const scored = baseline.split === 'validation' ? last?.validation : last?.train;
  const measured = scored ?? (context.score?.split === baseline.split ? context.score.nats : null);
  if (measured === null) return notApplicable(ID, 'no epoch has been finished yet');
  if (Number.isNaN(measured)) return notApplicable(ID, 'the NLL is not a number');
  const excess = measured - baseline.nats;
  if (excess <= MARGIN * baseline.standardError) return ok(ID);

  return finding(ID, context, {
    severity: context.epoch < EARLY_EPOCHS ? 'info' : 'error',
    title: `NLL ${nats(measured)} is above the baseline's ${nats(baseline.nats)}`,
    explanation:
      `${baseline.name}, fitted in closed form to the training rows, explain the same rows better than this model. ` +
      (context.epoch < EARLY_EPOCHS
        ? 'After so few epochs that may be no more than a slow start.'
        : 'Look for a sigmoid applied twice, a loss with the wrong sign or averaged where it should be summed, columns ' +
          'that do not belong together, or a learning rate that is far too large or too small.'),
    evidence: [
      { label: `NLL of the model, ${baseline.split} rows`, value: nats(measured) },
      {
        label: `NLL of ${lower(baseline.name)}`,
        value: `${nats(baseline.nats)} ± ${baseline.standardError.toFixed(3)}`,
      },
      { label: 'Above it by', value: nats(excess) },
      { label: 'Epochs done', value: context.epoch.toFixed(1) },
    ],
    view: 'curves',
  });
}

const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
