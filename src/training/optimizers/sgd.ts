/**
 * Stochastic gradient descent with momentum μ; Nesterov's form after Sutskever et al. 2013.
 *
 *   v ← μ v + g,  w ← w − η v;  Nesterov: w ← w − η (g + μ v)
 */
import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '../../spec/training.ts';
import type { Optimizer } from './optimizer.ts';

export function sgd({ learningRate, momentum, nesterov }: Extract<OptimizerSpec, { type: 'sgd' }>): Optimizer {
  return {
    slots: momentum > 0 ? ['momentum'] : [],
    schedule: () => [],
    update(parameter, gradient, [velocity]) {
      if (velocity === undefined) return { parameter: tf.sub(parameter, tf.mul(gradient, learningRate)), slots: [] };
      const next = tf.add(tf.mul(velocity, momentum), gradient);
      const direction = nesterov ? tf.add(gradient, tf.mul(next, momentum)) : next;
      return { parameter: tf.sub(parameter, tf.mul(direction, learningRate)), slots: [next] };
    },
  };
}
