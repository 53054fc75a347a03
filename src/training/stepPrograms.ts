/** Programs of the two training steps of a model, which a trial of the model leaves to the run that it was for. */
import type { Backend } from '../backends/backend.ts';
import { CompiledPasses } from '../backends/compiledPasses.ts';

export class StepPrograms {
  /** Of the step alone; as many as an epoch has sizes of batches, all of them in turn. */
  readonly plain: CompiledPasses;
  /** Of the step that measures norms as well. */
  readonly measured: CompiledPasses;

  constructor(backend: Pick<Backend, 'compile'>) {
    this.plain = new CompiledPasses(backend, Infinity);
    this.measured = new CompiledPasses(backend, Infinity);
  }

  dispose(): void {
    this.plain.dispose();
    this.measured.dispose();
  }
}

/** Programs that trials of one model have made, by the backend: all of them of the same specification, seed and rows. */
export class KeptPrograms {
  readonly #kept = new Map<Backend, StepPrograms>();

  on(backend: Backend): StepPrograms {
    const programs = this.#kept.get(backend) ?? new StepPrograms(backend);
    this.#kept.set(backend, programs);
    return programs;
  }

  /** Those of one backend, the caller's from here on; the others are given up. */
  take(backend: Backend): StepPrograms {
    const taken = this.on(backend);
    this.#kept.delete(backend);
    this.dispose();
    return taken;
  }

  dispose(): void {
    for (const programs of this.#kept.values()) programs.dispose();
    this.#kept.clear();
  }
}
