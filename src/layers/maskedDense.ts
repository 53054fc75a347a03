/**
 * A dense layer whose weights are masked: z = b + Σ_i [h_i (W_i ∘ M_i)ᵀ + (U_i ∘ M_i) 1], one term a path that leads into
 * it. U, the weights that condition on connectivity, is there or not (Germain et al. 2015, section 4.4).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { cotangentsTimes, differentiable, type Wanted } from './differentiable.ts';

/** One way into a layer. */
export interface Path {
  /** [N, in] */
  readonly input: Tensor2D;
  /** [out, in] */
  readonly weight: Tensor2D;
  /** [out, in], entries 0 or 1; null where every weight is there. */
  readonly mask: Tensor2D | null;
  /** U [out, in], masked as the weight and applied to ones; left out for none. */
  readonly companion?: Tensor2D | null;
  /** Data: no gradient is wanted in `input`, which saves a product. */
  readonly constant: boolean;
}

/**
 * Pre-activations [N, out]. Differentiable in the weights, companions, the bias and the inputs that are not constant; the
 * gradient of a masked-out weight is exactly 0.
 *
 * @param wanted `inputs`: no gradient in weights and bias is wanted (a Jacobian), which saves the larger half of the
 *   products.
 */
export function maskedDense(paths: readonly Path[], bias: Tensor1D, wanted: Wanted = 'weights'): Tensor2D {
  const flowing = paths.filter((path) => !path.constant);
  if (wanted === 'inputs') return ofInputs(paths, flowing, bias);
  const companions = paths.flatMap(({ companion }) => companion ?? []);
  const inputs: Tensor[] = [
    bias,
    ...paths.map((path) => path.weight),
    ...companions,
    ...flowing.map((path) => path.input),
  ];
  return differentiable(inputs, () => {
    const masked = paths.map(({ weight, mask }) => maskedBy(weight, mask));
    const saved: Tensor[] = [
      ...paths.map((path) => path.input),
      ...paths.flatMap((path) => path.mask ?? []),
      ...masked.filter((_, i) => !paths[i]!.constant),
    ];
    return {
      value: forward(paths, masked, bias),
      saved,
      gradient: (dz, kept) => {
        const rest = [...kept];
        const take = (count: number) => rest.splice(0, count) as Tensor2D[];
        const seen = take(paths.length);
        const masks = paths.map(({ mask }) => (mask === null ? null : take(1)[0]!));
        const sum = tf.sum<Tensor1D>(dz, 0);
        return [
          sum,
          ...seen.map((input, i) => maskedBy(tf.matMul(dz, input, true, false), masks[i]!)),
          ...paths.flatMap(({ companion }, i) => (companion ? ofCompanion(sum, companion, masks[i]!) : [])),
          ...rest.map((weight) => tf.matMul(dz, weight as Tensor2D)),
        ];
      },
    };
  });
}

function ofInputs(paths: readonly Path[], flowing: readonly Path[], bias: Tensor1D): Tensor2D {
  const inputs = flowing.map((path) => path.input);
  return differentiable(inputs, () => {
    const masked = paths.map(({ weight, mask }) => maskedBy(weight, mask));
    return {
      value: forward(paths, masked, bias),
      saved: masked.filter((_, i) => !paths[i]!.constant),
      gradient: (dz, weights) => weights.map((weight) => tf.matMul(dz, weight as Tensor2D)),
      rowByRow: true,
      picked: (dz, weights) => weights.map((weight) => cotangentsTimes(dz, weight as Tensor2D)),
    };
  });
}

function maskedBy(weight: Tensor2D, mask: Tensor2D | null): Tensor2D {
  return mask === null ? weight : tf.mul(weight, mask);
}

function forward(paths: readonly Path[], masked: readonly Tensor2D[], bias: Tensor1D): Tensor2D {
  const terms = paths.map(({ input }, i) => tf.matMul(input, masked[i]!, false, true));
  const constants = paths.flatMap(({ companion, mask }) =>
    companion ? tf.sum<Tensor1D>(maskedBy(companion, mask), 1) : [],
  );
  return tf.add(
    terms.reduce((sum, term) => tf.add(sum, term)),
    constants.reduce((sum, term) => tf.add(sum, term), bias),
  );
}

/** ∂/∂U of Σ_n dz_n · (U ∘ M) 1: the sum of dz over the rows, in every column that the mask has. */
function ofCompanion(sum: Tensor1D, companion: Tensor2D, mask: Tensor2D | null): Tensor2D {
  const column = tf.expandDims<Tensor2D>(sum, 1);
  return tf.mul(column, mask ?? tf.ones(companion.shape));
}
