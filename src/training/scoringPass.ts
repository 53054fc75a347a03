/** Scores of some rows as a forward pass that a backend may compile. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Examples, Pass } from '../backends/compiledPasses.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import type { DensityInputs, Model, NamedTensors } from '../models/model.ts';
import { fixedMasks } from '../models/structures.ts';
import { triedWeights } from '../models/triedWeights.ts';
import { MadeUp } from '../layers/madeUp.ts';

export interface ScoringInputs extends DensityInputs {
  /** [N, D] */
  readonly x: Tensor2D;
}

export interface ScoringPassOptions {
  /** Whether by the model's objective, which may be an estimate. */
  readonly estimate: boolean;
  readonly times: number;
  readonly tell?: ((reason: string) => void) | undefined;
}

/** log p(x) of x [N, D] in nats, minus the objective where that is asked for or all there is: [N]. */
export function scoringPass(
  model: Model,
  { estimate, times, tell }: ScoringPassOptions,
): Pass<ScoringInputs, { readonly logProb: Tensor1D }> {
  const byObjective = estimate || !model.logProb;
  return {
    ...{ of: model, times, ...(tell && { tell }) },
    name: byObjective ? 'the objective of rows' : 'log p of rows',
    compute: ({ x, ...inputs }) => ({
      logProb: byObjective ? tf.neg(model.objective(x, inputs)) : model.logProb!(x, inputs),
    }),
    examples: (inputs) => madeUpScoring(inputs, model, noiseFor(model, estimate)),
    fixed: fixedMasks(model),
  };
}

/** Who draws the random numbers of a score. @param estimate Whether it is the objective's. */
export function noiseFor(model: Model, estimate = false): Model['noise'] {
  return !estimate && model.densityNoise ? model.densityNoise.bind(model) : model.noise.bind(model);
}

/** The parameters that a model computes with, of a record that may hold more: orders and degrees of a checkpoint. */
export function ownParameters({ parameters: declared }: Pick<Model, 'parameters'>, all: NamedTensors): NamedTensors {
  return Object.fromEntries(declared.map(({ name }) => [name, all[name]!]));
}

/**
 * Inputs of the same names and shapes, the values of `inputs` unread, as for training steps: rows of 0 and 1, which every
 * model can score.
 * @param noise who draws the random numbers of so many rows
 */
export function madeUpScoring(inputs: ScoringInputs, model: Model, noise: Model['noise']): Examples<ScoringInputs> {
  const made = new MadeUp();
  const own: ScoringInputs = {
    parameters: triedWeights(model, inputs.parameters, made),
    masks: upload(model.masks(0)),
    x: made.like(inputs.x, Math.round),
    context: inputs.context && made.like(inputs.context, (u) => 2 * u - 1),
    noise: upload(noise(inputs.x.shape[0], made.random)),
  };
  const { x, context } = own;
  return {
    inputs: own,
    dispose: () => disposeTensors(own.parameters, own.masks, own.noise, { x, ...(context && { context }) }),
  };
}
