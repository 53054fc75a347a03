/**
 * Trains one model: minibatches, validation, checkpoints, early stopping, pause and resume.
 *
 * What a run consists of stands in files of its own: the step (`makeStep.ts`), the minibatches (`batches.ts`), the
 * numbers that it moves on (`learner.ts`), what is saved and when (`state.ts`, `saver.ts`), what is told (`journal.ts`),
 * what people ask for (`control.ts`), where numbers left the finite (`nonFinite.ts`).
 */
import type { Backend } from '../backends/backend.ts';
import { contextDimensionOf, type Dataset } from '../data/dataset.ts';
import { createModel } from '../models/index.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import { modelFacts } from '../models/facts.ts';
import { parameterCount } from '../models/parameters.ts';
import { RandomGenerator } from '../random/generator.ts';
import { isUnderWay, type RunManifest, type Score } from '../runs/manifest.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { EpochMetric, Metric } from '../runs/metrics.ts';
import type { RunFolder } from '../runs/runFolder.ts';
import type { Experiment } from '../spec/experiment.ts';
import { messageOf } from '../text/messageOf.ts';
import { Control } from './control.ts';
import { rowsOfProducts, scoreRows } from './evaluate.ts';
import { DeviceError } from './deviceError.ts';
import { Journal } from './journal.ts';
import { Learner } from './learner.ts';
import { type HeldOut, NonFiniteError, type NonFiniteReport, traceRow } from './nonFinite.ts';
import { Saver, savingIntervals, type SavingIntervals } from './saver.ts';
import { checkData, checkSize } from './suitability.ts';
import { disposeTensors, download, upload } from './tensors.ts';

export type { NonFiniteReport } from './nonFinite.ts';
export type { ParameterNorms } from './learner.ts';

export interface TrainerCallbacks {
  /** New metrics in order, a few times a second; `from` counts the metrics of the run before them. */
  readonly onMetrics?: (from: number, metrics: readonly Metric[]) => void;
  readonly onManifest?: (manifest: RunManifest) => void;
  readonly onEpoch?: (metric: EpochMetric) => void | Promise<void>;
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

/** With more masks than this, validation during training averages over the first so many; the final scores use all. */
const VALIDATION_MASKS = 8;

/** Thrown through a scoring that a stop cuts short. */
class Stopped extends Error {}

/** What the manifest says of a run that is over. */
type End = Partial<RunManifest> & Pick<RunManifest, 'state' | 'reason'>;

/** The end that an error makes. */
function endOf(error: unknown): End {
  if (error instanceof Stopped) return { state: 'stopped', reason: null };
  if (error instanceof NonFiniteError) return { state: 'failed', reason: error.message, nonFinite: error.report };
  return { state: 'failed', reason: messageOf(error) };
}

/** Parameters to look at, with the counters that they are of. */
export interface ShownParameters {
  readonly step: number;
  readonly epoch: number;
  /** The mask in use. */
  readonly mask: number;
  readonly parameters: NamedTensors;
}

export class Trainer {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly backend: Backend;
  readonly folder: RunFolder;
  readonly #experiment: Experiment;
  readonly #control = new Control();
  readonly #learner: Learner;
  readonly #journal: Journal;
  readonly #saver: Saver;
  readonly #options: TrainerOptions;
  /** The parameters that the run was scored with. */
  #kept: ShownParameters | null = null;
  #running: Promise<RunManifest> | null = null;
  #disposed = false;

  private constructor(options: TrainerOptions, learner: Learner, journal: Journal, saver: Saver) {
    this.#options = options;
    this.#experiment = options.experiment;
    this.dataset = options.dataset;
    this.backend = options.backend;
    this.folder = options.folder;
    this.model = learner.model;
    this.#learner = learner;
    this.#journal = journal;
    this.#saver = saver;
  }

  /**
   * Prepares a run; trains nothing. The backend must be the current one and stay it until the run is over.
   * @throws DataError when the data do not fit the model, RangeError when the model does not fit the data or the
   * memory, RunError when the folder cannot be used.
   */
  static async create(options: TrainerOptions): Promise<Trainer> {
    const { experiment, dataset, backend, folder, callbacks } = options;
    const { training, seed } = experiment;
    const contextDimension = contextDimensionOf(dataset);
    const drawn = createModel(experiment.model, dataset.dimension, seed, contextDimension);
    checkData(drawn, dataset, experiment.data);
    checkSize(drawn, training, backend);
    await folder.claim();
    try {
      const saver = new Saver(folder, options.saving ?? savingIntervals);
      const saved = await saver.latest(options.resume);
      const model = saved ? drawn.withBuffers(saved.model) : drawn;
      const initial = saved?.model ?? model.initialise(RandomGenerator.seeded(seed, 'weights'));
      const learner = new Learner({
        ...{ model, training, seed, rows: dataset.train, backend, initial, saved },
        ...(callbacks?.onNote && { tell: callbacks.onNote }),
      });
      const metrics = await folder.truncateMetrics(learner.state.step, learner.state.epoch);
      const journal = new Journal(folder, metrics.length, callbacks ?? {}, {
        ...(await folder.readManifest()),
        ...options.identity,
        state: 'preparing',
        reason: null,
        nonFinite: undefined,
        backend: backend.name,
        dimension: dataset.dimension,
        ...(contextDimension > 0 && { contextDimension }),
        image: dataset.image ? [...dataset.image] : null,
        parameterCount: parameterCount(model),
        model: modelFacts(model),
        epochs: options.epochs ?? training.epochs,
        best: learner.best && { epoch: learner.best.epoch, nats: learner.best.nats },
        checkpoints: saver.names,
        validation: null,
        test: null,
        ...learner.progress,
      });
      await journal.write();
      return new Trainer(options, learner, journal, saver);
    } catch (error) {
      await folder.release();
      throw error;
    }
  }

