/** What goes into one step, and is made for it alone. */
import * as tf from '@tensorflow/tfjs-core';
import type { Matrix } from '../data/dataset.ts';
import type { Model } from '../models/model.ts';
import { RandomGenerator } from '../random/generator.ts';
import { batchOf } from './batches.ts';
import { stepNoise } from './firstState.ts';
import type { Generation } from './generations.ts';
import type { MaskCache } from './maskCache.ts';
import type { StepInputs } from './step.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';

/** Where the inputs of steps come from, the same for all of a run. */
export interface StepSource {
  readonly model: Model;
  readonly matrix: Matrix;
  readonly seed: number;
  readonly masks: MaskCache;
}

/** What goes into the next step on `rows`, and the state of the noise's generator after it. */
export function stepInputs(
  { parameters, optimizer, state }: Generation,
  { model, matrix, seed, masks }: StepSource,
  rows: Int32Array,
): { readonly inputs: StepInputs; readonly noise: number[] } {
  const random = state.noise ? RandomGenerator.restored(state.noise) : RandomGenerator.seeded(seed, 'noise');
  const inputs: StepInputs = {
    parameters,
    optimizer,
    ...batchOf(matrix, rows, { seed, step: state.step }),
    masks: masks.get(model.trainingMask(state.step)),
    noise: upload(stepNoise(model, matrix.rows, rows, random)),
    step: tf.scalar(state.step),
  };
  return { inputs, noise: [...random.state] };
}

/** Frees what was made for one step alone. */
export function disposeInputs({ batch, context, step, noise }: StepInputs): void {
  batch.dispose();
  context?.dispose();
  step.dispose();
  disposeTensors(noise);
}
