/**
 * Adam (Kingma & Ba 2015, algorithm 1), after t steps:
 *
 *   m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  w ← w − η · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
 *
 * The corrections are drawn together into two scalars, η √(1 − β₂ᵗ)/(1 − β₁ᵗ) and ε √(1 − β₂ᵗ), which is the same
 * update with two passes over the parameters less.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { runFused } from '../../backends/fused.ts';
import type { OptimizerSpec } from '../../spec/training.ts';
import type { Optimizer } from './optimizer.ts';

export function adam({ learningRate, beta1, beta2, epsilon }: Extract<OptimizerSpec, { type: 'adam' }>): Optimizer {
  return {
    slots: ['m', 'v'],
    schedule(step) {
      const t = tf.add<Scalar>(step, 1);
      const root = tf.sqrt<Scalar>(oneMinusPower(beta2, t));
      return [tf.div<Scalar>(tf.mul(root, learningRate), oneMinusPower(beta1, t)), tf.mul<Scalar>(root, epsilon)];
    },
    update(parameter, gradient, slots, schedule) {
      const [m, v] = slots as [Tensor, Tensor];
      const [stepSize, floor] = schedule as [Scalar, Scalar];
      const fused = runFused('adam', { parameter, gradient, m, v, stepSize, floor }, { beta1, beta2 });
      if (fused) return { parameter: fused[0]!, slots: fused.slice(1) };
      const nextM = tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1));
      const nextV = tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2));
      const direction = tf.div(nextM, tf.add(tf.sqrt(nextV), floor));
      return { parameter: tf.sub(parameter, tf.mul(direction, stepSize)), slots: [nextM, nextV] };
    },
  };
}

/** 1 − βᵗ, exact in float32 while βᵗ is near 1: −expm1(t ln β). β = 0 gives 1. */
function oneMinusPower(beta: number, t: Scalar): Scalar {
  if (beta === 0) return tf.onesLike(t);
  return tf.neg<Scalar>(tf.expm1(tf.mul<Scalar>(t, Math.log(beta))));
}
