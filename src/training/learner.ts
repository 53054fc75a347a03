/** The numbers of a run: parameters, optimiser state and counters, moved on by one batch after the other. */
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../backends/backend.ts';
import { passesOn } from '../backends/compiledPasses.ts';
import type { Matrix } from '../data/dataset.ts';
import { pickRows } from '../data/matrix.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { BoundMoment } from '../runs/boundMoment.ts';
import type { BatchMetric, EpochMetric } from '../runs/metrics.ts';
import type { Checkpoint } from '../runs/runFolder.ts';
import type { TrainingSpec } from '../spec/training.ts';
import type { TellActivity } from '../text/activity.ts';
import { EpochPlan, leastBatch, type Plan } from './batches.ts';
import { beginningOf, parametersOf } from './beginning.ts';
import { DeviceError } from './deviceError.ts';
import { firstOptimizerState } from './firstState.ts';
import { type Generation, Generations } from './generations.ts';
import { GRADIENT_NORM, type StepSpec } from './makeStep.ts';
import { MaskCache } from './maskCache.ts';
import {
  firstNonFinite,
  firstNonFiniteTensor,
  NonFiniteError,
  traceNonFinite,
  type NonFiniteReport,
} from './nonFinite.ts';
import { type ParameterNorms, readNorms } from './norms.ts';
import { untrained } from './untrained.ts';
import { Rate } from './rate.ts';
import type { TrainingState } from './state.ts';
import type { StepOutputs } from './step.ts';
import { disposeInputs, stepInputs, type StepSource } from './stepInputs.ts';
import { carriedStart, StreamPlan, streamsOf } from './streams.ts';
import type { StepPrograms } from './stepPrograms.ts';
import { TrainingSteps } from './trainingSteps.ts';
import { disposeTensors, download, upload } from '../layers/namedTensors.ts';

export interface LearnerOptions {
  readonly model: Model;
  readonly training: Pick<TrainingSpec, 'batchSize'> & StepSpec;
  readonly seed: number;
  readonly rows: Matrix;
  readonly backend: Backend;
  /** Parameters to begin with. */
  readonly initial: NamedArrays;
  /** Optimiser state and counters to go on with, or null at the start. */
  readonly saved: { readonly optimizer: NamedArrays; readonly state: TrainingState } | null;
  /** Told once, in words, when steps are computed in a slower way than the backend has. */
  readonly tell?: (text: string) => void;
  /** Told what keeps a step waiting; of the first one, whatever that is. */
  readonly tellActivity?: TellActivity;
  /** Of a trial of the same model and training; the learner's own from here on. */
  readonly programs?: StepPrograms;
}

/** Steps between two measurements of the norms. */
const MEASURE_EVERY = 25;

export class Learner {
  readonly model: Model;
  readonly batchesPerEpoch: number;
  readonly #options: LearnerOptions;
  readonly #source: StepSource;
  readonly #steps: TrainingSteps;
  readonly #rate = new Rate();
  readonly #generations: Generations;
  #plan: Plan;
  #random: RandomGenerator;
  #norms: ParameterNorms | null = null;

