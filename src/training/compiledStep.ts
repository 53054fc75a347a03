/** A training step as a program of the backend's own, where it has such programs. */
import type { Backend } from '../backends/backend.ts';
import type { GivenUp } from '../backends/compiled.ts';
import { CompiledPasses, type Pass, toldOnce } from '../backends/compiledPasses.ts';
import { fixedMasks, type Structures } from '../models/structures.ts';
import type { Model } from '../models/model.ts';
import type { Tried } from '../models/triedWeights.ts';
import { disposeMadeUpInputs, madeUpInputs } from './madeUpInputs.ts';
import type { StepInputs, StepOutputs, TrainingStep } from './step.ts';

type Stepped = Pick<Model, 'masks' | 'maskTensors' | 'noise' | 'chains'> & Structures & Tried;

/**
 * The same step, compiled anew for every batch size. Which way a step is computed depends on the model and on shapes
 * alone: a program is tried on made-up inputs, never on what happens to be trained when it is first needed, so that a
 * resumed run computes as the uninterrupted one did.
 */
export class CompiledStep {
  readonly #step: TrainingStep;
  readonly #passes: CompiledPasses;
  readonly #model: Stepped;
  readonly #tell: (reason: string) => void;

  /**
   * Keeps as many programs as an epoch has sizes of batches, all of them in turn.
   * @param tell Why a step is computed as it is, though the backend has programs; every reason once.
   * @param passes Those that there are already, of a step of the same model, seed and training; the step's own from here on
   */
  constructor(
    step: TrainingStep,
    backend: Pick<Backend, 'compile'>,
    model: Stepped,
    tell: (reason: string) => void = () => undefined,
    passes = new CompiledPasses(backend, Infinity),
  ) {
    this.#step = step;
    this.#model = model;
    this.#tell = toldOnce(tell);
    this.#passes = passes;
  }

  /** @param counted Told how many operations the program has, if it is made. */
  run(inputs: StepInputs, givenUp?: GivenUp, counted?: (operations: number) => void): StepOutputs {
    return this.#passes.run({ ...this.#pass, ...(counted && { counted }) }, withoutMore(inputs), givenUp);
  }

  /** How many operations the program for such inputs has, which is made if need be; null where there is none. */
  operations(inputs: StepInputs, counted: (operations: number) => void): number | null {
    return this.#passes.operations({ ...this.#pass, counted }, withoutMore(inputs));
  }

  /** Whether the next run with such inputs begins with compiling the step. */
  compiles(inputs: StepInputs): boolean {
    return this.#passes.makes(this.#pass, withoutMore(inputs));
  }

  get #pass(): Pass<StepInputs, StepOutputs> {
    return {
      ...{ of: this.#passes, name: 'the step', times: Infinity, compute: this.#step, tell: this.#tell },
      fixed: fixedMasks(this.#model),
      examples: (own) => {
        const made = madeUpInputs(own, this.#model);
        return { inputs: made, dispose: () => disposeMadeUpInputs(made) };
      },
    };
  }

  dispose(): void {
    this.#passes.dispose();
  }
}

/** The outcome of the step before may come along. */
function withoutMore({ parameters, optimizer, batch, context, masks, noise, step }: StepInputs): StepInputs {
  return { parameters, optimizer, batch, context, masks, noise, step };
}
