/** Nonlinearities of hidden layers, each with its derivative, on tensors and on plain numbers. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { ActivationName } from '../spec/activation.ts';
import { differentiable } from './differentiable.ts';

export interface ActivationFunction {
  /** g(z). NaN stays NaN, and infinities may become NaN. */
  readonly forward: (z: Tensor2D) => Tensor2D;
  /** g'(z) by z and h = g(z). */
  readonly derivative: (z: Tensor2D, h: Tensor2D) => Tensor2D;
  /** g of one number. */
  readonly scalar: (z: number) => number;
}

export const activationFunctions: Readonly<Record<ActivationName, ActivationFunction>> = {
  relu: {
    // Not tf.relu: on wasm it turns NaN into 0, and a broken run would look sound. tf.maximum is 30 times slower there.
    forward: (z) => tf.mul(z, tf.step(z)),
    derivative: (_, h) => tf.step(h),
    scalar: (z) => Math.max(z, 0),
  },
  tanh: {
    forward: (z) => tf.tanh(z),
    derivative: (_, h) => tf.sub(1, tf.square(h)),
    scalar: Math.tanh,
  },
  sigmoid: {
    forward: (z) => tf.sigmoid(z),
    derivative: (_, h) => tf.mul(h, tf.sub(1, h)),
    scalar: (z) => 1 / (1 + Math.exp(-z)),
  },
  softplus: {
    forward: (z) => tf.softplus(z),
    derivative: (z) => tf.sigmoid(z),
    scalar: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  },
  elu: {
    forward: (z) => tf.elu(z),
    // exp(z) = h + 1 below zero, 1 above it.
    derivative: (_, h) => tf.add(tf.minimum(h, 0), 1),
    scalar: (z) => (z > 0 ? z : Math.expm1(z)),
  },
};

/** h = g(z), elementwise. */
export function activate(name: ActivationName, z: Tensor2D): Tensor2D {
  const { forward, derivative } = activationFunctions[name];
  return differentiable([z], () => {
    const h = forward(z);
    return {
      value: h,
      saved: [z, h],
      gradient: (dh, [z, h]) => [tf.mul(dh, derivative(z as Tensor2D, h as Tensor2D))],
      rowByRow: true,
    };
  });
}
