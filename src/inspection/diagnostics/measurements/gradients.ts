import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { DensityInputs, Model, NamedTensors } from '../../../models/model.ts';
import { lossAndGradients } from '../../../training/makeStep.ts';

/** Gradient of the mean objective in every parameter, as training takes it. The caller disposes of them. */
export function gradientsIn(model: Model, inputs: DensityInputs, batch: Tensor2D): NamedTensors {
  return tf.tidy(() => lossAndGradients(model, { ...inputs, batch }).gradients);
}
