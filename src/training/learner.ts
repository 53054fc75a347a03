/** The numbers of a run: parameters, optimiser state and counters, moved on by one batch after the other. */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { Backend } from '../backends/backend.ts';
import type { Matrix } from '../data/dataset.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { BatchMetric, EpochMetric } from '../runs/metrics.ts';
import type { Checkpoint } from '../runs/runFolder.ts';
import type { TrainingSpec } from '../spec/training.ts';
import { batchOf, EpochPlan } from './batches.ts';
import { CompiledStep } from './compiledStep.ts';
import { DeviceError } from './deviceError.ts';
import { makeTrainingStep } from './makeStep.ts';
import { MaskCache } from './maskCache.ts';
import {
  firstNonFinite,
  firstNonFiniteTensor,
  NonFiniteError,
  traceNonFinite,
  type NonFiniteReport,
} from './nonFinite.ts';
import { initialOptimizerState, makeOptimizer } from './optimizers/index.ts';
import { Rate } from './rate.ts';
import { checksumOf, type TrainingState } from './state.ts';
import type { StepInputs, StepOutputs, TrainingStep } from './step.ts';
import { disposeTensors, download, upload } from './tensors.ts';

/** Norms of the last measured step, by parameter. */
export interface ParameterNorms {
  readonly step: number;
  readonly byParameter: Readonly<
    Record<string, { readonly value: number; readonly gradient: number; readonly update: number }>
  >;
}

export interface LearnerOptions {
  readonly model: Model;
  readonly training: Pick<TrainingSpec, 'batchSize' | 'optimizer' | 'weightDecay'>;
  readonly seed: number;
  readonly rows: Matrix;
  readonly backend: Backend;
  /** Parameters to begin with. */
  readonly initial: NamedArrays;
  /** Optimiser state and counters to go on with, or null at the start. */
  readonly saved: { readonly optimizer: NamedArrays; readonly state: TrainingState } | null;
  /** Told once, in words, when steps are computed in a slower way than the backend has. */
  readonly tell?: (text: string) => void;
}

/** Steps between two measurements of the norms. */
const MEASURE_EVERY = 25;

/** Tensors and counters of one moment. */
interface Generation {
  readonly parameters: NamedTensors;
  readonly optimizer: NamedTensors;
  readonly state: TrainingState;
}

export class Learner {
  readonly model: Model;
  readonly batchesPerEpoch: number;
  readonly #options: LearnerOptions;
  readonly #masks: MaskCache;
  readonly #plainStep: TrainingStep;
  readonly #step: CompiledStep;
  readonly #measuredStep: CompiledStep;
  readonly #rate = new Rate();
  #now: Generation;
  /** Before the last step: whether a step was sound shows only in the loss of the next one. */
  #before: Generation | null = null;
  #plan: EpochPlan;
  #random: RandomGenerator;
  #plainTold = false;
  #norms: ParameterNorms | null = null;

  /** @throws RangeError when a parameter to begin with does not fit, or the rows are not those of the saved state. */
  constructor(options: LearnerOptions) {
    const { model, training, seed, rows, initial, saved } = options;
    const data = checksumOf(rows);
    if (saved) checkSame(saved.state, rows, data);
    this.#options = options;
    this.model = model;
    this.#masks = new MaskCache(model);
    this.#plainStep = makeTrainingStep(model, training, { norms: false });
    const compiled = (step: TrainingStep) =>
      new CompiledStep(step, options.backend, model, (reason) => this.#tellPlain(reason));
    this.#step = compiled(this.#plainStep);
    this.#measuredStep = compiled(makeTrainingStep(model, training, { norms: true }));
    const optimizer = saved?.optimizer ?? initialOptimizerState(makeOptimizer(training.optimizer), model.parameters);
    this.#now = {
      parameters: upload(parametersOf(model, initial)),
      optimizer: upload(optimizer),
      state: saved ? { ...saved.state, data } : firstState(seed, rows.rows, data),
    };
    this.#random = RandomGenerator.restored(this.state.shuffle);
    this.#plan = new EpochPlan(rows.rows, training.batchSize, this.#random);
    this.batchesPerEpoch = this.#plan.batches;
  }

