/**
 * Trains one model: minibatches, validation, checkpoints, early stopping, pause and resume.
 *
 * What a run consists of stands in files of its own: what it begins with (`prepare.ts`, `beginning.ts`), the step
 * (`makeStep.ts`, `stepInputs.ts`), the minibatches (`batches.ts`), the numbers that it moves on (`learner.ts`,
 * `generations.ts`), its scores (`scorer.ts`), what is saved and when (`state.ts`, `saver.ts`), what is told
 * (`journal.ts`), what people ask for (`control.ts`), where numbers left the finite (`nonFinite.ts`), and how it ends
 * (`ending.ts`).
 */
import type { Backend } from '../backends/backend.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import { isUnderWay, type RunManifest } from '../runs/manifest.ts';
import type { RunFolder } from '../runs/runFolder.ts';
import type { Experiment } from '../spec/experiment.ts';
import { Control } from './control.ts';
import { DeviceError } from './deviceError.ts';
import { type End, endOf, Stopped } from './ending.ts';
import type { Journal } from './journal.ts';
import type { Learner } from './learner.ts';
import { NonFiniteError, type NonFiniteReport } from './nonFinite.ts';
import { prepare, type Prepared } from './prepare.ts';
import type { Saver } from './saver.ts';
import { Scorer, type Scores } from './scorer.ts';
import { disposeTensors, download, upload } from '../layers/namedTensors.ts';
import type { ParametersOfStep, TrainerOptions } from './trainerOptions.ts';

export type { NonFiniteReport } from './nonFinite.ts';
export type { ParameterNorms } from './norms.ts';
export type { ParametersOfStep, TrainerCallbacks, TrainerOptions } from './trainerOptions.ts';

/** Parameters to look at, with the counters that they are of. */
export interface ShownParameters {
  readonly step: number;
  readonly epoch: number;
  /** The mask in use. */
  readonly mask: number;
  /** The step whose weights the statistics among them were measured by; null where there are none, or nobody knows. */
  readonly measured: number | null;
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
  readonly #scorer: Scorer;
  readonly #options: TrainerOptions;
  /** The parameters that the run was scored with. */
  #kept: ShownParameters | null = null;
  #running: Promise<RunManifest> | null = null;
  #disposed = false;

  private constructor(options: TrainerOptions, { learner, journal, saver }: Prepared) {
    this.#options = options;
    this.#experiment = options.experiment;
    this.dataset = options.dataset;
    this.backend = options.backend;
    this.folder = options.folder;
    this.model = learner.model;
    this.#learner = learner;
    this.#journal = journal;
    this.#saver = saver;
    this.#scorer = new Scorer({
      ...{ learner, dataset: options.dataset, backend: options.backend },
      batchSize: options.experiment.training.batchSize,
      yieldNow: () => this.#gate(),
      tell: options.callbacks?.onNote,
      tellActivity: options.callbacks?.onActivity,
    });
  }

  /**
   * Prepares a run; trains nothing. The backend must be the current one and stay it until the run is over.
   * @throws DataError when the data do not fit the model, RangeError when the model does not fit the data or the
   * memory, RunError when the folder cannot be used.
   */
  static async create(options: TrainerOptions): Promise<Trainer> {
    return new Trainer(options, await prepare(options));
  }

  get manifest(): RunManifest {
    return this.#journal.manifest;
  }
  /** Current parameters. The trainer owns them: they are gone a step later, so use or clone them before yielding. */
  get parameters(): NamedTensors {
    return this.#learner.parameters;
  }
  /**
   * What the run is to be looked at by: the current parameters as long as it may go on; once it is over those of the
   * best epoch, which finished runs are scored by and opened ones show, under the first mask, since none is in use any more. The trainer owns them, as above.
   */
  get shown(): ShownParameters {
    if (this.#kept && this.#over) return this.#kept;
    const { stepsDone, epoch, mask, parameters } = this;
    return { step: stepsDone, epoch, mask, measured: this.#learner.measured, parameters };
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
      await this.#keepBest();
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
    if (this.#learner.state.step === 0) {
      await this.#learner.measure('start', () => this.#gate());
      await this.#learner.measure('stored', () => this.#gate());
    }
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
    await this.#learner.measure('stored', () => this.#gate());
    const score = await this.#scorer.afterEpoch();
    const { seed } = this.#experiment;
    const bound = await this.#scorer.boundAfterEpoch(seed, this.#learner.state.epoch + 1);
    const metric = this.#learner.endEpoch(score && score.nats, bound);
    if (metric.best) await this.#saver.remember(this.#learner);
    this.#journal.add(metric);
    await this.#options.callbacks?.onEpoch?.(metric);
    if (this.#saver.epochIsDue) await this.#save();
    await this.#update({});
    this.#control.passed('epoch');
  }

  /** What is looked at of a run that ended before its time: the best epoch, as when the run is opened again. */
  async #keepBest(): Promise<void> {
    const best = this.#kept ? null : await this.#saver.best();
    if (best) this.#keep({ ...best.state, parameters: (await this.best()).parameters });
  }

  #keep({ step, epoch, parameters: arrays }: ParametersOfStep): NamedTensors {
    const parameters = upload(arrays);
    // Epochs end with a measuring, and what is kept is what an epoch ended with.
    this.#kept = { step, epoch, mask: 0, measured: step, parameters };
    return parameters;
  }

  /** Scores of the best parameters, which are kept to be looked at. */
  async #finalScores(): Promise<Scores> {
    return this.#scorer.atEnd(this.#keep(await this.best()));
  }

  /** Between two pieces of work: others get their turn, and here a run pauses. @throws Stopped */
  async #gate(): Promise<void> {
    // Messages (pause, stop, frames) arrive only when the event loop turns: those that came meanwhile are heard first, so
    // that nobody waits for a whole batch more.
    await new Promise((resolve) => setImmediate(resolve));
    await this.#options.betweenBatches?.(this);
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
