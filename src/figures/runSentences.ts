/** What samples and learning curves say, in words computed from the data. */
import { sampleEntries, type SamplesFrame } from '../inspection/frames.ts';
import type { RunManifest } from '../runs/manifest.ts';
import type { Metric } from '../runs/metrics.ts';
import { formatCount, formatFixed, formatValue, plural } from './text.ts';
import { recentTrain } from './series.ts';
import { hasEntry } from './sampleMarks.ts';
import { lossScale, type LossScale, type LossUnit } from './units.ts';

/** @param live whether the model trains, so that a newer grid will come. */
export function samplesReading(frame: SamplesFrame, live = false): string {
  const given = hasEntry(frame, 'given');
  const shown = frame.drawn === undefined ? '' : `, the first ${formatCount(frame.rows)} shown`;
  const what = `${plural(frame.drawn ?? frame.rows, 'row')} ${given ? 'completed by' : 'drawn from'} the model${shown}`;
  const when = `epoch ${formatFixed(frame.epoch, Number.isInteger(frame.epoch) ? 0 : 2)}, step ${formatCount(frame.step)}`;
  const which = frame.ensemble ? `all ${frame.maskCount} masks` : `mask ${frame.mask + 1} of ${frame.maskCount}`;
  const mask = frame.maskCount > 1 ? `, ${which}` : '';
  const how = frame.request
    ? `, seed ${frame.request.seed}, temperature ${formatValue(frame.request.temperature)}`
    : live
      ? ', refreshed every epoch'
      : '';
  return `${what}: ${when}${mask}${how}.${given ? ` ${givenSentence(frame)}` : ''}`;
}

/** How much was given: "392 of 784 variables of each row were given, and are outlined; the rest is drawn …". */
function givenSentence({ entries, rows, dimension }: SamplesFrame): string {
  const counts = Array.from({ length: rows }, (_, row) =>
    entries!
      .subarray(row * dimension, (row + 1) * dimension)
      .reduce((n, e) => n + (e === sampleEntries.given ? 1 : 0), 0),
  );
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const many = least === most ? formatCount(least) : `${formatCount(least)} to ${formatCount(most)}`;
  return `${many} of ${formatCount(dimension)} variables of each row were given and are outlined; the rest is drawn from p(rest | given).`;
}

/** What a run tells of its model, as far as it says what its curves show. */
type Trained = RunManifest['model'];

/** How the curves stand: lowest validation NLL, or loss, when, and how long ago; and whether they are estimates. */
export function curvesReading(metrics: readonly Metric[], unit: LossUnit, dimension: number, model?: Trained): string {
  const estimate = metrics.length > 0 ? model?.quantity.estimate : undefined;
  const reading = readingOf(metrics, lossScale(unit, dimension, model?.quantity), {
    estimate: estimate !== undefined,
    ofBatch: model?.flow?.layers.some(({ kind }) => kind === 'batch-norm') ?? false,
  });
  const descent = metrics.length > 0 ? model?.quantity.descent : undefined;
  if (descent) return `${reading} Training goes by ${descent}; what is shown is the bound itself.`;
  if (!estimate) return reading;
  return model?.validation === 'estimate'
    ? `${reading} Both are the ${estimate} that training lowers, drawn at random; the scores at the end are exact, of the ensemble.`
    : `${reading} Train is the ${estimate} that training lowers, drawn at random; validation is exact.`;
}

interface Measured {
  /** Whether train is a loss that is drawn at random. */
  readonly estimate: boolean;
  /** Whether training normalises by the rows of a batch. */
  readonly ofBatch: boolean;
}

function readingOf(metrics: readonly Metric[], scale: LossScale, { estimate, ofBatch }: Measured): string {
  const { name, text } = scale;
  let epochs = 0;
  let batches = 0;
  let lastTrain: number | null = null;
  let best: { epoch: number; nats: number } | null = null;
  let lastEpochTrain: number | null = null;
  let lastValidation: number | null = null;
  for (const metric of metrics) {
    if (metric.type === 'batch') {
      batches++;
      lastTrain = metric.train;
      continue;
    }
    epochs = Math.max(epochs, metric.epoch);
    lastEpochTrain = metric.train;
    lastValidation = metric.validation;
    if (metric.validation !== null && (best === null || metric.validation < best.nats)) {
      best = { epoch: metric.epoch, nats: metric.validation };
    }
  }
  if (best !== null) {
    const ago = epochs - best.epoch;
    const since = ago === 0 ? 'the latest' : `${plural(ago, 'epoch')} ago`;
    const gap = lastValidation === null ? '' : gapSentence(metrics, lastValidation, { scale, estimate, ofBatch });
    return `Validation ${name} is lowest at epoch ${best.epoch}, ${since}: ${text(best.nats)}.${gap}`;
  }
  if (lastEpochTrain !== null)
    return `Train ${name} after ${plural(epochs, 'epoch')}: ${text(lastEpochTrain)}, the mean over the last one as the parameters moved. There are no validation rows.`;
  if (lastTrain !== null)
    return `No epoch has ended yet: train ${name} ${text(lastTrain)} in the last of ${plural(batches, 'batch', 'batches')}.`;
  return 'Nothing measured yet.';
}

/** The latest validation against the latest minibatches, as the head of the page shows them, and what sets them apart. */
function gapSentence(
  metrics: readonly Metric[],
  validation: number,
  { scale, estimate, ofBatch }: Measured & { readonly scale: LossScale },
): string {
  const train = recentTrain(metrics);
  if (train === null || !Number.isFinite(validation - train.mean)) return '';
  const gap = Math.abs(validation - train.mean);
  const level = scale.number(gap) === scale.number(0);
  const stands = level ? 'is as low as' : `lies ${scale.text(gap)} ${validation > train.mean ? 'above' : 'below'}`;
  const over = train.batches === 1 ? 'the last minibatch' : `the mean of the last ${train.batches} minibatches`;
  const masks = new Set(metrics.flatMap((metric) => (metric.type === 'batch' ? [metric.mask] : [])));
  const apart =
    masks.size > 1 && !estimate
      ? ' Train is of one mask at a time, validation of the masks’ ensemble, which is never worse than their mean.'
      : ofBatch
        ? ' Train is with every batch normalised by its own rows, validation by the statistics of all training rows: that alone sets them apart, most with small batches.'
        : '';
  return ` Validation ${stands} train, ${over}.${apart}`;
}
