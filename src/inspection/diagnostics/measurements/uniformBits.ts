/**
 * What a density that is known reads in bits per dimension: a uniform one through the layers that lead grey levels to the
 * real line; of conditionals of levels that of weights which are all 0, the same for every variable whatever came before it.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Conditional } from '../../../distributions/conditional.ts';
import { inputsOfLayer } from '../../../flows/flow.ts';
import { uniform } from '../../../flows/bases.ts';
import { disposeTensors } from '../../../layers/namedTensors.ts';
import { RandomGenerator } from '../../../random/generator.ts';
import { conditionalsOf, type Model } from '../../../models/model.ts';
import { rowsOfProducts, scoreOf } from '../../../training/evaluate.ts';
import { type Chunked, densityInputs, noiseFor, type Snapshot } from '../../source.ts';
import { flowOf } from '../../flowPassage.ts';
import type { Measurement } from './measurement.ts';

const ROWS = 16;

export interface UniformBits {
  readonly levels: number;
  /** Bits per dimension as the model reads them; NaN where rows fall outside of what the density is on. */
  readonly bits: number;
  /** What they must be: log₂ of the levels where each is as probable as any other. */
  readonly expected: number;
  /** Whether each is. */
  readonly uniform: boolean;
  /** How a flow leads levels to real numbers; null for conditionals, which are of the levels themselves. */
  readonly flow: UniformFlow | null;
}

export interface UniformFlow {
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
  applies: (model) =>
    typeof model.support === 'object' && (model.flow !== undefined || conditionalsOf(model)?.conditional !== undefined),
  measure: (snapshot) => (snapshot.source.model.flow ? measureFlow(snapshot) : measureConditionals(snapshot)),
};

const bitsOf = (scores: ArrayLike<number>, model: Pick<Model, 'dimension' | 'quantity'>): number => {
  const { bitsPerDim } = scoreOf(Float64Array.from(scores), model);
  return bitsPerDim !== null && Number.isFinite(bitsPerDim) ? bitsPerDim : NaN;
};

/** [rows, D] levels, the ends among them for certain. */
function levelsOf(rows: number, { dimension, levels, seed }: { dimension: number; levels: number; seed: number }) {
  const random = RandomGenerator.seeded(seed, 'inspection/uniform');
  return Float32Array.from({ length: rows * dimension }, (_, i) =>
    i < 2 ? (i === 0 ? 0 : levels - 1) : random.integer(0, levels - 1),
  );
}

/** The model at weights 0, through its own sums and conversion. */
async function* measureConditionals(snapshot: Snapshot): Chunked<UniformBits | null> {
  const { model, seed } = snapshot.source;
  const { support, dimension } = model;
  const conditional = conditionalsOf(model)?.conditional;
  if (typeof support !== 'object' || conditional === undefined) return null;
  const { levels } = support;
  const rows = Math.min(ROWS, rowsOfProducts(model.densityProducts ?? 1));
  const values = levelsOf(rows, { dimension, levels, seed });
  const { masks } = densityInputs(snapshot);
  const noise = noiseFor(snapshot, rows);
  try {
    const logProb = tf.tidy((): Tensor1D => {
      const parameters = Object.fromEntries(model.parameters.map(({ name, shape }) => [name, tf.zeros([...shape])]));
      const context = model.contextDimension > 0 ? tf.zeros<tf.Rank.R2>([rows, model.contextDimension]) : null;
      const x = tf.tensor2d(values, [rows, dimension]);
      return model.logProb!(x, { parameters, masks, noise, context });
    });
    const scores = await logProb.data<'float32'>();
    logProb.dispose();
    yield;
    return {
      levels,
      bits: bitsOf(scores, model),
      expected: bitsAtZero(conditional, values, levels),
      uniform: conditional.type === 'categorical',
      flow: null,
    };
  } finally {
    disposeTensors(masks, noise);
  }
}

/** Bits of each value, on average, where all parameters are 0 and the levels 0 … L − 1 have all of the probability. */
function bitsAtZero(conditional: Conditional, values: Float32Array, levels: number): number {
  const zeros = new Float64Array(conditional.parameterNames.length);
  const logs = Array.from({ length: levels }, (_, level) => conditional.logProb(level, zeros, 0));
  const all = Math.log(logs.reduce((sum, log) => sum + Math.exp(log), 0));
  return values.reduce((sum, level) => sum + all - logs[level]!, 0) / values.length / Math.LN2;
}

/**
 * The density that is 1/L^D on [0, L)^D, through the same noise, layers, sums and conversion as the model: the first layer
 * leads to (0, 1), where it is uniform; what comes after (a logit) is gone there and back, so that it cancels out.
 */
async function* measureFlow(snapshot: Snapshot): Chunked<UniformBits | null> {
  const { model, seed } = snapshot.source;
  const { support, dimension } = model;
  if (typeof support !== 'object') return null;
  const { levels } = support;
  const { layers } = flowOf(model);
  const first = layers.findIndex(({ kind }) => kind !== 'pixels');
  const pixels = layers.slice(0, first < 0 ? layers.length : first);
  const rows = levelsOf(ROWS, { dimension, levels, seed });
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
    return {
      levels,
      bits: bitsOf(scores, model),
      expected: Math.log2(levels),
      uniform: true,
      flow: {
        least: values.reduce((a, b) => Math.min(a, b)),
        most: values.reduce((a, b) => Math.max(a, b)),
        dequantised: Object.keys(noise).length > 0,
        scaled: pixels.length > 0,
      },
    };
  } finally {
    disposeTensors(inputs.masks, noise);
  }
}
