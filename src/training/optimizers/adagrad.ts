/**
 * Adagrad (Duchi, Hazan & Singer 2011).
 *
 *   s ← s + g²,  w ← w − η g / (√s + ε)
 */
import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '../../spec/training.ts';
import type { Optimizer } from './optimizer.ts';

export function adagrad({ learningRate, epsilon }: Extract<OptimizerSpec, { type: 'adagrad' }>): Optimizer {
  return {
    slots: ['sumOfSquares'],
    schedule: () => [],
    update(parameter, gradient, [sum]) {
      const next = tf.add(sum!, tf.square(gradient));
      const direction = tf.div(gradient, tf.add(tf.sqrt(next), epsilon));
      return { parameter: tf.sub(parameter, tf.mul(direction, learningRate)), slots: [next] };
    },
  };
}
