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
 *
 * @param wanted `inputs`: no gradient in weights and bias is wanted (a Jacobian), which saves the larger half of the
 *   products.
 */
export function maskedDense(
  paths: readonly Path[],
  bias: Tensor1D,
  wanted: 'weights and inputs' | 'inputs' = 'weights and inputs',
): Tensor2D {
  const flowing = paths.filter((path) => !path.constant);
  if (wanted === 'inputs') return ofInputs(paths, flowing, bias);
  const inputs: Tensor[] = [bias, ...paths.map((path) => path.weight), ...flowing.map((path) => path.input)];
  return differentiable(inputs, () => {
    const masked = maskedWeights(paths);
    const z = forward(paths, masked, bias);
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

function ofInputs(paths: readonly Path[], flowing: readonly Path[], bias: Tensor1D): Tensor2D {
  const inputs = flowing.map((path) => path.input);
  return differentiable(inputs, () => {
    const masked = maskedWeights(paths);
    return {
      value: forward(paths, masked, bias),
      saved: masked.filter((_, i) => !paths[i]!.constant),
      gradient: (dz, weights) => weights.map((weight) => tf.matMul(dz, weight as Tensor2D)),
    };
  });
}

function maskedWeights(paths: readonly Path[]): Tensor2D[] {
  return paths.map(({ weight, mask }) => tf.mul(weight, mask));
}

function forward(paths: readonly Path[], masked: readonly Tensor2D[], bias: Tensor1D): Tensor2D {
  const terms = paths.map(({ input }, i) => tf.matMul(input, masked[i]!, false, true));
  return tf.add(
    terms.reduce((sum, term) => tf.add(sum, term)),
    bias,
  );
}
