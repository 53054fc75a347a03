/** What an optimiser is: how one gradient becomes one step, as a pure function of tensors. */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

export interface Updated {
  readonly parameter: Tensor;
  /** In the order of {@link Optimizer.slots}. */
  readonly slots: readonly Tensor[];
}

export interface Optimizer {
  /** State kept for every parameter, of its shape and 0 at the start: it is saved as `slot/parameter`. */
  readonly slots: readonly string[];
  /** What depends on the number of steps done alone, computed once a step for all parameters. */
  schedule(step: Scalar): readonly Scalar[];
  /** One step down `gradient`. */
  update(parameter: Tensor, gradient: Tensor, slots: readonly Tensor[], schedule: readonly Scalar[]): Updated;
}
