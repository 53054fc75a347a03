/** A dense layer with all of its weights: z = b + h Wᵀ. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, type Wanted } from './differentiable.ts';

export interface Dense {
  /** [N, in] */
  readonly input: Tensor2D;
  /** [out, in] */
  readonly weight: Tensor2D;
  /** [out] */
  readonly bias: Tensor1D;
  /** Data: no gradient is wanted in `input`, which saves a product. */
  readonly constant: boolean;
}

/**
 * Pre-activations [N, out]. Differentiable in weights, bias and an input that is not constant.
 * @param wanted `inputs`: no gradient in weights and bias is wanted (a Jacobian), which saves the larger half of the
 *   products.
 */
export function dense({ input, weight, bias, constant }: Dense, wanted: Wanted = 'weights'): Tensor2D {
  const forward = () => tf.add<Tensor2D>(tf.matMul(input, weight, false, true), bias);
  const ofInput = (dz: Tensor2D, weight: Tensor) => tf.matMul(dz, weight);
  if (wanted === 'inputs') {
    return differentiable([input], () => ({
      value: forward(),
      saved: [weight],
      gradient: (dz, [weight]) => [ofInput(dz, weight!)],
      rowByRow: true,
    }));
  }
  const inputs: Tensor[] = [bias, weight, ...(constant ? [] : [input])];
  return differentiable(inputs, () => ({
    value: forward(),
    saved: [input, weight],
    gradient: (dz, [input, weight]) => [
      tf.sum(dz, 0),
      tf.matMul(dz, input as Tensor2D, true, false),
      ...(constant ? [] : [ofInput(dz, weight!)]),
    ],
  }));
}
