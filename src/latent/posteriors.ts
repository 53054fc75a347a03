/**
 * Approximate posteriors q(z|x) of a variational autoencoder: what the encoder's outputs and noise from N(0, I) make of it.
 *
 *   gaussian  z = μ + σ ∘ ε (Kingma & Welling 2014, section 2.4)
 *   iaf       the same, then T steps z ← σ_t ∘ z + (1 − σ_t) ∘ m_t, m_t and σ_t of the z before in an order and of a
 *             context c from the encoder (Kingma et al. 2016, algorithm 1); every second step has the order reversed
 *
 *   log q(z|x) = −Σ_k (½ ε_k² + ½ log 2π + log σ_k + Σ_t log σ_{t,k})
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { affine, affineInverse } from '../flows/affine.ts';
import { maskedAutoregressive } from '../flows/maskedAutoregressive.ts';
import { minus, plus } from '../flows/sums.ts';
import type { NamedTensors, ParameterSpec } from '../layers/parameters.ts';
import { below, prefixed } from '../layers/prefixes.ts';
import { hiddenDegrees, orderDegrees } from '../masks/degrees.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { ActivationName } from '../spec/activation.ts';
import { logAtNoise, logGaussian } from './terms.ts';

/** What the encoder says of each row. */
export interface Encoded {
  /** [N, K] μ */
  readonly mean: Tensor2D;
  /** [N, K] log σ */
  readonly logScale: Tensor2D;
  /** [N, C] what later steps hear; null where there are none. */
  readonly context: Tensor2D | null;
}

/** What a posterior computes with, beside what is encoded. */
export interface PosteriorInputs {
  readonly parameters: NamedTensors;
  readonly masks: NamedTensors;
}

/** Latent variables of some rows. */
export interface Drawn {
  /** [N, K] */
  readonly z: Tensor2D;
  /** [N, K] terms of log q(z|x) in nats, their sum over the units being the whole. */
  readonly logPosterior: Tensor2D;
}

export interface Posterior {
  readonly type: 'gaussian' | 'iaf';
  /** K */
  readonly dimension: number;
  /** C, columns of {@link Encoded.context}; 0 for none. */
  readonly contextDimension: number;
  readonly parameters: readonly ParameterSpec[];
  readonly masks: NamedArrays;
  initialise(random: RandomGenerator): NamedArrays;
  /** ε [N, K] from N(0, I). Differentiable in what is encoded and in the parameters. */
  draw(encoded: Encoded, epsilon: Tensor2D, inputs: PosteriorInputs): Drawn;
  /**
   * Terms of log q(z|x) of given z, [N, K], by the other route: back through the steps, K passes each where there are any.
   * Differentiable in what is encoded and in the parameters; z is given.
   */
  logProb(z: Tensor2D, encoded: Encoded, inputs: PosteriorInputs): Tensor2D;
}

export function gaussianPosterior(dimension: number): Posterior {
  return {
    type: 'gaussian',
    dimension,
    contextDimension: 0,
    parameters: [],
    masks: {},
    initialise: () => ({}),
    draw: ({ mean, logScale }, epsilon) => ({
      z: affine(epsilon, logScale, mean),
      logPosterior: logAtNoise(epsilon, logScale),
    }),
    logProb: (z, { mean, logScale }) => logGaussian(z, mean, logScale),
  };
}

export interface IafSettings {
  /** K */
  readonly dimension: number;
  /** C */
  readonly contextDimension: number;
  /** T */
  readonly steps: number;
  /** Units of each step's hidden layers. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
}

/** Parameters `steps.<t>.…`, those of {@link maskedAutoregressive}. */
export function iafPosterior({ dimension, contextDimension, steps, hidden, activation }: IafSettings): Posterior {
  // Degrees are spread evenly: nothing is drawn, so nothing has to be kept with the parameters.
  const nothing = RandomGenerator.seeded(0);
  const start = gaussianPosterior(dimension);
  const layers = Array.from({ length: steps }, (_, t) =>
    maskedAutoregressive({
      structure: {
        order: orderDegrees(t % 2 === 0 ? 'natural' : 'reversed', dimension, nothing),
        hidden: hiddenDegrees('even', hidden, dimension, nothing, contextDimension),
        direct: false,
      },
      activation,
      contextDimension,
      scale: 'gate',
      networks: 'one',
      growing: 'forward',
    }),
  );
  const nameOf = (t: number) => `steps.${t}.`;
  const inputsOf = ({ parameters, masks }: PosteriorInputs, t: number, { context }: Encoded) => ({
    parameters: below(parameters, nameOf(t)),
    masks: below(masks, nameOf(t)),
    context,
  });
  return {
    type: 'iaf',
    dimension,
    contextDimension,
    parameters: layers.flatMap(({ parameters }, t) =>
      parameters.map((one) => ({ ...one, name: `${nameOf(t)}${one.name}` })),
    ),
    masks: Object.assign({}, ...layers.map(({ masks }, t) => prefixed(masks, nameOf(t)))) as NamedArrays,
    initialise: (random) =>
      Object.assign({}, ...layers.map((layer, t) => prefixed(layer.initialise(random), nameOf(t)))) as NamedArrays,
    draw(encoded, epsilon, inputs) {
      return layers.reduce<Drawn>(
        ({ z, logPosterior }, layer, t) => {
          const { logScale, shift } = layer.movement!(z, inputsOf(inputs, t, encoded));
          return { z: affine(z, logScale!, shift), logPosterior: plus(logPosterior, minus(logScale!)) };
        },
        start.draw(encoded, epsilon, inputs),
      );
    },
    logProb(z, encoded, inputs) {
      let [at, lost]: [Tensor2D, Tensor2D | null] = [z, null];
      for (const [t, layer] of [...layers.entries()].reverse()) {
        const own = inputsOf(inputs, t, encoded);
        const { x } = layer.inverse(at, own);
        const { logScale, shift } = layer.movement!(x, own);
        // One pass more, for the scale of every unit by itself.
        at = affineInverse(at, logScale!, shift);
        lost = lost === null ? logScale! : plus(lost, logScale!);
      }
      const first = start.logProb(at, encoded, inputs);
      return lost === null ? first : plus(first, minus(lost));
    },
  };
}
