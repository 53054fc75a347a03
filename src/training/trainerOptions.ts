/** What a trainer is given, and whom it tells. */
import type { Backend } from '../backends/backend.ts';
import type { Dataset } from '../data/dataset.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { RunManifest } from '../runs/manifest.ts';
import type { EpochMetric, Metric } from '../runs/metrics.ts';
import type { RunFolder } from '../runs/runFolder.ts';
import type { Experiment } from '../spec/experiment.ts';
import type { TellActivity } from '../text/activity.ts';
import type { SavingIntervals } from './saver.ts';
import type { StepPrograms } from './stepPrograms.ts';
import type { Trainer } from './trainer.ts';

export interface TrainerCallbacks {
  /** New metrics in order, a few times a second; `from` counts the metrics of the run before them. */
  readonly onMetrics?: (from: number, metrics: readonly Metric[]) => void;
  readonly onManifest?: (manifest: RunManifest) => void;
  readonly onEpoch?: (metric: EpochMetric) => void | Promise<void>;
  /** What keeps the run from its next step; null when that is over. */
  readonly onActivity?: TellActivity;
  /** What is worth knowing about how the run is computed, in words. */
  readonly onNote?: (text: string) => void;
}

export interface TrainerOptions {
  readonly experiment: Experiment;
  readonly dataset: Dataset;
  readonly backend: Backend;
  /** The run's folder, its first manifest written. The trainer claims it until the run is over or disposed of. */
  readonly folder: RunFolder;
  /** Continue from the folder's last checkpoint. */
  readonly resume: boolean;
  /** Overrides the experiment's number of epochs. */
  readonly epochs?: number;
  /** Written into the manifest. */
  readonly identity: Pick<RunManifest, 'experiment' | 'experimentFile' | 'created'>;
  readonly callbacks?: TrainerCallbacks;
  /** Of a trial of a run that begins; the trainer's own from here on. */
  readonly programs?: StepPrograms;
  /** How often checkpoints are written. */
  readonly saving?: SavingIntervals;
  /** Awaited between batches of training and of validation: inspections run here. */
  readonly betweenBatches?: (trainer: Trainer) => void | Promise<void>;
}

/** Parameters, and the step and epoch that they are of. */
export interface ParametersOfStep {
  readonly step: number;
  readonly epoch: number;
  readonly parameters: NamedArrays;
}
