/**
 * Wake–sleep (Hinton, Dayan, Frey & Neal 1995), the baseline of Kingma & Welling 2014, on the same networks. Awake, the
 * decoder raises log p(x|z) of latents z that the encoder infers from data; asleep, the encoder raises log q(z̃|x̃) of
 * latents and rows that the decoder dreams. Neither passes a gradient on to the other.
 *
 * What is told of each row is the bound, as of every other way to learn, so that curves can be compared; the gradients are
 * those of wake–sleep, which are not those of the bound.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { minus, plus, rowSums } from '../flows/sums.ts';
import { gaussianKl } from '../latent/terms.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { LatentVariables } from './latentVariables.ts';
import type { DensityInputs } from './model.ts';
import { still, told } from './surrogate.ts';
import { drawnFor, EPSILON, reconstructionOf } from './vaeBound.ts';

const DREAMT = 'dreamtLatents';
const DREAM = 'dreamtRows';

/** z̃ [rows, K] from the prior, and what makes rows of them: uniform numbers, or normal ones where x is Gaussian; [rows, D]. */
export function wakeSleepNoise(rows: number, model: LatentVariables, random: RandomGenerator): NamedArrays {
  const { dimension, latentDimension, output } = model;
  const draw = output.type === 'bernoulli' ? () => random.uniform() : () => random.normal();
  return {
    [DREAMT]: {
      shape: [rows, latentDimension],
      data: Float32Array.from({ length: rows * latentDimension }, () => random.normal()),
    },
    [DREAM]: { shape: [rows, dimension], data: Float32Array.from({ length: rows * dimension }, draw) },
  };
}

/** −bound of every row, [N] nats, whose gradients are those of −log p(x|z) − log q(z̃|x̃). */
export function wakeSleep(model: LatentVariables, x: Tensor2D, inputs: DensityInputs): Tensor1D {
  const epsilon = inputs.noise[EPSILON] as Tensor2D;
  const encoded = model.encode(x, inputs);
  const inferred = still(() => drawnFor(model, encoded, epsilon, inputs).z);
  const divergence = still(() => rowSums(gaussianKl(encoded.mean, encoded.logScale)));
  const wake = reconstructionOf(model, x, model.decode(inferred, inputs));

  const dreamt = inputs.noise[DREAMT] as Tensor2D;
  const dream = still(() => dreamtRows(model, dreamt, inputs));
  const sleep = rowSums(model.logPosterior(dreamt, model.encode(dream, inputs), inputs));
  return told(minus(plus(wake, sleep)), tf.sub(divergence, wake));
}

function dreamtRows(model: LatentVariables, z: Tensor2D, inputs: DensityInputs): Tensor2D {
  const of = model.decode(z, inputs);
  const noise = inputs.noise[DREAM] as Tensor2D;
  if (of.logScale === null) return tf.cast<Tensor2D>(tf.less<Tensor2D>(noise, model.output.mean(of)), 'float32');
  const deviation = tf.exp<Tensor2D>(of.logScale);
  return tf.add<Tensor2D>(model.output.mean(of), tf.mul<Tensor2D>(deviation, noise));
}
