/** Rows of a variational autoencoder: z from the prior, x from p(x|z). */
import * as tf from '@tensorflow/tfjs-core';
import { Breath } from '../layers/breath.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { checkTemperature } from './drawing.ts';
import type { LatentVariables } from './latentVariables.ts';
import type { SampleProgress, SampleRequest, Samples } from './model.ts';

/** Rows computed at a time on the device. */
const BATCH_ROWS = 250;

/**
 * Draws rows; the temperature multiplies z, and is that of p(x|z) too. The means are E[x|z].
 * @throws RangeError for a temperature that is not above 0, and where values are given to be completed.
 */
export async function* drawVae(
  model: LatentVariables,
  parameters: NamedArrays,
  { rows, random, temperature, given }: SampleRequest,
): AsyncGenerator<SampleProgress, Samples, void> {
  checkTemperature(temperature);
  if (given !== null) throw new RangeError('a VAE draws all variables of a row at once; none can be given');
  const { dimension, latentDimension, output } = model;
  const values = new Float32Array(rows * dimension).fill(NaN);
  const means = new Float32Array(rows * dimension);
  const latents = Float32Array.from({ length: rows * latentDimension }, () => temperature * random.normal());
  const tensors = upload(parameters);
  const breath = new Breath();
  try {
    for (let begin = 0; begin < rows; begin += BATCH_ROWS) {
      const end = Math.min(rows, begin + BATCH_ROWS);
      const of = tf.tidy(() => {
        const piece = latents.subarray(begin * latentDimension, end * latentDimension);
        const decoded = model.decode(tf.tensor2d(piece, [end - begin, latentDimension]), { parameters: tensors });
        return { location: decoded.location, mean: output.mean(decoded), logScale: decoded.logScale ?? tf.scalar(0) };
      });
      const [location, mean, logScale] = await Promise.all([
        of.location.data<'float32'>(),
        of.mean.data<'float32'>(),
        of.logScale.data<'float32'>(),
      ]).finally(() => tf.dispose(of));
      means.set(mean, begin * dimension);
      for (let i = 0; i < location.length; i++) {
        values[begin * dimension + i] = output.draw(location[i]!, logScale[i] ?? 0, temperature, random);
        if ((i + 1) % dimension === 0 && breath.due) {
          const finished = begin + (i + 1) / dimension;
          yield { finished, share: finished / rows, values };
          breath.drawn();
        }
      }
      yield { finished: end, share: end / rows, values };
    }
  } finally {
    disposeTensors(tensors);
  }
  return { rows, dimension, values, means };
}
