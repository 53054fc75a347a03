/** The learning curves as rows: epochs to read, every measurement to keep. */
import { SMOOTHING_BATCHES, smooth } from '../../src/figures/series.ts';
import { lossScale, type LossUnit } from '../../src/figures/units.ts';
import type { MeasuredQuantity } from '../../src/text/measure.ts';
import type { PageModel, Table } from './view.ts';

type Metrics = PageModel['metrics'];

/** One row an epoch, the newest first. */
export function epochTable(metrics: Metrics, unit: LossUnit, dimension: number, quantity?: MeasuredQuantity): Table {
  const { name, unit: label, of } = lossScale(unit, dimension, quantity);
  const rows = metrics
    .filter((metric) => metric.type === 'epoch')
    .map((metric) => [
      metric.epoch,
      metric.step,
      metric.rows ?? null,
      of(metric.train),
      metric.validation === null ? null : of(metric.validation),
      metric.best ? 'best so far' : null,
      Math.round(metric.rowsPerSecond),
      metric.seconds,
    ]);
  return {
    columns: [
      'Epoch',
      'Step',
      'Rows seen',
      `Train ${name}, mean over the epoch (${label})`,
      `Validation ${name} (${label})`,
      'Mark',
      'Rows/s',
      'Time (s)',
    ],
    rows: rows.reverse(),
  };
}

/** Every minibatch and every epoch's end in the order in which they were measured. */
export function batchTable(
  metrics: Metrics,
  unit: LossUnit,
  dimension: number,
  smoothing = SMOOTHING_BATCHES,
  quantity?: MeasuredQuantity,
): Table {
  const { unit: label, of } = lossScale(unit, dimension, quantity);
  const raw = metrics.flatMap((metric) => (metric.type === 'batch' ? [of(metric.train)] : []));
  const smoothed = smooth(Float64Array.from(raw), smoothing);
  let batch = 0;
  return {
    columns: [
      'type',
      'epoch',
      'step',
      'rows',
      'seconds',
      `train (${label})`,
      `train smoothed over ${smoothing} (${label})`,
      `validation (${label})`,
      'mask',
    ],
    rows: metrics.map((metric) => {
      const place = [metric.type, metric.epoch, metric.step, metric.rows ?? null, metric.seconds] as const;
      const train = of(metric.train);
      if (metric.type === 'batch') return [...place, train, known(smoothed[batch++]!), null, metric.mask];
      const validation = metric.validation === null ? null : of(metric.validation);
      return [...place, train, null, validation, null];
    }),
  };
}

/** The smoothed curve ends before the last minibatches, and has gaps where one is not finite. */
const known = (value: number) => (Number.isFinite(value) ? value : null);
