/**
 * RMSProp (Tieleman & Hinton 2012), decay ρ, with optional momentum μ on the scaled gradient.
 *
 *   s ← ρ s + (1 − ρ) g²,  u = g / (√s + ε),  w ← w − η u;  momentum: v ← μ v + u, w ← w − η v
 */
import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '../../spec/training.ts';
import type { Optimizer } from './optimizer.ts';

export function rmsprop(spec: Extract<OptimizerSpec, { type: 'rmsprop' }>): Optimizer {
  const { learningRate, decay, momentum, epsilon } = spec;
  return {
    slots: momentum > 0 ? ['meanSquare', 'momentum'] : ['meanSquare'],
    schedule: () => [],
    update(parameter, gradient, [meanSquare, velocity]) {
      const next = tf.add(tf.mul(meanSquare!, decay), tf.mul(tf.square(gradient), 1 - decay));
      const scaled = tf.div(gradient, tf.add(tf.sqrt(next), epsilon));
      if (velocity === undefined) {
        return { parameter: tf.sub(parameter, tf.mul(scaled, learningRate)), slots: [next] };
      }
      const direction = tf.add(tf.mul(velocity, momentum), scaled);
      return { parameter: tf.sub(parameter, tf.mul(direction, learningRate)), slots: [next, direction] };
    },
  };
}
