/**
 * `above-baseline`: the model is worse than each variable on its own. A model that has learnt anything is below that, so
 * something is wrong: a sigmoid applied twice, a wrong loss, wrong data, a learning rate far off.
 */
import type { EpochMetric } from '../../runs/metrics.ts';
import type { Outcome } from '../findings.ts';
import type { DiagnosticContext } from './context.ts';
import { type Diagnostic, finding, nats, notApplicable, ok } from './outcome.ts';

const ID = 'above-baseline';
/** Standard errors of the baseline's own figure that do not count. */
const MARGIN = 2;
/** Until then a slow start is no mistake. */
const EARLY_EPOCHS = 3;

export const aboveBaseline: Diagnostic = { id: ID, judge };

function judge(context: DiagnosticContext): Outcome {
  const { baseline } = context;
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
