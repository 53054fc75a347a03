/** Trains one model: minibatches, validation, checkpoints, pause and resume. */
import type { Backend } from '../backends/backend.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import type { RunManifest } from '../runs/manifest.ts';
import type { EpochMetric, Metric } from '../runs/metrics.ts';
import type { RunFolder } from '../runs/runFolder.ts';
import type { Experiment } from '../spec/experiment.ts';

export interface TrainerCallbacks {
  /** New metrics in order, a few times a second; `from` counts the metrics of the run before them. */
  readonly onMetrics?: (from: number, metrics: readonly Metric[]) => void;
  readonly onManifest?: (manifest: RunManifest) => void;
  readonly onEpoch?: (metric: EpochMetric) => void | Promise<void>;
}

export interface TrainerOptions {
  readonly experiment: Experiment;
  readonly dataset: Dataset;
  readonly backend: Backend;
  readonly folder: RunFolder;
  /** Continue from the folder's last checkpoint. */
  readonly resume: boolean;
  /** Overrides the experiment's number of epochs. */
  readonly epochs?: number;
  /** Written into the manifest of a new run. */
  readonly identity: Pick<RunManifest, 'experiment' | 'experimentFile' | 'created'>;
  readonly callbacks?: TrainerCallbacks;
  /** Awaited between batches, and in turn while paused: inspections run here. */
  readonly betweenBatches?: (trainer: Trainer) => void | Promise<void>;
}

/** Norms of the last measured step, by parameter. */
export interface ParameterNorms {
  readonly step: number;
  readonly byParameter: Readonly<
    Record<string, { readonly value: number; readonly gradient: number; readonly update: number }>
  >;
}

/** Where a computation first left the finite numbers. */
export interface NonFiniteReport {
  readonly step: number;
  /** Name of the intermediate result, as {@link Model.activations} names it, or `parameter/gradient` names. */
  readonly layer: string;
  readonly tensor: string;
  /** Row of the training data, or null where the tensor has none (a parameter). */
  readonly row: number | null;
  /** "NaN", "Infinity", "-Infinity". */
  readonly value: string;
}

export class Trainer {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly backend: Backend;

  private constructor(options: TrainerOptions, model: Model) {
    this.model = model;
    this.dataset = options.dataset;
    this.backend = options.backend;
  }

  /** @throws DataError when the data do not fit the model, RangeError when the model is too large for the backend. */
  static create(options: TrainerOptions): Promise<Trainer> {
    return Promise.reject(new Error(`not built yet: ${options.backend.name}`));
  }

  get manifest(): RunManifest {
    throw new Error('not built yet');
  }
  /** Current parameters. The trainer owns them: they are disposed by the next step, so use them before yielding. */
  get parameters(): NamedTensors {
    throw new Error('not built yet');
  }
  /** Parameters of the best epoch, or the current ones before the first; read from the checkpoint. The caller disposes. */
  bestParameters(): Promise<NamedTensors> {
    throw new Error('not built yet');
  }
  get stepsDone(): number {
    throw new Error('not built yet');
  }
  /** Epochs done, as a fraction. */
  get epoch(): number {
    throw new Error('not built yet');
  }
  /** Mask of the last step. */
  get mask(): number {
    throw new Error('not built yet');
  }
  /** Rows a second over the last seconds of training. */
  get rowsPerSecond(): number {
    throw new Error('not built yet');
  }
  get norms(): ParameterNorms | null {
    throw new Error('not built yet');
  }
  get failure(): NonFiniteReport | null {
    throw new Error('not built yet');
  }

  /** Trains until it is finished, stopped or failed; answers with the last manifest. A failure is in its `reason`. */
  run(): Promise<RunManifest> {
    throw new Error('not built yet');
  }
  /** Each of these answers when it has taken effect. */
  pause(): Promise<RunManifest> {
    throw new Error('not built yet');
  }
  resume(): Promise<RunManifest> {
    throw new Error('not built yet');
  }
  /** While paused: one more batch, or on to the end of the epoch; paused again after it. */
  step(unit: 'batch' | 'epoch'): Promise<RunManifest> {
    throw new Error(`not built yet: ${unit}`);
  }
  stop(): Promise<RunManifest> {
    throw new Error('not built yet');
  }
  /** Frees every tensor. */
  dispose(): void {
    throw new Error('not built yet');
  }
}
