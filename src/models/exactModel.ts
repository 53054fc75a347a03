/**
 * What models with an exact likelihood share unless their papers say otherwise: no context, no random numbers but for
 * sampling, every structure trained in turn, log p(x) as what is trained and scored. Whoever differs overrides.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { RandomGenerator } from '../random/generator.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { ModelType } from '../spec/experiment.ts';
import type { Support } from '../spec/support.ts';
import type { Activation } from './activation.ts';
import type {
  Completing,
  ConditionalNetwork,
  DensityInputs,
  Drawing,
  Model,
  ParameterSpec,
  Quantity,
  SampleRequest,
} from './model.ts';

export abstract class ExactModel implements Model {
  abstract readonly type: ModelType;
  abstract readonly dimension: number;
  abstract readonly maskCount: number;
  abstract readonly support: Support;
  abstract readonly parameters: readonly ParameterSpec[];
  readonly contextDimension: number = 0;
  readonly quantity: Quantity = { kind: 'exact', name: 'log-likelihood', unit: 'nats' };

  get network(): ConditionalNetwork | null {
    return null;
  }

  trainingMask(step: number): number {
    return step % this.maskCount;
  }

  noise(_rows: number, _random: RandomGenerator): NamedArrays {
    return {};
  }

  logProb(x: Tensor2D, inputs: DensityInputs): Tensor1D {
    return tf.neg(this.objective(x, inputs));
  }

  abstract initialise(random: RandomGenerator): NamedArrays;
  abstract masks(mask: number): NamedArrays;
  abstract buffers(): NamedArrays;
  abstract withBuffers(buffers: NamedArrays): Model;
  abstract objective(x: Tensor2D, inputs: DensityInputs): Tensor1D;
  abstract activations(x: Tensor2D, inputs: DensityInputs): readonly Activation[];
  abstract sample(parameters: NamedArrays, request: SampleRequest): Drawing;
  abstract completing(known: Uint8Array): Completing;
}