  /** @throws RangeError when a parameter to begin with does not fit, or the rows are not those of the saved state. */
  constructor(options: LearnerOptions) {
    const { model, training, seed, rows, initial, saved } = options;
    const state = beginningOf(seed, rows, saved?.state ?? null);
    this.#options = options;
    this.model = model;
    this.#source = { model, matrix: rows, seed, masks: new MaskCache(model) };
    this.#steps = new TrainingSteps(model, training, options.backend, options.tell, options.programs);
    const optimizer =
      saved?.optimizer ??
      firstOptimizerState(model, {
        ...{ optimizer: training.optimizer, rows: rows.rows, batchSize: training.batchSize, seed },
      });
    this.#generations = new Generations({
      parameters: upload(parametersOf(model, initial)),
      optimizer: upload(optimizer),
      state,
    });
    this.#random = RandomGenerator.restored(this.state.shuffle);
    this.#plan = this.#newPlan();
    this.batchesPerEpoch = this.#plan.batches;
  }

  get parameters(): NamedTensors {
    return this.#generations.now.parameters;
  }
  get state(): TrainingState {
    return this.#generations.now.state;
  }
  get best(): TrainingState['best'] {
    return this.state.best;
  }
  /** Steps and epochs done, the epoch under way as a fraction. */
  get progress(): { readonly step: number; readonly epoch: number } {
    const { step, epoch, batch } = this.state;
    return { step, epoch: epoch + batch / this.batchesPerEpoch };
  }
  /** Training rows evaluated so far, each as often as it was in a minibatch. */
  get rowsDone(): number {
    const { rows, epoch, sums } = this.state;
    return rows * epoch + sums.rows;
  }
  /** The step whose weights the stored statistics were measured by; null where there are none, or nobody knows. */
  get measured(): number | null {
    return this.state.measured ?? null;
  }
  /** Mask of the last step. */
  get mask(): number {
    return this.model.trainingMask(Math.max(0, this.state.step - 1));
  }
  get rowsPerSecond(): number {
    return this.#rate.value;
  }
  get norms(): ParameterNorms | null {
    return this.#norms;
  }

  /**
   * One training step.
   * @throws NonFiniteError when the loss is not finite: the step is discarded, and the parameters are the last sound ones.
   * @throws DeviceError when the device could not compute it.
   */
  async batch(): Promise<BatchMetric> {
    const start = performance.now();
    const { state } = this;
    const { training } = this.#options;
    const rows = this.#plan.rows(state.batch);
    const mask = this.model.trainingMask(state.step);
    const measured = state.step % MEASURE_EVERY === 0 || state.batch === this.batchesPerEpoch - 1;
    const { inputs, noise } = stepInputs(this.#generations.now, this.#source, rows);
    let outputs: StepOutputs;
    // Only where all that came out is sound: what follows here then finds nothing to complain of.
    let replaced = false;
    try {
      outputs = await this.#steps.run(inputs, {
        norms: measured ? 'measured' : 'any',
        tellActivity: this.#options.tellActivity,
        // Statistics that are measured between steps may have to be undone.
        ...(!this.model.measured && {
          givenUp: { tensors: this.#generations.tensors, onReplaced: () => (replaced = true) },
        }),
      });
    } catch (error) {
      throw this.#deviceError(error instanceof Error ? error.message : String(error), true);
    } finally {
      disposeInputs(inputs);
    }
    let loss: number;
    try {
      loss = (await outputs.loss.data<'float32'>())[0]!;
    } catch (error) {
      disposeTensors(outputs.parameters, outputs.optimizer, outputs.metrics, { loss: outputs.loss });
      throw this.#deviceError(error instanceof Error ? error.message : String(error), false);
    }
    outputs.loss.dispose();
    const fault = this.#options.backend.fault();
    if (fault !== null) {
      disposeTensors(outputs.parameters, outputs.optimizer, outputs.metrics);
      throw this.#deviceError(fault, false);
    }
    if (!Number.isFinite(loss)) {
      disposeTensors(outputs.parameters, outputs.optimizer, outputs.metrics);
      throw new NonFiniteError(await this.#traceStep());
    }
    const gradientNorm = (await outputs.metrics[GRADIENT_NORM]?.data<'float32'>())?.[0];
    if (measured) this.#norms = await readNorms(this.model, outputs.metrics, state.step + 1);
    disposeTensors(outputs.metrics);

    const seconds = (performance.now() - start) / 1000;
    const { sums } = state;
    this.#rate.add(rows.length, seconds);
    const next: Generation = {
      parameters: { ...untrained(this.model, this.parameters), ...outputs.parameters },
      optimizer: outputs.optimizer,
      state: {
        ...state,
        step: state.step + 1,
        batch: state.batch + 1,
        noise,
        seconds: state.seconds + seconds,
        sums: {
          loss: sums.loss + loss * rows.length,
          rows: sums.rows + rows.length,
          seconds: sums.seconds + seconds,
          ...(gradientNorm !== undefined && { clipped: (sums.clipped ?? 0) + (gradientNorm > training.clip! ? 1 : 0) }),
        },
      },
    };
    this.#generations.moveTo(next, replaced);
    const { progress, rowsDone } = this;
    return {
      ...{ type: 'batch', ...progress, rows: rowsDone, seconds: this.state.seconds, train: loss, mask },
      ...(gradientNorm !== undefined && { extra: { gradientNorm } }),
    };
  }

  /** Closes the epoch with the NLL of the validation rows, or null without them. @param bound How it is made up. */
  endEpoch(validation: number | null, bound: BoundMoment | null = null): EpochMetric {
    const { state } = this;
    const { sums, best } = state;
    const epoch = state.epoch + 1;
    const improved = validation !== null && (best === null || validation < best.nats);
    this.#generations.count({
      ...state,
      epoch,
      batch: 0,
      shuffle: [...this.#random.state],
      sums: { loss: 0, rows: 0, seconds: 0 },
      best: improved ? { epoch, nats: validation, step: state.step } : best,
      worse: improved || validation === null ? 0 : state.worse + 1,
    });
    this.#plan = this.#newPlan();
    // The text begins anew.
    this.#generations.setState(upload(carriedStart(this.model, this.#streams)));
    return {
      type: 'epoch',
      step: state.step,
      epoch,
      rows: this.rowsDone,
      seconds: state.seconds,
      train: sums.loss / sums.rows,
      validation,
      best: improved,
      rowsPerSecond: sums.rows / sums.seconds,
      ...(sums.clipped !== undefined && { extra: { clippedShare: sums.clipped / state.batch } }),
      ...(bound && { bound }),
    };
  }

  /**
   * All that is needed to go on from here.
   * @throws NonFiniteError when a parameter is not finite, which no loss has shown yet: it must not replace a sound
   * checkpoint. The step that spoilt it is undone.
   */
  async snapshot(): Promise<Checkpoint & { readonly state: TrainingState }> {
    const { state } = this;
    const { now } = this.#generations;
    const [parameters, optimizer] = [download(now.parameters), download(now.optimizer)];
    const model = { ...(await parameters), ...this.model.buffers() };
    const checkpoint = { model, optimizer: await optimizer, state };
    if (Object.values(model).some(({ data }) => firstNonFinite(data)))
      throw new NonFiniteError(await this.#traceStep());
    return checkpoint;
  }

  /**
   * Finds out why a score of the current parameters is not finite: because of the last step, which is then undone, as
   * after a batch that fails; or, when every parameter is finite, null.
   */
  async trace(): Promise<NonFiniteReport | null> {
    return (await firstNonFiniteTensor(this.parameters)) && this.#traceStep();
  }

  /**
   * Sets the parameters that are measured on training rows: on those of the first minibatch at the `start`, on all of
   * them for those that are `stored`. Nothing to do for most models. @param yieldNow Awaited between pieces of work.
   */
  async measure(when: 'start' | 'stored', yieldNow: () => Promise<void>): Promise<void> {
    const { measured } = this.model;
    if (!measured?.when.has(when)) return;
    const { rows } = this.#options;
    const work = measured.measure(when, this.parameters, when === 'start' ? pickRows(rows, this.#plan.rows(0)) : rows);
    let step = await work.next();
    try {
      while (!step.done) {
        await yieldNow();
        step = await work.next();
      }
    } finally {
      if (!step.done) await work.return({});
    }
    this.#generations.set(upload(step.value));
    if (when === 'stored') this.#generations.count({ ...this.state, measured: this.state.step });
  }

  cloneParameters(): NamedTensors {
    return Object.fromEntries(Object.entries(this.parameters).map(([name, tensor]) => [name, tf.clone(tensor)]));
  }

  dispose(): void {
    this.#generations.dispose();
    this.#source.masks.dispose();
    this.#steps.dispose();
    passesOn(this.#options.backend).release(this.model);
  }

  #deviceError(problem: string, sound: boolean): DeviceError {
    return new DeviceError(this.#options.backend, this.state.step + 1, problem, sound);
  }

  /** Streams that the rows of a text are dealt to. */
  get #streams(): number {
    const { rows, training } = this.#options;
    return streamsOf(rows.rows, training.batchSize);
  }

  #newPlan(): Plan {
    const { rows, training } = this.#options;
    if (this.model.stream) return new StreamPlan(rows.rows, this.#streams);
    return new EpochPlan(rows.rows, training.batchSize, this.#random, leastBatch(this.model));
  }

  /** Finds the culprit: this step, or the one before if its outcome was not finite already; goes back before it. */
  async #traceStep(): Promise<NonFiniteReport> {
    if (this.#generations.canGoBack && (await firstNonFiniteTensor(this.parameters))) {
      this.#generations.back();
      this.#random = RandomGenerator.restored(this.state.shuffle);
      this.#plan = this.#newPlan();
    }
    const rows = this.#plan.rows(this.state.batch);
    const { inputs } = stepInputs(this.#generations.now, this.#source, rows);
    const step = this.state.step + 1;
    const found = await traceNonFinite(this.#options.backend.tf, this.model, this.#steps.plain, inputs, rows, step);
    disposeInputs(inputs);
    return found ?? { step, layer: 'loss', tensor: 'loss', row: null, value: 'NaN' };
  }
}
