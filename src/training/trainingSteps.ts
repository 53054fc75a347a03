/**
 * The steps that train a model: the plain one, and the one that measures norms as well, each compiled where that can be.
 *
 * Norms are a small share of a program of thousands of operations, and such a program takes seconds to be made: there the one that
 * measures them does for every step. Which it is follows from what that program is, so that a resumed run computes as the
 * uninterrupted one did.
 */
import type { Backend } from '../backends/backend.ts';
import type { GivenUp } from '../backends/compiled.ts';
import { type CompiledPasses, slowerOnce } from '../backends/compiledPasses.ts';
import type { Model } from '../models/model.ts';
import type { TellActivity } from '../text/activity.ts';
import { CompiledStep } from './compiledStep.ts';
import { makeTrainingStep, type StepSpec } from './makeStep.ts';
import type { StepInputs, StepOutputs, TrainingStep } from './step.ts';
import { StepPrograms } from './stepPrograms.ts';

/** Operations from which on one program does for both. What is unrolled has more: the steps of other models have some hundred. */
export const MANY_OPERATIONS = 2_000;

export interface StepWish {
  /** Whether norms are measured: they are, they may be, or, where steps are timed for themselves, they are not. */
  readonly norms: 'measured' | 'any' | 'never';
  /** Told what keeps the step waiting; of the first one, whatever that is. */
  readonly tellActivity?: TellActivity | undefined;
  /** Of the parameters and the optimiser's state. */
  readonly givenUp?: GivenUp;
}

export class TrainingSteps {
  /** Operation by operation. */
  readonly plain: TrainingStep;
  readonly #batchSize: number;
  readonly #plain: CompiledStep;
  readonly #measured: CompiledStep;
  /** What has been computed, by the rows of a batch and what is wished of norms. */
  readonly #chosen = new Map<string, CompiledStep>();
  #operations: number | null = null;

  /**
   * @param tell Told once, in words, when steps are computed in a slower way than the backend has.
   * @param programs Its own from here on.
   */
  constructor(
    model: Model,
    training: StepSpec & { readonly batchSize: number },
    backend: Pick<Backend, 'name' | 'compile'>,
    tell?: (text: string) => void,
    programs = new StepPrograms(backend),
  ) {
    this.plain = makeTrainingStep(model, training, { norms: false });
    const tellSlower = slowerOnce(backend, 'training steps', tell);
    const compiled = (step: TrainingStep, passes: CompiledPasses) =>
      new CompiledStep(step, backend, model, tellSlower, passes);
    this.#plain = compiled(this.plain, programs.plain);
    this.#measured = compiled(makeTrainingStep(model, training, { norms: true }), programs.measured);
    this.#batchSize = training.batchSize;
  }

  /** Of the program of the step that was chosen last; null where it has none. */
  get operations(): number | null {
    return this.#operations;
  }

  async run(inputs: StepInputs, { norms, tellActivity = () => undefined, givenUp }: StepWish): Promise<StepOutputs> {
    const [rows] = inputs.batch.shape;
    // All else has the same shapes in every step.
    const key = `${rows} ${norms}`;
    const known = this.#chosen.get(key);
    if (known) return known.run(inputs, givenUp);
    const what = rows < this.#batchSize ? `the training step for a batch of ${rows}` : 'the training step';
    const compiling = (operations: number | null) => tellActivity({ doing: 'compiling', what, operations });
    const counted = (operations: number) => void compiling(operations);
    const first = this.#chosen.size === 0;
    const waits = async (step: CompiledStep) => {
      const compiles = step.compiles(inputs);
      if (compiles) await compiling(null);
      return compiles;
    };
    const measures = norms !== 'never' && (await waits(this.#measured));
    const many = norms !== 'never' && (this.#measured.operations(inputs, counted) ?? 0) >= MANY_OPERATIONS;
    const step = norms === 'measured' || many ? this.#measured : this.#plain;
    const compiles = (await waits(step)) || measures;
    if (first && !compiles) await tellActivity({ doing: 'stepping' });
    // The first time nothing is given up: who is told afterwards may have something to say.
    const outputs = step.run(inputs, undefined, counted);
    this.#operations = step.operations(inputs, counted);
    this.#chosen.set(key, step);
    if (first || compiles) await tellActivity(null);
    return outputs;
  }

  dispose(): void {
    this.#plain.dispose();
    this.#measured.dispose();
  }
}
