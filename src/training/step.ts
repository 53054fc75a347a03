/**
 * A training step is a pure function of tensors:
 * (parameters, optimiser state, batch, noise, masks, step) → (new parameters, new optimiser state, loss, metrics).
 */
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../models/model.ts';

export interface StepInputs {
  readonly parameters: NamedTensors;
  /** Optimiser state by `slot/parameter`, e.g. `m/hidden.0.weight`. */
  readonly optimizer: NamedTensors;
  /** [N, D] */
  readonly batch: Tensor2D;
  readonly masks: NamedTensors;
  readonly noise: NamedTensors;
  /** [N, C] what each row is conditioned on, or null. */
  readonly context: Tensor2D | null;
  /** Steps done before this one, as a tensor, so that bias corrections are part of the graph. */
  readonly step: Scalar;
}

export interface StepOutputs {
  /** Those that are trained; the others stay as they were. */
  readonly parameters: NamedTensors;
  readonly optimizer: NamedTensors;
  /** Mean objective of the batch: for a likelihood the NLL in nats. */
  readonly loss: Scalar;
  /**
   * Norms by parameter when they are measured: `gradientNorm/…`, `updateNorm/…`, `valueNorm/…`, of the entries that the
   * step's masks let through. Scalars.
   */
  readonly metrics: NamedTensors;
}

/** Pure: allocates its outputs, disposes of nothing that came in. */
export type TrainingStep = (inputs: StepInputs) => StepOutputs;
