/** One of L levels 0 … L−1, each with a logit of its own: p(x) = softmax(z)_x. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../layers/differentiable.ts';
import { heardAsLevels, type Conditional } from './conditional.ts';
import { logSumExp, logSumExpOfRows, pick, tempered } from './logSumExp.ts';
import { columnsOf, entriesAsColumn } from './perEntry.ts';
import { sumOfRows } from './sum.ts';

/** @param levels L, at least 2. */
export function categorical(levels: number): Conditional {
  /** 1 at the level of each entry: [N·D, L]. */
  const oneHot = (x: Tensor2D): Tensor2D =>
    tf.cast(tf.equal<Tensor2D>(entriesAsColumn(x), tf.expandDims(tf.range(0, levels), 0)), 'float32');
  const logitsOf = (x: Tensor2D, parameters: Tensor2D): Tensor2D => columnsOf(parameters, x, [levels])[0]!;
  const logOf = (x: Tensor2D, logits: Tensor2D, all: Tensor2D): Tensor2D => {
    const chosen = tf.sum<Tensor2D>(tf.mul(oneHot(x), logits), 1, true);
    return tf.reshape(tf.sub(chosen, all), x.shape);
  };
  const logitsAt = (parameters: Float64Array, at: number) => (level: number) => parameters[at + level]!;

  return {
    type: 'categorical',
    parameterNames: Array.from({ length: levels }, (_, level) => `logit of level ${level}`),
    support: { levels },
    input: heardAsLevels(levels),

    entries(x, parameters) {
      const logits = logitsOf(x, parameters);
      return logOf(x, logits, logSumExpOfRows(logits));
    },
    // ∂ log p / ∂ z = onehot(x) − softmax(z)
    nll: (x, parameters): Tensor1D =>
      differentiable([parameters], () => {
        const logits = logitsOf(x, parameters);
        const all = logSumExpOfRows(logits);
        return {
          value: tf.neg(sumOfRows(logOf(x, logits, all))),
          saved: [x, parameters, all],
          gradient: (dy, saved) => {
            const [x, parameters, all] = saved as [Tensor2D, Tensor2D, Tensor2D];
            const probabilities = tf.exp(tf.sub(logitsOf(x, parameters), all));
            const each = tf.reshape(tf.sub(probabilities, oneHot(x)), parameters.shape);
            return [tf.mul(each, tf.expandDims(dy, 1))];
          },
        };
      }),
    initialBias: () => new Float32Array(levels),

    logProb(x, parameters, at) {
      if (!Number.isInteger(x) || x < 0 || x >= levels) return -Infinity;
      const logit = logitsAt(parameters, at);
      return logit(x) - logSumExp(levels, logit);
    },
    mean(parameters, at, temperature) {
      const logit = tempered(levels, logitsAt(parameters, at), temperature);
      const all = logSumExp(levels, logit);
      let sum = 0;
      for (let level = 1; level < levels; level++) sum += level * Math.exp(logit(level) - all);
      return sum;
    },
    uniforms: 1,
    draw: (parameters, at, temperature, uniforms, from) =>
      pick(levels, tempered(levels, logitsAt(parameters, at), temperature), uniforms[from]!),
    entropy(parameters, at) {
      const logit = logitsAt(parameters, at);
      const all = logSumExp(levels, logit);
      let sum = 0;
      for (let level = 0; level < levels; level++) sum -= (logit(level) - all) * Math.exp(logit(level) - all);
      return sum;
    },
  };
}
