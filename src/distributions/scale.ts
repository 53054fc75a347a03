/**
 * Scales from unbounded numbers: log σ = floor + softplus(s − floor), which is s itself but for what lies near the floor.
 *
 * A likelihood of real values has no upper bound: where a variable takes one value again and again, σ runs to 0 and the
 * density to ∞. The floor ends that. It is approached smoothly, so that a scale that has come too low can grow again:
 * with a clamp its gradient would be 0. At s = floor + 7 the two differ by 0.001.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** Smallest log σ of a density: σ ≥ 0.0009 in the data's unit, as in PixelCNN++ (Salimans et al. 2017). */
export const LOG_SCALE_FLOOR = -7;

/** log σ of s. Not differentiable. */
export function flooredScale(s: Tensor2D, floor: number): Tensor2D {
  return tf.add(tf.softplus(tf.sub<Tensor2D>(s, floor)), floor);
}

/** ∂ log σ / ∂ s. */
export function flooredScaleSlope(s: Tensor2D, floor: number): Tensor2D {
  return tf.sigmoid(tf.sub<Tensor2D>(s, floor));
}

/** {@link flooredScale} of a number. */
export function flooredScaleOf(s: number, floor: number): number {
  const z = s - floor;
  return floor + Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}
