/**
 * The run that a session stands on: one that trains here, or one opened from disk. Both can be inspected, sampled and
 * diagnosed alike.
 */
import type { RunFacts } from '../inspection/diagnostics/context.ts';
import type { Chunked, InspectionSource } from '../inspection/source.ts';
import type { BatchMetric, EpochMetric, Metric } from '../runs/metrics.ts';
import type { RunManifest } from '../runs/manifest.ts';
import type { RunFolder } from '../runs/runFolder.ts';
import type { ParametersOfStep, Trainer } from '../training/trainer.ts';

export interface ActiveRun {
  readonly folder: RunFolder;
  readonly source: InspectionSource;
  /** The trainer at work, or null for a run that was opened. */
  readonly trainer: Trainer | null;
  readonly manifest: RunManifest;
  /** Whether batches are being trained at this moment. */
  readonly training: boolean;
  readonly facts: RunFacts;
  /** Parameters as plain arrays: those that frames show, or those of the best epoch. Yields between pieces of work. */
  parametersOf(which: 'current' | 'best'): Chunked<ParametersOfStep>;
  /** Ends training, with a checkpoint, and frees every tensor. */
  close(): Promise<void>;
}

/** Whether a run has come to its end; one that was stopped can go on. */
export function isOver({ state }: RunManifest): boolean {
  return state === 'finished' || state === 'failed';
}

/** Batches remembered for the diagnostics; of epochs all. */
const RECENT_BATCHES = 200;

/** The part of a run's metrics that diagnostics read, in bounded memory. */
export class MetricMemory {
  readonly #epochs: EpochMetric[] = [];
  #batches: BatchMetric[] = [];

  add(metrics: readonly Metric[]): void {
    for (const metric of metrics) {
      if (metric.type === 'epoch') this.#epochs.push(metric);
      else this.#batches.push(metric);
    }
    if (this.#batches.length > RECENT_BATCHES) this.#batches = this.#batches.slice(-RECENT_BATCHES);
  }

  get epochs(): readonly EpochMetric[] {
    return this.#epochs;
  }

  get all(): readonly Metric[] {
    return [...this.#batches, ...this.#epochs];
  }
}
