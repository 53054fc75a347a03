/** The steps that train a model: the plain one, and the one that measures norms as well, each compiled where that can be. */
import type { Backend } from '../backends/backend.ts';
import { slowerOnce } from '../backends/compiledPasses.ts';
import type { Model } from '../models/model.ts';
import type { TellActivity } from '../text/activity.ts';
import { CompiledStep } from './compiledStep.ts';
import { makeTrainingStep, type StepSpec } from './makeStep.ts';
import type { StepInputs, StepOutputs, TrainingStep } from './step.ts';

export interface StepWish {
  /** Whether norms are measured, too. */
  readonly measured: boolean;
  /** Told what keeps the step waiting; of the first one, whatever that is. */
  readonly tellActivity?: TellActivity | undefined;
}

export class TrainingSteps {
  /** Operation by operation. */
  readonly plain: TrainingStep;
  readonly #batchSize: number;
  readonly #plain: CompiledStep;
  readonly #measured: CompiledStep;
  /** Whether one has been computed. */
  #begun = false;

  /** @param tell Told once, in words, when steps are computed in a slower way than the backend has. */
  constructor(
    model: Model,
    training: StepSpec & { readonly batchSize: number },
    backend: Pick<Backend, 'name' | 'compile'>,
    tell?: (text: string) => void,
  ) {
    this.plain = makeTrainingStep(model, training, { norms: false });
    const tellSlower = slowerOnce(backend, 'training steps', tell);
    const compiled = (step: TrainingStep) => new CompiledStep(step, backend, model, tellSlower);
    this.#plain = compiled(this.plain);
    this.#measured = compiled(makeTrainingStep(model, training, { norms: true }));
    this.#batchSize = training.batchSize;
  }

  async run(inputs: StepInputs, { measured, tellActivity = () => undefined }: StepWish): Promise<StepOutputs> {
    const step = measured ? this.#measured : this.#plain;
    const compiles = step.compiles(inputs);
    if (!compiles && this.#begun) return step.run(inputs);
    const [rows] = inputs.batch.shape;
    const what = rows < this.#batchSize ? `the training step for a batch of ${rows}` : 'the training step';
    const compiling = (operations: number | null) => tellActivity({ doing: 'compiling', what, operations });
    await (compiles ? compiling(null) : tellActivity({ doing: 'stepping' }));
    try {
      return step.run(inputs, (operations) => void compiling(operations));
    } finally {
      this.#begun = true;
      await tellActivity(null);
    }
  }

  dispose(): void {
    this.#plain.dispose();
    this.#measured.dispose();
  }
}
