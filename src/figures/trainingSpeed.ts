/** How fast a run was trained, by what its metrics tell. */
import { median } from 'd3';
import type { EpochMetric, Metric } from '../runs/metrics.ts';
import { formatCount, formatValue } from './text.ts';

/** Rows a second in the middle one of all epochs: the first has to warm up, and others wait for whoever looks on. */
export function rowsPerSecondOf(metrics: readonly Metric[]): number | null {
  const epochs = metrics.filter((metric): metric is EpochMetric => metric.type === 'epoch');
  return median(epochs, ({ rowsPerSecond }) => rowsPerSecond) ?? null;
}

/** "4,720 rows/s" */
export function speedText(rowsPerSecond: number): string {
  return `${rowsPerSecond >= 100 ? formatCount(Math.round(rowsPerSecond)) : formatValue(rowsPerSecond)} rows/s`;
}
