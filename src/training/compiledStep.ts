/** A training step as a program of the backend's own, where it has such programs. */
import type { Backend } from '../backends/backend.ts';
import { CompiledPasses, toldOnce } from '../backends/compiledPasses.ts';
import { hasOneStructure, type Structures } from '../models/structures.ts';
import type { Model } from '../models/model.ts';
import { disposeMadeUpInputs, madeUpInputs } from './madeUpInputs.ts';
import type { StepInputs, StepOutputs, TrainingStep } from './step.ts';

type Stepped = Pick<Model, 'masks' | 'noise' | 'chains'> & Structures;

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

  /** @param tell Why a step is computed as it is, though the backend has programs; every reason once. */
  constructor(
    step: TrainingStep,
    backend: Pick<Backend, 'compile'>,
    model: Stepped,
    tell: (reason: string) => void = () => undefined,
  ) {
    this.#step = step;
    this.#model = model;
    this.#tell = toldOnce(tell);
    // As many as an epoch has sizes of batches, all of them in turn.
    this.#passes = new CompiledPasses(backend, Infinity);
  }

  run({ parameters, optimizer, batch, context, masks, noise, step }: StepInputs): StepOutputs {
    // Nothing else: the outcome of the step before may come along.
    const inputs = { parameters, optimizer, batch, context, masks, noise, step };
    return this.#passes.run(
      {
        ...{ of: this, name: 'the step', times: Infinity, compute: this.#step, tell: this.#tell },
        fixed: ({ masks }) => (hasOneStructure(this.#model) ? masks : null),
        examples: (own) => {
          const made = madeUpInputs(own, this.#model);
          return { inputs: made, dispose: () => disposeMadeUpInputs(made) };
        },
      },
      inputs,
    );
  }

  dispose(): void {
    this.#passes.dispose();
  }
}
