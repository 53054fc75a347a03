/** The orders of any model, by its specification, the dimension and the seed alone: the editor knows them, too. */
import { RandomGenerator } from '../random/generator.ts';
import type { MadeSpec } from '../spec/models/made.ts';
import type { ModelSpec, ModelType, SpecOf } from '../spec/models/index.ts';
import { orderDegrees, seededStructures } from './degrees.ts';
import { eonadeOrder } from './nade.ts';

/** Orders of models of one type. */
interface Orders<T extends ModelType> {
  of(spec: SpecOf<T>, dimension: number, seed: number, contextDimension: number): readonly Int32Array[];
}

const orders: { readonly [T in ModelType]: Orders<T> } = {
  made: {
    of: (spec, dimension, seed, contextDimension) =>
      seededStructures(spec, dimension, seed, contextDimension).map(({ order }) => order),
  },
  fvsbn: { of: ({ order }, dimension, seed) => [seededOrder(order, dimension, seed)] },
  nade: { of: ({ order }, dimension, seed) => [seededOrder(order, dimension, seed)] },
  eonade: {
    of: (spec, dimension, seed) => Array.from({ length: spec.orders }, (_, i) => eonadeOrder(spec, dimension, seed, i)),
  },
  autoencoder: { of: () => [] },
  nice: { of: () => [] },
  realnvp: { of: () => [] },
  maf: { of: () => [] },
  iaf: { of: () => [] },
  glow: { of: () => [] },
  vae: { of: () => [] },
  pixelcnn: { of: (_, dimension, seed) => [seededOrder('natural', dimension, seed)] },
  'char-rnn': { of: (_, dimension, seed) => [seededOrder('natural', dimension, seed)] },
  pixelrnn: { of: (_, dimension, seed) => [seededOrder('natural', dimension, seed)] },
  'strict-triangle-stack': { of: (_, dimension, seed) => [seededOrder('natural', dimension, seed)] },
};

/** The order of a model with a single one: that which a MADE with the same entry and seed has in its first mask. */
export function seededOrder(order: MadeSpec['order'], dimension: number, seed: number): Int32Array {
  return orderDegrees(order, dimension, RandomGenerator.seeded(seed, 'masks'));
}

/**
 * The orders that the model is averaged over at test time, one for each of its structures: [D] positions 1 … D. None
 * for a model that has no order.
 * @param contextDimension C, columns that rows are conditioned on; only whether there are any matters.
 * @throws RangeError when an order or degrees that the specification gives do not fit the dimension.
 */
export function ordersOf(
  spec: ModelSpec,
  dimension: number,
  seed: number,
  contextDimension = 0,
): readonly Int32Array[] {
  // A type's orders take that type's specifications alone, and are looked up by that type.
  const known: Orders<ModelType> = orders[spec.type];
  return known.of(spec, dimension, seed, contextDimension);
}