  get parameters(): NamedTensors {
    return this.#now.parameters;
  }
  get state(): TrainingState {
    return this.#now.state;
  }
  get best(): TrainingState['best'] {
    return this.state.best;
  }
  /** Steps and epochs done, the epoch under way as a fraction. */
  get progress(): { readonly step: number; readonly epoch: number } {
    const { step, epoch, batch } = this.state;
    return { step, epoch: epoch + batch / this.batchesPerEpoch };
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
    const rows = this.#plan.rows(state.batch);
    const mask = this.model.trainingMask(state.step);
    const measured = state.step % MEASURE_EVERY === 0 || state.batch === this.batchesPerEpoch - 1;
    const { inputs, noise } = this.#inputs(rows);
    let outputs: StepOutputs;
    try {
      outputs = (measured ? this.#measuredStep : this.#step).run(inputs);
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
    if (measured) this.#norms = await readNorms(this.model, outputs.metrics, state.step + 1);
    disposeTensors(outputs.metrics);

    const seconds = (performance.now() - start) / 1000;
    const { sums } = state;
    this.#rate.add(rows.length, seconds);
    this.#moveTo({
      parameters: outputs.parameters,
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
        },
      },
    });
    return { type: 'batch', ...this.progress, seconds: this.state.seconds, train: loss, mask };
  }

  /** Closes the epoch with the NLL of the validation rows, or null without them. */
  endEpoch(validation: number | null): EpochMetric {
    const { state } = this;
    const { sums, best } = state;
    const epoch = state.epoch + 1;
    const improved = validation !== null && (best === null || validation < best.nats);
    this.#now = {
      ...this.#now,
      state: {
        ...state,
        epoch,
        batch: 0,
        shuffle: [...this.#random.state],
        sums: { loss: 0, rows: 0, seconds: 0 },
        best: improved ? { epoch, nats: validation, step: state.step } : best,
        worse: improved || validation === null ? 0 : state.worse + 1,
      },
    };
    this.#plan = this.#newPlan();
    return {
      type: 'epoch',
      step: state.step,
      epoch,
      seconds: state.seconds,
      train: sums.loss / sums.rows,
      validation,
      best: improved,
      rowsPerSecond: sums.rows / sums.seconds,
    };
  }

  /**
   * All that is needed to go on from here.
   * @throws NonFiniteError when a parameter is not finite, which no loss has shown yet: it must not replace a sound
   * checkpoint. The step that spoilt it is undone.
   */
  async snapshot(): Promise<Checkpoint & { readonly state: TrainingState }> {
    const { state } = this;
    const parameters = download(this.#now.parameters);
    const optimizer = download(this.#now.optimizer);
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

  cloneParameters(): NamedTensors {
    return Object.fromEntries(Object.entries(this.parameters).map(([name, tensor]) => [name, tf.clone(tensor)]));
  }

  dispose(): void {
    if (this.#before) disposeTensors(this.#before.parameters, this.#before.optimizer);
    this.#before = null;
    disposeTensors(this.#now.parameters, this.#now.optimizer);
    this.#masks.dispose();
    this.#step.dispose();
    this.#measuredStep.dispose();
  }

  #tellPlain(reason: string): void {
    if (this.#plainTold) return;
    this.#plainTold = true;
    this.#options.tell?.(
      `${this.#options.backend.name} computes training steps operation by operation, which takes longer: they cannot be ` +
        `one program (${reason})`,
    );
  }

  #deviceError(problem: string, sound: boolean): DeviceError {
    return new DeviceError(this.#options.backend, this.state.step + 1, problem, sound);
  }

  #newPlan(): EpochPlan {
    return new EpochPlan(this.#options.rows.rows, this.#options.training.batchSize, this.#random);
  }

  /** What goes into the next step on `rows`, and the state of the noise's generator after it. */
  #inputs(rows: Int32Array): { readonly inputs: StepInputs; readonly noise: number[] } {
    const { parameters, optimizer, state } = this.#now;
    const random = state.noise
      ? RandomGenerator.restored(state.noise)
      : RandomGenerator.seeded(this.#options.seed, 'noise');
    const inputs: StepInputs = {
      parameters,
      optimizer,
      ...batchOf(this.#options.rows, rows),
      masks: this.#masks.get(this.model.trainingMask(state.step)),
      noise: upload(this.model.noise(rows.length, random)),
      step: tf.scalar(state.step),
    };
    return { inputs, noise: [...random.state] };
  }

  #moveTo(next: Generation): void {
    if (this.#before) disposeTensors(this.#before.parameters, this.#before.optimizer);
    this.#before = this.#now;
    this.#now = next;
  }

  /** Finds the culprit: this step, or the one before if its outcome was not finite already; goes back before it. */
  async #traceStep(): Promise<NonFiniteReport> {
    if (this.#before && (await firstNonFiniteTensor(this.parameters))) {
      disposeTensors(this.#now.parameters, this.#now.optimizer);
      this.#now = this.#before;
      this.#before = null;
      this.#random = RandomGenerator.restored(this.state.shuffle);
      this.#plan = this.#newPlan();
    }
    const rows = this.#plan.rows(this.state.batch);
    const { inputs } = this.#inputs(rows);
    const step = this.state.step + 1;
    const found = await traceNonFinite(this.#options.backend.tf, this.model, this.#plainStep, inputs, rows, step);
    disposeInputs(inputs);
    return found ?? { step, layer: 'loss', tensor: 'loss', row: null, value: 'NaN' };
  }
}

/** Frees what was made for one step alone. */
function disposeInputs({ batch, context, step, noise }: StepInputs): void {
  batch.dispose();
  context?.dispose();
  step.dispose();
  disposeTensors(noise);
}

/** @throws RangeError when the rows are not those that a run was trained on. */
function checkSame(saved: TrainingState, { rows }: Matrix, data: string): void {
  if (saved.rows !== rows) throw new RangeError(`the run was trained on ${saved.rows} rows; the data has ${rows} now`);
  if (saved.data !== undefined && saved.data !== data) {
    throw new RangeError(
      'the training data have changed since the run was trained on them (as many rows, other values): put the old data ' +
        'back to go on with it, or train a new run',
    );
  }
}

function firstState(seed: number, rows: number, data: string): TrainingState {
  return {
    formatVersion: 1,
    rows,
    data,
    step: 0,
    epoch: 0,
    batch: 0,
    shuffle: [...RandomGenerator.seeded(seed, 'shuffle').state],
    sums: { loss: 0, rows: 0, seconds: 0 },
    seconds: 0,
    best: null,
    worse: 0,
  };
}

function parametersOf(model: Model, arrays: NamedArrays): NamedArrays {
  return Object.fromEntries(
    model.parameters.map(({ name, shape }) => {
      const array = arrays[name];
      const found = array ? `[${array.shape.join(', ')}]` : 'missing';
      const expected = `[${shape.join(', ')}]`;
      if (!array || found !== expected) throw new RangeError(`parameter ${name} is ${found}, expected ${expected}`);
      return [name, array];
    }),
  );
}

async function readNorms(model: Model, metrics: NamedTensors, step: number): Promise<ParameterNorms> {
  const read = async (name: string) => (await (metrics[name] as Scalar).data<'float32'>())[0]!;
  const entries = model.parameters.map(async ({ name }) => {
    const [value, gradient, update] = await Promise.all(
      ['valueNorm', 'gradientNorm', 'updateNorm'].map((kind) => read(`${kind}/${name}`)),
    );
    return [name, { value: value!, gradient: gradient!, update: update! }] as const;
  });
  return { step, byParameter: Object.fromEntries(await Promise.all(entries)) };
}
