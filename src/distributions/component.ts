/** One family of distributions with a mean and a scale: what mixtures are made of. On tensors and on plain numbers. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Heard } from './conditional.ts';
import type { Support } from '../spec/support.ts';

export interface Component {
  readonly support: Support;
  /** See `conditional.ts`. */
  readonly input: Heard;
  /** Smallest log σ, see `scale.ts`. */
  readonly floor: number;

  /** log f of every row under each of C components: x [M, 1], means and log σ [M, C] → [M, C]. Not differentiable. */
  log(x: Tensor2D, mean: Tensor2D, logScale: Tensor2D): Tensor2D;
  /** ∂ log f / ∂ mean and ∂ log f / ∂ log σ, each [M, C]. Of real values ∂ log f / ∂x is the first with the other sign. */
  gradient(x: Tensor2D, mean: Tensor2D, logScale: Tensor2D): readonly [Tensor2D, Tensor2D];

  /** log f(x). */
  logOf(x: number, mean: number, logScale: number): number;
  /** E[x]. */
  meanOf(mean: number, logScale: number): number;
  /** Uniform numbers that one draw takes. */
  readonly uniforms: number;
  draw(mean: number, logScale: number, uniforms: Float64Array, from: number): number;
  /** ∫ f dx, or Σ f over all levels, of a function that is 0 wherever all of these components are. */
  total(f: (x: number) => number, means: readonly number[], logScales: readonly number[]): number;
}

/** Of {@link Component.total}: points in rising order, so many σ from each mean. */
export function pointsAround(
  distances: readonly number[],
  means: readonly number[],
  logScales: readonly number[],
): number[] {
  const points = means.flatMap((mean, c) => distances.map((z) => mean + z * Math.exp(logScales[c]!)));
  return points.sort((a, b) => a - b);
}

/** (x − mean) · precision, precision being 1/σ. */
export function standardised(x: Tensor2D, mean: Tensor2D, precision: Tensor2D): Tensor2D {
  return tf.mul(tf.sub(x, mean), precision);
}
