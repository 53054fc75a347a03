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
import { EpochPlan, gather } from './batches.ts';
import { DeviceError } from './deviceError.ts';
import { makeTrainingStep } from './makeStep.ts';
import { MaskCache } from './maskCache.ts';
import { firstNonFinite, firstNonFiniteTensor, traceNonFinite, type NonFiniteReport } from './nonFinite.ts';
import { initialOptimizerState, makeOptimizer } from './optimizers/index.ts';
import { Rate } from './rate.ts';
import type { TrainingState } from './state.ts';
import type { StepInputs, StepOutputs } from './step.ts';
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
  readonly #step;
  readonly #measuredStep;
  readonly #rate = new Rate();
  #now: Generation;
  /** Before the last step: whether a step was sound shows only in the loss of the next one. */
  #before: Generation | null = null;
  #plan: EpochPlan;
  #random: RandomGenerator;
  #norms: ParameterNorms | null = null;
  #failure: NonFiniteReport | null = null;

  /** @throws RangeError when a parameter to begin with does not fit, or the rows are not those of the saved state. */
  constructor(options: LearnerOptions) {
    const { model, training, seed, rows, initial, saved } = options;
    if (saved && saved.state.rows !== rows.rows) {
      throw new RangeError(`the run was trained on ${saved.state.rows} rows; the data has ${rows.rows} now`);
    }
    this.#options = options;
    this.model = model;
    this.#masks = new MaskCache(model);
    this.#step = makeTrainingStep(model, training, { norms: false });
    this.#measuredStep = makeTrainingStep(model, training, { norms: true });
    const optimizer = saved?.optimizer ?? initialOptimizerState(makeOptimizer(training.optimizer), model.parameters);
    this.#now = {
      parameters: upload(parametersOf(model, initial)),
      optimizer: upload(optimizer),
      state: saved?.state ?? firstState(seed, rows.rows),
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
    return Math.max(0, this.state.step - 1) % this.model.maskCount;
  }
  get rowsPerSecond(): number {
    return this.#rate.value;
  }
  get norms(): ParameterNorms | null {
    return this.#norms;
  }
  get failure(): NonFiniteReport | null {
    return this.#failure;
  }

  /**
   * One training step. Null when the loss was not finite: the step is discarded, {@link failure} says where the numbers
   * left the finite, and the parameters are the last sound ones.
   * @throws DeviceError when the device could not compute it.
   */
  async batch(): Promise<BatchMetric | null> {
    const start = performance.now();
    const { state } = this;
    const rows = this.#plan.rows(state.batch);
    const mask = state.step % this.model.maskCount;
    const measured = state.step % MEASURE_EVERY === 0 || state.batch === this.batchesPerEpoch - 1;
    const inputs = this.#inputs(this.#now, rows);
    let outputs: StepOutputs;
    try {
      outputs = (measured ? this.#measuredStep : this.#step)(inputs);
    } catch (error) {
      throw this.#deviceError(error instanceof Error ? error.message : String(error), true);
    } finally {
      inputs.batch.dispose();
      inputs.step.dispose();
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
      await this.#fail();
      return null;
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
   * @throws Error when a parameter is not finite, which no loss has shown yet: it must not replace a sound checkpoint.
   */
  async snapshot(): Promise<Checkpoint & { readonly state: TrainingState }> {
    const { state } = this;
    const parameters = download(this.#now.parameters);
    const optimizer = download(this.#now.optimizer);
    for (const [name, { data }] of Object.entries(await parameters)) {
      const found = firstNonFinite(data);
      if (found) throw new Error(`${name} holds ${found.value} after step ${state.step}; it was not saved.`);
    }
    return { model: { ...(await parameters), ...this.model.buffers() }, optimizer: await optimizer, state };
  }

  cloneParameters(): NamedTensors {
    return Object.fromEntries(Object.entries(this.parameters).map(([name, tensor]) => [name, tf.clone(tensor)]));
  }

  dispose(): void {
    if (this.#before) disposeTensors(this.#before.parameters, this.#before.optimizer);
    this.#before = null;
    disposeTensors(this.#now.parameters, this.#now.optimizer);
    this.#masks.dispose();
  }

  #deviceError(problem: string, sound: boolean): DeviceError {
    return new DeviceError(this.#options.backend, this.state.step + 1, problem, sound);
  }

  #newPlan(): EpochPlan {
    return new EpochPlan(this.#options.rows.rows, this.#options.training.batchSize, this.#random);
  }

  #inputs({ parameters, optimizer, state }: Generation, rows: Int32Array): StepInputs {
    return {
      parameters,
      optimizer,
      batch: gather(this.#options.rows, rows),
      masks: this.#masks.get(state.step % this.model.maskCount),
      noise: {},
      step: tf.scalar(state.step),
    };
  }

  #moveTo(next: Generation): void {
    if (this.#before) disposeTensors(this.#before.parameters, this.#before.optimizer);
    this.#before = this.#now;
    this.#now = next;
  }

  /** Finds the culprit: this step, or the one before if its outcome was not finite already; goes back before it. */
  async #fail(): Promise<void> {
    if (this.#before && (await firstNonFiniteTensor(this.parameters))) {
      disposeTensors(this.#now.parameters, this.#now.optimizer);
      this.#now = this.#before;
      this.#before = null;
      this.#random = RandomGenerator.restored(this.state.shuffle);
      this.#plan = this.#newPlan();
    }
    const rows = this.#plan.rows(this.state.batch);
    const inputs = this.#inputs(this.#now, rows);
    const step = this.state.step + 1;
    const found = await traceNonFinite(this.#options.backend.tf, this.model, this.#step, inputs, rows, step);
    inputs.batch.dispose();
    inputs.step.dispose();
    this.#failure = found ?? { step, layer: 'loss', tensor: 'loss', row: null, value: 'NaN' };
  }
}

function firstState(seed: number, rows: number): TrainingState {
  return {
    formatVersion: 1,
    rows,
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
