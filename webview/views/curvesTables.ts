/** The learning curves as rows: epochs to read, every measurement to keep. */
import { SMOOTHING_BATCHES, smooth } from '../../src/figures/series.ts';
import { lossIn, lossUnitLabel, type LossUnit } from '../../src/figures/units.ts';
import type { PageModel, Table } from './view.ts';

type Metrics = PageModel['metrics'];

/** One row an epoch, the newest first. */
export function epochTable(metrics: Metrics, unit: LossUnit, dimension: number): Table {
  const label = lossUnitLabel(unit);
  const rows = metrics
    .filter((metric) => metric.type === 'epoch')
    .map((metric) => [
      metric.epoch,
      metric.step,
      lossIn(unit, metric.train, dimension),
      metric.validation === null ? null : lossIn(unit, metric.validation, dimension),
      metric.best ? 'best so far' : null,
      Math.round(metric.rowsPerSecond),
      metric.seconds,
    ]);
  return {
    columns: ['Epoch', 'Step', `Train NLL (${label})`, `Validation NLL (${label})`, 'Mark', 'Rows/s', 'Time (s)'],
    rows: rows.reverse(),
  };
}

/** Every minibatch and every epoch's end in the order in which they were measured. */
export function batchTable(metrics: Metrics, unit: LossUnit, dimension: number, smoothing = SMOOTHING_BATCHES): Table {
  const label = lossUnitLabel(unit);
  const raw = metrics.flatMap((metric) => (metric.type === 'batch' ? [lossIn(unit, metric.train, dimension)] : []));
  const smoothed = smooth(Float64Array.from(raw), smoothing);
  let batch = 0;
  return {
    columns: [
      'type',
      'epoch',
      'step',
      'seconds',
      `train (${label})`,
      `train smoothed over ${smoothing} (${label})`,
      `validation (${label})`,
      'mask',
    ],
    rows: metrics.map((metric) => {
      const place = [metric.type, metric.epoch, metric.step, metric.seconds] as const;
      const train = lossIn(unit, metric.train, dimension);
      if (metric.type === 'batch') return [...place, train, smoothed[batch++]!, null, metric.mask];
      const validation = metric.validation === null ? null : lossIn(unit, metric.validation, dimension);
      return [...place, train, null, validation, null];
    }),
  };
}
