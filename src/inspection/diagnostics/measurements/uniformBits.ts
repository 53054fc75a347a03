/** What a uniform density reads in bits per dimension through the layers that lead grey levels to the real line. */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { inputsOfLayer } from '../../../flows/flow.ts';
import { uniform } from '../../../flows/bases.ts';
import { disposeTensors } from '../../../layers/namedTensors.ts';
import { RandomGenerator } from '../../../random/generator.ts';
import { scoreOf } from '../../../training/evaluate.ts';
import { type Chunked, densityInputs, noiseFor, type Snapshot } from '../../source.ts';
import { flowOf } from '../../flowPassage.ts';
import type { Measurement } from './measurement.ts';

const ROWS = 16;

export interface UniformBits {
  readonly levels: number;
  /** Bits per dimension of a uniform density; NaN where rows fall outside of what it is on. */
  readonly bits: number;
  /** Smallest and largest value that comes out of the first layer, of levels 0 … L − 1 with their noise. */
  readonly least: number;
  readonly most: number;
  /** Whether noise is added to levels. */
  readonly dequantised: boolean;
  /** Whether there is a layer that leads levels into (0, 1). */
  readonly scaled: boolean;
}

export const uniformBits: Measurement<UniformBits> = {
  depth: 'facts',
  applies: ({ flow, support }) => flow !== undefined && typeof support === 'object',
  measure,
};

/**
 * The density that is 1/L^D on [0, L)^D, through the same noise, layers, sums and conversion as the model: the first layer
 * leads to (0, 1), where it is uniform; what comes after (a logit) is gone there and back, so that it cancels out.
 */
async function* measure(snapshot: Snapshot): Chunked<UniformBits | null> {
  const { model, backend, seed } = snapshot.source;
  const { support, dimension, quantity } = model;
  if (typeof support !== 'object') return null;
  const { levels } = support;
  const { tf } = backend;
  const { layers } = flowOf(model);
  const first = layers.findIndex(({ kind }) => kind !== 'pixels');
  const pixels = layers.slice(0, first < 0 ? layers.length : first);
  const random = RandomGenerator.seeded(seed, 'inspection/uniform');
  const rows = Float32Array.from({ length: ROWS * dimension }, (_, i) =>
    // The ends are there for certain.
    i < 2 ? (i === 0 ? 0 : levels - 1) : random.integer(0, levels - 1),
  );
  const inputs = densityInputs(snapshot);
  const noise = noiseFor(snapshot, ROWS);
  try {
    const [logProb, scaled] = tf.tidy((): [Tensor1D, Tensor2D] => {
      const given = model.contextDimension > 0 ? tf.fill([ROWS, model.contextDimension], 0) : null;
      const own = { ...inputs, context: given as Tensor2D | null };
      const added = Object.values(noise).reduce<Tensor2D>(
        (sum, one) => tf.add(sum, one),
        tf.tensor2d(rows, [ROWS, dimension]),
      );
      const there = pixels.reduce<{ at: Tensor2D[]; logDet: Tensor1D }>(
        ({ at, logDet }, { bijector }, l) => {
          const { y, logDet: more } = bijector.forward(at.at(-1)!, inputsOfLayer(own, l));
          return { at: [...at, y], logDet: tf.add(logDet, more) };
        },
        { at: [added], logDet: tf.zeros([ROWS]) },
      );
      let { logDet } = there;
      for (let l = pixels.length - 1; l > 0; l--) {
        logDet = tf.add(logDet, pixels[l]!.bijector.inverse(there.at[l + 1]!, inputsOfLayer(own, l)).logDet);
      }
      const even = there.at[1] ?? added;
      return [tf.add(logDet, uniform(dimension).logProb(even, { ...own, masks: {}, parameters: {} })), even];
    });
    const [scores, values] = await Promise.all([logProb.data<'float32'>(), scaled.data<'float32'>()]);
    logProb.dispose();
    scaled.dispose();
    yield;
    const { bitsPerDim } = scoreOf(Float64Array.from(scores), { dimension, quantity });
    return {
      levels,
      bits: bitsPerDim !== null && Number.isFinite(bitsPerDim) ? bitsPerDim : NaN,
      least: values.reduce((a, b) => Math.min(a, b)),
      most: values.reduce((a, b) => Math.max(a, b)),
      dequantised: Object.keys(noise).length > 0,
      scaled: pixels.length > 0,
    };
  } finally {
    disposeTensors(inputs.masks, noise);
  }
}
