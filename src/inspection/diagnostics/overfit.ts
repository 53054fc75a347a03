/** `overfit`: the validation NLL turns up while the training NLL goes on down. */
import type { EpochMetric } from '../../runs/metrics.ts';
import type { Outcome } from '../findings.ts';
import type { RunMoment } from './context.ts';
import { amount, count, diagnostic, finding, epochMeasure, notApplicable, ok, plural } from './outcome.ts';

const ID = 'overfit';
/** Epochs since the best one before a rise is more than a wobble. */
const MIN_EPOCHS = 3;
/** A rise counts when it is so many times the usual change from epoch to epoch on the way down … */
const NOISE_FACTOR = 2;
/** … and at least this share of the best NLL. */
const MIN_SHARE = 0.002;
/**
 * Epochs for which a rise that was seen stands, though single epochs wobble below it; a better epoch ends it at once. A
 * finding that comes and goes several times a second cannot be read.
 */
const STANDS = 10;

type Scored = EpochMetric & { readonly validation: number };

export const overfit = diagnostic({
  id: ID,
  needs: [],
  topic: {
    title: 'Overfitting',
    paragraphs: [
      'When the training NLL goes on falling while the validation NLL rises, the model spends its capacity on the training rows themselves. The likelihood of new rows, the only figure that counts, gets worse with every further epoch.',
      'The parameters of the best validation epoch are kept, and training stops by itself once the patience is used up. To move the turning point: fewer hidden units, weight decay, several masks, or more data.',
    ],
  },
  judge,
});

function judge(context: RunMoment): Outcome {
  const { name, unit } = epochMeasure(context.quantity);
  const say = (value: number) => amount(value, unit);
  const epochs = context.metrics
    .filter((metric): metric is EpochMetric => metric.type === 'epoch')
    .filter((metric): metric is Scored => metric.validation !== null && Number.isFinite(metric.validation));
  const last = epochs.at(-1);
  if (!last) return notApplicable(ID, 'no epoch has been scored on validation rows');

  const bestAt = epochs.reduce((best, epoch, i) => (epoch.validation < epochs[best]!.validation ? i : best), 0);
  const best = epochs[bestAt]!;
  const since = epochs.slice(bestAt);
  const ends = Array.from({ length: STANDS }, (_, back) => since.length - back);
  const seen = ends.find((end) => isRise(since.slice(0, Math.max(0, end))));
  if (seen === undefined) return ok(ID);

  // Of the epoch in which it was seen last: those of a wobble since would contradict what is said.
  const shown = since[seen - 1]!;
  const rise = shown.validation - best.validation;
  const slope = slopeOf(since.slice(0, seen).slice(-MIN_EPOCHS - 1));

  return finding(ID, context, {
    severity: 'warning',
    title: `Validation ${name} has risen by ${say(rise)} since epoch ${count(best.epoch)}`,
    explanation:
      'The model now learns the training rows by heart: it still improves on them and gets worse on rows that it has ' +
      'not seen. The parameters of the best epoch are the ones kept, so stopping loses nothing; fewer hidden units, ' +
      'weight decay or several masks (“masks”: 32) move the turning point.',
    evidence: [
      {
        label: `Validation ${name}`,
        value: `${say(best.validation)} at epoch ${count(best.epoch)}, ${say(shown.validation)} at epoch ${count(shown.epoch)}`,
      },
      {
        label: `Training ${name}`,
        value: `${say(best.train)} then, ${say(shown.train)} at epoch ${count(shown.epoch)}`,
      },
      { label: 'Gap between them', value: say(shown.validation - shown.train) },
      { label: `Slope over the ${plural(MIN_EPOCHS + 1, 'epoch')} up to it`, value: `+${say(slope)} an epoch` },
    ],
    view: 'curves',
  });
}

/** Whether the validation NLL has turned up by the last of these epochs, the first being the best. */
function isRise(since: readonly Scored[]): boolean {
  if (since.length <= MIN_EPOCHS) return false;
  const [best, last] = [since[0]!, since.at(-1)!];
  const rise = last.validation - best.validation;
  return (
    rise > Math.max(MIN_SHARE * Math.abs(best.validation), NOISE_FACTOR * wobble(since)) &&
    slopeOf(since.slice(-MIN_EPOCHS - 1)) > 0 &&
    last.train < best.train
  );
}

/** Least-squares slope of the validation NLL per epoch. */
function slopeOf(epochs: readonly Scored[]): number {
  const middle = (epochs.length - 1) / 2;
  const spread = epochs.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return epochs.reduce((sum, { validation }, i) => sum + (i - middle) * validation, 0) / spread;
}

/** Median size of those changes that go down after the best epoch: in a steady rise there are none. */
function wobble(epochs: readonly Scored[]): number {
  const falls = epochs
    .slice(1)
    .map(({ validation }, i) => epochs[i]!.validation - validation)
    .filter((fall) => fall > 0)
    .sort((a, b) => a - b);
  return falls[Math.floor(falls.length / 2)] ?? 0;
}
