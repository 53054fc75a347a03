/**
 * Functions of tensors that bring their own derivative.
 *
 * tfjs-core's build for Node registers no gradients, and some of its own are wrong on some backends. So every
 * differentiable building block of the engine states its derivative, as a vector–Jacobian product, and is
 * tested against finite differences. `tf.grad`, `tf.valueAndGrads` and their like work on any composition of them.
 * That also keeps the number of kernels small, which decides the speed of small networks.
 */
import { customGrad, type Tensor } from '@tensorflow/tfjs-core';

/**
 * A value and its vector–Jacobian product: one gradient for each input. Intermediate results that the product uses must
 * be in `saved` and are handed to it; those merely closed over are gone by the time it runs.
 */
export interface Differentiable<V extends Tensor> {
  readonly value: V;
  readonly saved: readonly Tensor[];
  readonly gradient: (dy: V, saved: readonly Tensor[]) => Tensor[];
}

/** Computes `body` of `inputs` so that gradients flow through it. `body` runs the forward pass once. */
export function differentiable<V extends Tensor>(inputs: readonly Tensor[], body: () => Differentiable<V>): V {
  const call = customGrad((...args) => {
    const save = args[args.length - 1] as unknown as (tensors: Tensor[]) => void;
    const { value, saved, gradient } = body();
    save([...saved]);
    return { value, gradFunc: (dy: V, kept: Tensor[]) => gradient(dy, kept) };
  });
  return call(...inputs);
}
