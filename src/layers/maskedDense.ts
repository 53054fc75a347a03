/** A dense layer whose weights are masked: z = b + Σ_i h_i (W_i ∘ M_i)ᵀ, one term a path that leads into it. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';

/** One way into a layer. */
export interface Path {
  /** [N, in] */
  readonly input: Tensor2D;
  /** [out, in] */
  readonly weight: Tensor2D;
  /** [out, in], entries 0 or 1. */
  readonly mask: Tensor2D;
  /** Data: no gradient is wanted in `input`, which saves a product. */
  readonly constant: boolean;
}

/**
 * Pre-activations [N, out]. Differentiable in the weights, the bias and the inputs that are not constant; the gradient
 * of a masked-out weight is exactly 0.
 */
export function maskedDense(paths: readonly Path[], bias: Tensor1D): Tensor2D {
  const flowing = paths.filter((path) => !path.constant);
  const inputs: Tensor[] = [bias, ...paths.map((path) => path.weight), ...flowing.map((path) => path.input)];
  return differentiable(inputs, () => {
    const masked = paths.map(({ weight, mask }) => tf.mul<Tensor2D>(weight, mask));
    const terms = paths.map(({ input }, i) => tf.matMul(input, masked[i]!, false, true));
    const z = tf.add<Tensor2D>(
      terms.reduce((sum, term) => tf.add(sum, term)),
      bias,
    );
    const saved: Tensor[] = [
      ...paths.map((path) => path.input),
      ...paths.map((path) => path.mask),
      ...masked.filter((_, i) => !paths[i]!.constant),
    ];
    return {
      value: z,
      saved,
      gradient: (dz, kept) => {
        const seen = kept.slice(0, paths.length) as Tensor2D[];
        const masks = kept.slice(paths.length, 2 * paths.length);
        const weights = kept.slice(2 * paths.length) as Tensor2D[];
        return [
          tf.sum(dz, 0),
          ...seen.map((input, i) => tf.mul(tf.matMul(dz, input, true, false), masks[i]!)),
          ...weights.map((weight) => tf.matMul(dz, weight)),
        ];
      },
    };
  });
}
