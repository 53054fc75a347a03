/** What a model keeps of every training row between steps: chains of a Markov chain Monte Carlo method. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../layers/parameters.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { DensityInputs } from './model.ts';

/**
 * Chains go with the optimiser's state from step to step and into checkpoints, so that a run that goes on ends where the
 * uninterrupted one does. Everything here is a pure function of tensors.
 */
export interface Chains {
  /** Updates of the weights by what one move drew. */
  readonly updates: number;
  /** The state before the first step. @param rows N, of all training rows. */
  start(rows: number, random: RandomGenerator): NamedArrays;
  /** What tells a step which chains are its own, int32, to stand among its noise. @param rows [B] of the minibatch, of `all`. */
  places(all: number, rows: Int32Array): NamedArrays;
  /**
   * Moves the chains of a minibatch x [B, D] once: the state after it, all its names present, and the noise that
   * `objective` takes, what was drawn among it.
   */
  move(
    x: Tensor2D,
    state: NamedTensors,
    inputs: DensityInputs,
  ): { readonly state: NamedTensors; readonly noise: NamedTensors };
}
