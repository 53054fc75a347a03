/** Every model by its type. Add a model: its file, its schema entry, and its line here. */
import type { ModelSpec, ModelType, SpecOf } from '../spec/experiment.ts';
import { createAutoencoder } from './autoencoder.ts';
import { createCharRnn } from './charRnn.ts';
import { createEonade } from './eonade.ts';
import { createFlow } from './flows.ts';
import { createFvsbn } from './fvsbn.ts';
import { createMade } from './made.ts';
import { createNade } from './nade.ts';
import { createPixelcnn } from './pixelcnn.ts';
import { createPixelrnn } from './pixelrnn.ts';
import { createVae } from './vae.ts';
import { createStrictTriangleStack } from './strictTriangleStack.ts';
import type { Model } from './model.ts';

/** Makes models of one type. */
interface Builder<T extends ModelType> {
  build(spec: SpecOf<T>, dimension: number, seed: number, contextDimension: number, vocabulary: number): Model;
}

const builders: { readonly [T in ModelType]: Builder<T> } = {
  made: { build: createMade },
  fvsbn: { build: createFvsbn },
  nade: { build: createNade },
  eonade: { build: createEonade },
  nice: { build: createFlow },
  realnvp: { build: createFlow },
  maf: { build: createFlow },
  iaf: { build: createFlow },
  glow: { build: createFlow },
  vae: { build: createVae },
  pixelcnn: { build: createPixelcnn },
  pixelrnn: { build: createPixelrnn },
  'char-rnn': { build: createCharRnn },
  autoencoder: { build: createAutoencoder },
  'strict-triangle-stack': { build: createStrictTriangleStack },
};

/**
 * Builds the model of an experiment; orders and degrees are drawn by `seed`. Allocates no tensors.
 * @param contextDimension C, columns that each row is conditioned on. A model that knows no context says so by its
 *   {@link Model.contextDimension}, which is 0 then.
 * @param vocabulary V, characters of the text that the data are; 0 for data of any other kind.
 * @throws RangeError when what the spec gives (an order, degrees) does not fit the dimension, and for a model of text without
 *   any.
 */
export function createModel(
  spec: ModelSpec,
  dimension: number,
  seed: number,
  contextDimension = 0,
  vocabulary = 0,
): Model {
  // A builder takes its own type's specifications alone, and is looked up by that type.
  const builder: Builder<ModelType> = builders[spec.type];
  return builder.build(spec, dimension, seed, contextDimension, vocabulary);
}
