/**
 * Variational autoencoder (Kingma & Welling 2014, "Auto-encoding variational Bayes"): latents z ~ N(0, I), rows from p(x|z)
 * of the decoder, and the encoder's q(z|x) for the bound
 *
 *   log p(x) ≥ E_q [log p(x|z)] − KL(q(z|x) ‖ p(z)).
 *
 * What training lowers is a row's share of the estimators of sections 2.3 and 2.4, its mean over the minibatch: the paper's
 * N/M Σ over the minibatch is N times as much, and what it calls a prior N(0, I) of the weights is a `weightDecay` of 1/N.
 *
 * Parameters: those of the networks, `encoder.…` and `decoder.…`; `encoder.mean`, `encoder.logScale` [K, F] and biases;
 * `encoder.context` [C, F] and `posterior.steps.<t>.…` of an IAF posterior; `decoder.output` [D, F], and of a Gaussian
 * `decoder.logScale` [D, F] or `decoder.sharedLogScale` [1]. No buffers.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { minus } from '../flows/sums.ts';
import {
  convolutionalDecoder,
  convolutionalEncoder,
  type Head,
  type Network,
  perceptron,
  type Traced,
} from '../latent/networks.ts';
import { bernoulliOutput, gaussianOutput, type Output, type OutputParameters } from '../latent/outputs.ts';
import { type Encoded, gaussianPosterior, iafPosterior, type Posterior } from '../latent/posteriors.ts';
import { initialWeights } from '../layers/initial.ts';
import { below, prefixed } from '../layers/prefixes.ts';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { imageShapeOf } from '../spec/models/imageKeys.ts';
import { estimatorOf, vae, type VaeSpec } from '../spec/models/vae.ts';
import { hiddenOf, type VaeNetworkSpec } from '../spec/models/vaeKeys.ts';
import type { Support } from '../spec/support.ts';
import type { Activation } from './activation.ts';
import { ExactModel } from './exactModel.ts';
import type { Chains } from './chains.ts';
import type { LatentVariables } from './latentVariables.ts';
import type { Completing, DensityInputs, Drawing, Model, ParameterSpec, Quantity, SampleRequest } from './model.ts';
import { monteCarloEm, monteCarloNoise, posteriorChains } from './monteCarloEm.ts';
import { parameterCount } from './parameters.ts';
import { boundNoise, boundOf, termsOf } from './vaeBound.ts';
import { drawVae } from './vaeSampling.ts';
import { wakeSleep, wakeSleepNoise } from './wakeSleep.ts';

export function createVae(spec: VaeSpec, dimension: number): Model {
  return new Vae(spec, dimension);
}

type HeadName = 'mean' | 'logScale' | 'context';

const POSTERIOR = 'posterior.';

class Vae extends ExactModel implements LatentVariables {
  readonly type = 'vae';
  readonly maskCount = 1;
  override readonly quantity: Quantity;
  readonly support: Support;
  readonly meansInUnit: boolean;
  readonly dimension: number;
  readonly parameters: readonly ParameterSpec[];
  readonly latentDimension: number;
  readonly posterior: Posterior;
  readonly output: Output;
  readonly samples: number;
  readonly products: LatentVariables['products'];
  /** L samples of a row are drawn and decoded. */
  readonly densityProducts: number;
  readonly chains?: Chains;
  readonly #spec: VaeSpec;
  readonly #encoder: Network;
  readonly #decoder: Network;
  readonly #heads: Readonly<Record<HeadName, Head | null>>;

  constructor(spec: VaeSpec, dimension: number) {
    super();
    const { latent, activation, output, posterior, samples } = spec;
    this.#spec = spec;
    const descent = descentOf(spec);
    this.quantity = { kind: 'bound', name: 'evidence lower bound (ELBO)', unit: 'nats', ...(descent && { descent }) };
    this.dimension = dimension;
    this.latentDimension = latent;
    this.samples = samples;
    this.support = vae.supportOf(spec);
    this.meansInUnit = vae.meansInUnit(spec);
    this.#encoder = networkOf('encoder', dimension, spec);
    this.#decoder = networkOf('decoder', latent, spec);
    this.posterior =
      posterior === 'gaussian'
        ? gaussianPosterior(latent)
        : iafPosterior({ ...posterior, dimension: latent, contextDimension: posterior.context, activation });
    this.output =
      output === 'bernoulli'
        ? bernoulliOutput(this.#decoder, dimension)
        : gaussianOutput(this.#decoder, dimension, output);
    if (spec.learning === 'monte-carlo-em') this.chains = posteriorChains(this, spec.hmc);
    const { contextDimension } = this.posterior;
    this.#heads = {
      mean: this.#encoder.head('mean', latent, 'the means of q(z|x)'),
      logScale: this.#encoder.head('logScale', latent, 'the log-scales of q(z|x)'),
      context: contextDimension > 0 ? this.#encoder.head('context', contextDimension, 'what the steps hear') : null,
    };
    const heads = Object.values(this.#heads).reduce((sum, head) => sum + (head?.products ?? 0), 0);
    this.products = {
      encoding: this.#encoder.products + heads,
      sample: parameterCount(this.posterior) + this.#decoder.products + this.output.products,
    };
    this.densityProducts = this.products.encoding + samples * this.products.sample;
    this.parameters = [
      ...this.#encoder.parameters,
      ...Object.values(this.#heads).flatMap((head) => head?.parameters ?? []),
      ...this.posterior.parameters.map((one) => ({ ...one, name: `${POSTERIOR}${one.name}` })),
      ...this.#decoder.parameters,
      ...this.output.parameters,
    ];
  }

  get latent(): LatentVariables {
    return this;
  }

  initialise(random: RandomGenerator): NamedArrays {
    const own = this.parameters.filter(({ name }) => !name.startsWith(POSTERIOR));
    return {
      ...Object.fromEntries(own.map(({ name, shape }) => [name, initialWeights(shape, random)])),
      ...prefixed(this.posterior.initialise(random), POSTERIOR),
      ...this.output.initialise(),
    };
  }

  masks(mask: number): NamedArrays {
    if (mask !== 0) throw new RangeError(`there is no mask ${mask}; the model has 1`);
    return prefixed(this.posterior.masks, POSTERIOR);
  }

  buffers(): NamedArrays {
    return {};
  }

  withBuffers(): Model {
    return this;
  }

  override noise(rows: number, random: RandomGenerator): NamedArrays {
    const { learning, samples } = this.#spec;
    const epsilon = boundNoise(rows * samples, this.latentDimension, random);
    switch (learning) {
      case 'aevb':
        return epsilon;
      case 'wake-sleep':
        return { ...epsilon, ...wakeSleepNoise(rows, this, random) };
      case 'monte-carlo-em':
        return { ...epsilon, ...monteCarloNoise(rows, this.latentDimension, random) };
    }
  }

  /** Without what only training draws: other phases' dreams, chains' moves. */
  densityNoise(rows: number, random: RandomGenerator): NamedArrays {
    return boundNoise(rows * this.samples, this.latentDimension, random);
  }

  encode(x: Tensor2D, { parameters }: DensityInputs, trace?: Traced[]): Encoded {
    const features = this.#encoder.compute(x, parameters, { constant: true, ...(trace && { trace }) });
    const of = (name: HeadName) => this.#heads[name]?.compute(features, parameters) ?? null;
    return { mean: of('mean')!, logScale: of('logScale')!, context: of('context') };
  }

  draw(encoded: Encoded, epsilon: Tensor2D, inputs: DensityInputs) {
    return this.posterior.draw(encoded, epsilon, this.#ofPosterior(inputs));
  }

  logPosterior(z: Tensor2D, encoded: Encoded, inputs: DensityInputs): Tensor2D {
    return this.posterior.logProb(z, encoded, this.#ofPosterior(inputs));
  }

  decode(z: Tensor2D, { parameters }: Pick<DensityInputs, 'parameters'>, trace?: Traced[]): OutputParameters {
    const features = this.#decoder.compute(z, parameters, { constant: false, ...(trace && { trace }) });
    return this.output.of(features, parameters);
  }

  objective(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    const { learning, beta, freeBits } = this.#spec;
    if (learning === 'wake-sleep') return wakeSleep(this, x, inputs);
    if (learning === 'monte-carlo-em') return monteCarloEm(this, x, inputs);
    return minus(boundOf(this, x, inputs, { estimator: estimatorOf(this.#spec), beta, freeBits }));
  }

  /** The bound itself: the KL divergence in closed form where there is one, at its full weight. */
  override logProb(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    const estimator = this.posterior.type === 'gaussian' ? 'B' : 'A';
    return boundOf(this, x, inputs, { estimator, beta: 1, freeBits: 0 });
  }

  activations(x: Tensor2D, inputs: DensityInputs): readonly Activation[] {
    const trace: Traced[] = [];
    const terms = termsOf(this, x, inputs, trace);
    return [
      ...trace,
      { layer: 'encoder.mean', role: 'preactivation', value: terms.encoded.mean },
      { layer: 'encoder.logScale', role: 'preactivation', value: terms.encoded.logScale },
      { layer: 'decoder.output', role: 'preactivation', value: terms.output.location },
      { layer: 'bound', role: 'logProb', value: tf.stack([terms.reconstruction, tf.neg(terms.divergence)], 1) },
    ];
  }

  sample(parameters: NamedArrays, request: SampleRequest): Drawing {
    return drawVae(this, parameters, request);
  }

  completing(): Completing {
    return {
      reason:
        'a variational autoencoder draws all variables of a row at once from its latents and cannot hold some of them as ' +
        'they are given',
    };
  }

  #ofPosterior({ parameters, masks }: DensityInputs) {
    return { parameters: below(parameters, POSTERIOR), masks: below(masks, POSTERIOR) };
  }
}

/** See {@link Quantity.descent}. */
function descentOf({ learning, beta, freeBits }: VaeSpec): string | null {
  if (learning !== 'aevb') return { 'wake-sleep': 'wake–sleep', 'monte-carlo-em': 'Monte Carlo EM' }[learning];
  const weights = [
    ...(beta === 1 ? [] : [`its KL divergence times β = ${beta}`]),
    ...(freeBits === 0 ? [] : [`each unit’s KL divergence taken as ${freeBits} nats at least`]),
  ];
  return weights.length === 0 ? null : `the bound with ${weights.join(' and ')}`;
}

function networkOf(name: 'encoder' | 'decoder', inputs: number, spec: VaeSpec): Network {
  const own: VaeNetworkSpec = spec[name];
  const layers = { name, activation: spec.activation, hidden: hiddenOf(own) };
  if (own.channels === undefined) return perceptron(inputs, layers);
  if (spec.image === undefined) throw new RangeError(`${name}.channels needs "image", the size of the images`);
  const image = imageShapeOf(spec.image);
  return name === 'encoder'
    ? convolutionalEncoder(image, own.channels, layers)
    : convolutionalDecoder(inputs, image, own.channels, layers);
}