  get manifest(): RunManifest {
    return this.#journal.manifest;
  }
  /** Current parameters. The trainer owns them: they are gone a step later, so use or clone them before yielding. */
  get parameters(): NamedTensors {
    return this.#learner.parameters;
  }
  /**
   * What the run is to be looked at by: the current parameters as long as it may go on; once it has finished those that
   * were kept and scored, under the first mask, since none is in use any more. The trainer owns them, as above.
   */
  get shown(): ShownParameters {
    if (this.#kept && this.manifest.state === 'finished') return this.#kept;
    const { stepsDone, epoch, mask, parameters } = this;
    return { step: stepsDone, epoch, mask, parameters };
  }
  /** Parameters of the best epoch, or the current ones before the first or without validation rows. */
  async best(): Promise<ParametersOfStep> {
    const { step, epoch } = this.#learner.progress;
    const current = this.#learner.cloneParameters();
    try {
      const best = await this.#saver.best();
      if (best === null) return { step, epoch, parameters: await download(current) };
      const parameters = this.model.parameters.map(({ name }) => [name, best.model[name]!] as const);
      return { step: best.state.step, epoch: best.state.epoch, parameters: Object.fromEntries(parameters) };
    } finally {
      disposeTensors(current);
    }
  }
  /** The parameters of {@link best} as tensors, which the caller disposes. */
  async bestParameters(): Promise<NamedTensors> {
    return upload((await this.best()).parameters);
  }
  get stepsDone(): number {
    return this.#learner.state.step;
  }
  /** Epochs done, as a fraction. */
  get epoch(): number {
    return this.#learner.progress.epoch;
  }
  /** Mask of the last step. */
  get mask(): number {
    return this.#learner.mask;
  }
  /** Rows a second over the last seconds of training, inspections and pauses left out. */
  get rowsPerSecond(): number {
    return this.#learner.rowsPerSecond;
  }
  /** Norms at the last step at which they were measured; every so many steps and at the end of every epoch. */
  get norms() {
    return this.#learner.norms;
  }
  /** Why the run failed, if a number was none. */
  get failure(): NonFiniteReport | null {
    return this.manifest.nonFinite ?? null;
  }

  /** Trains until it is finished, stopped or failed; answers with the last manifest. A failure is in its `reason`. */
  run(): Promise<RunManifest> {
    this.#running ??= this.#run();
    return this.#running;
  }

  /**
   * Answers when the run has paused, its checkpoint written; at once when it is over or has not begun. Of requests to
   * pause, resume and step the last one counts, also before an earlier one was carried out.
   */
  pause(): Promise<RunManifest> {
    return this.#ask(() => this.#control.askToRest('none'));
  }
  /** Answers when training goes on. */
  resume(): Promise<RunManifest> {
    return this.#ask(() => this.#control.askToRun(this.manifest.state === 'paused'));
  }
  /** While paused: one more batch, or on to the end of the epoch with its validation; answers when paused again. */
  step(unit: 'batch' | 'epoch'): Promise<RunManifest> {
    return this.#ask(() => this.#control.askToRest(unit));
  }
  /** Ends training after the current batch; answers when the checkpoint is written. */
  async stop(): Promise<RunManifest> {
    if (this.#running === null && !this.#over) await this.#update({ state: 'stopped' });
    return this.#ask(() => this.#control.askToStop());
  }

  /** Frees every tensor and lets go of the folder. Stop the run first. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#learner.dispose();
    if (this.#kept) disposeTensors(this.#kept.parameters);
    void this.folder.release();
  }

  async #ask(request: () => Promise<void>): Promise<RunManifest> {
    if (this.#over) return this.manifest;
    const answered = request();
    if (this.#running !== null) await answered;
    return this.manifest;
  }

  get #over(): boolean {
    return !isUnderWay(this.manifest.state);
  }

  async #run(): Promise<RunManifest> {
    const end = await this.#endWell();
    try {
      await this.#update(end);
    } finally {
      await this.folder.release();
      this.#control.ended();
    }
    return this.manifest;
  }

  /** Trains, and saves what came of it: unless the device broke, since what it holds must not replace a checkpoint. */
  async #endWell(): Promise<End> {
    try {
      return await this.#saveAtEnd(await this.#train());
    } catch (error) {
      if (!(error instanceof DeviceError) || error.sound) return this.#saveAtEnd(endOf(error));
      await this.#journal.flush().catch(() => undefined);
      return endOf(error);
    }
  }

  /** What the run ends with, once its last checkpoint has been written or could not be. */
  async #saveAtEnd(end: End): Promise<End> {
    try {
      await this.#save();
      return end;
    } catch (error) {
      if (end.state === 'failed') return end;
      // What was learned last is spoilt and has been undone: what was before it can be saved.
      if (error instanceof NonFiniteError) return this.#saveAtEnd(endOf(error));
      return { state: 'failed', reason: `The checkpoint was not written: ${String(error)}` };
    }
  }

