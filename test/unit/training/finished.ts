/** Runs to their end, and the metrics of them, for the tests of the trainer. */
import { expect } from 'vitest';
import type { BatchMetric, EpochMetric, Metric } from '../../../src/runs/metrics.ts';
import type { Trainer } from '../../../src/training/trainer.ts';

export const batches = (metrics: readonly Metric[]) => metrics.filter((m): m is BatchMetric => m.type === 'batch');
export const epochs = (metrics: readonly Metric[]) => metrics.filter((m): m is EpochMetric => m.type === 'epoch');

export async function finished(trainer: Trainer) {
  const manifest = await trainer.run();
  expect(manifest.reason === null || manifest.state === 'finished', manifest.reason ?? '').toBe(true);
  const { folder } = trainer;
  return { manifest, folder, metrics: await folder.readMetrics() };
}
