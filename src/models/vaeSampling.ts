/** Rows of a variational autoencoder: z from the prior, x from p(x|z). */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { type Pass, passesOn } from '../backends/compiledPasses.ts';
import { leavesOf } from '../backends/tensorTree.ts';
import { Breath } from '../layers/breath.ts';
import { MadeUp, madeUpWeight } from '../layers/madeUp.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { checkTemperature } from './drawing.ts';
import { batchesOf, compiling } from './drawingPrograms.ts';
import type { LatentVariables } from './latentVariables.ts';
import type { NamedTensors, SampleProgress, SampleRequest, Samples } from './model.ts';

/**
 * Draws rows; the temperature multiplies z, and is that of p(x|z) too. The means are E[x|z].
 * @throws RangeError for a temperature that is not above 0, and where values are given to be completed.
 */
export async function* drawVae(
  model: LatentVariables,
  parameters: NamedArrays,
  { rows, random, temperature, given, programs = { backend: {}, repeatable: true } }: SampleRequest,
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
    for (const batch of batchesOf(rows)) {
      const { begin, end } = batch;
      const piece = latents.subarray(begin * latentDimension, end * latentDimension);
      const z = tf.tensor2d(piece, [end - begin, latentDimension]);
      const pass = { ...passOf(model), ...compiling(programs, batch) };
      let of: Outputs;
      try {
        of = passesOn(programs.backend).run(pass, { z, parameters: tensors });
      } finally {
        z.dispose();
      }
      const [location, mean, logScale] = await Promise.all([
        of.location.data<'float32'>(),
        of.mean.data<'float32'>(),
        of.logScale?.data<'float32'>(),
      ]).finally(() => tf.dispose(leavesOf(of)));
      means.set(mean, begin * dimension);
      for (let i = 0; i < location.length; i++) {
        values[begin * dimension + i] = output.draw(location[i]!, logScale?.[i] ?? 0, temperature, random);
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

interface Inputs {
  /** [N, K] */
  readonly z: Tensor2D;
  readonly parameters: NamedTensors;
}

/** Of p(x|z), [N, D] each. */
interface Outputs {
  readonly location: Tensor2D;
  readonly mean: Tensor2D;
  readonly logScale: Tensor2D | null;
}

function passOf(model: LatentVariables): Pass<Inputs, Outputs> {
  return {
    of: model,
    name: 'p(x|z) of z from the prior',
    compute({ z, parameters }) {
      const decoded = model.decode(z, { parameters });
      return { location: decoded.location, mean: model.output.mean(decoded), logScale: decoded.logScale };
    },
    examples({ z, parameters }) {
      const made = new MadeUp();
      const inputs = { z: made.like(z, (u) => 4 * u - 2), parameters: made.all(parameters, madeUpWeight) };
      return { inputs, dispose: () => tf.dispose(inputs) };
    },
  };
}