  async #train(): Promise<End> {
    const { training } = this.#experiment;
    await this.#update({ state: 'running' });
    while (this.#learner.state.epoch < this.manifest.epochs && this.#learner.state.worse < training.patience) {
      await this.#trainEpoch();
      await this.#endEpoch();
    }
    const stoppedEarly = this.#learner.state.worse >= training.patience;
    const scores = await this.#finalScores();
    return {
      state: 'finished',
      reason: stoppedEarly ? `No better validation NLL for ${training.patience} epochs.` : null,
      ...scores,
    };
  }

  async #trainEpoch(): Promise<void> {
    const learner = this.#learner;
    await this.#gate();
    while (learner.state.batch < learner.batchesPerEpoch) {
      this.#journal.add(await learner.batch());
      this.#control.passed('batch');
      await this.#gate();
    }
  }

  /** Validates, keeps the best, tells. */
  async #endEpoch(): Promise<void> {
    const { maskCount, validationMasks = Math.min(VALIDATION_MASKS, maskCount) } = this.model;
    const score = await this.#score('validation', this.parameters, validationMasks);
    const metric = this.#learner.endEpoch(score && score.nats);
    if (metric.best) await this.#saver.remember(this.#learner);
    this.#journal.add(metric);
    await this.#options.callbacks?.onEpoch?.(metric);
    if (this.#saver.epochIsDue) await this.#save();
    await this.#update({});
    this.#control.passed('epoch');
  }

  /** Scores of the best parameters, which are kept to be looked at. */
  async #finalScores(): Promise<Pick<RunManifest, 'validation' | 'test'>> {
    const { step, epoch, parameters: arrays } = await this.best();
    const parameters = upload(arrays);
    this.#kept = { step, epoch, mask: 0, parameters };
    return {
      validation: await this.#score('validation', parameters),
      test: await this.#score('test', parameters),
    };
  }

  /** @throws NonFiniteError when the score is not finite, Stopped */
  async #score(split: HeldOut, parameters: NamedTensors, masks = this.model.maskCount): Promise<Score | null> {
    const matrix = this.dataset[split];
    if (matrix === null) return null;
    const { score, perRow } = await scoreRows(this.model, parameters, matrix, {
      backend: this.backend,
      ...(masks === 0 ? { estimate: true } : { masks }),
      batchSize: this.#scoringBatch(masks),
      yieldNow: () => this.#gate(),
    });
    if (Number.isFinite(score.nats)) return score;
    const row = perRow.findIndex((value) => !Number.isFinite(value));
    const held = { matrix, row, logProb: perRow[row]!, split };
    throw new NonFiniteError(
      (await this.#learner.trace()) ?? (await traceRow(this.backend.tf, this.model, parameters, held, this.stepsDone)),
    );
  }

  /**
   * Rows scored at a time: so many that others wait some 20 ms for their turn, and a batch of training at least where a
   * score costs less than a step.
   */
  #scoringBatch(masks: number): number {
    const { densityProducts } = this.model;
    if (densityProducts !== undefined && masks > 0) return rowsOfProducts(densityProducts);
    return Math.max(this.#experiment.training.batchSize, rowsOfProducts(this.manifest.parameterCount));
  }

  /** Between two pieces of work: others get their turn, and here a run pauses. @throws Stopped */
  async #gate(): Promise<void> {
    await this.#options.betweenBatches?.(this);
    // Messages (pause, stop, frames) arrive only when the event loop turns.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#journal.isDue) await this.#journal.flush();
    if (this.#saver.timeIsDue) await this.#save();
    while (!this.#control.mayRun) await this.#rest();
  }

  /** Paused, until somebody asks for something else. @throws Stopped */
  async #rest(): Promise<void> {
    if (this.#control.stopping) throw new Stopped();
    await this.#save();
    // Somebody may have thought better of it while that was written.
    if (this.#control.mayRun) return;
    await this.#update({ state: 'paused' });
    this.#control.rests();
    if (!(await this.#control.change())) return;
    await this.#update({ state: 'running' });
    this.#control.runs();
  }

  async #save(): Promise<void> {
    await this.#journal.flush();
    await this.#saver.save(this.#learner);
  }

  async #update(changes: Partial<RunManifest>): Promise<void> {
    const { best, progress } = this.#learner;
    await this.#journal.update({
      ...progress,
      best: best && { epoch: best.epoch, nats: best.nats },
      checkpoints: this.#saver.names,
      ...changes,
    });
  }
}
