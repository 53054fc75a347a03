/** A model with latent variables, for those who look into it: p(x, z) = p(x|z) p(z), and q(z|x) for p(z|x). */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Output, OutputParameters } from '../latent/outputs.ts';
import type { Drawn, Encoded, Posterior } from '../latent/posteriors.ts';
import type { Traced } from '../latent/networks.ts';
import type { DensityInputs } from './model.ts';

export interface LatentVariables {
  /** D */
  readonly dimension: number;
  /** K; the prior is N(0, I). */
  readonly latentDimension: number;
  /** L, samples of each row that one evaluation of the bound takes. */
  readonly samples: number;
  readonly posterior: Posterior;
  readonly output: Output;
  /** Multiplications of encoding a row, and of drawing and decoding one sample of it, about. */
  readonly products: { readonly encoding: number; readonly sample: number };
  /** x [N, D] → what q(z|x) is made of. Differentiable in the parameters. */
  encode(x: Tensor2D, inputs: DensityInputs, trace?: Traced[]): Encoded;
  /** Latents of q(z|x) by noise ε [N, K] from N(0, I). Differentiable. */
  draw(encoded: Encoded, epsilon: Tensor2D, inputs: DensityInputs): Drawn;
  /** Terms of log q(z|x) of given latents [N, K], in nats, one a unit; K passes a step of an IAF posterior. Differentiable but in z. */
  logPosterior(z: Tensor2D, encoded: Encoded, inputs: DensityInputs): Tensor2D;
  /** z [N, K] → the parameters of p(x|z). Differentiable. */
  decode(z: Tensor2D, inputs: Pick<DensityInputs, 'parameters'>, trace?: Traced[]): OutputParameters;
}
