/** Coupling by a law that is neither additive nor affine: the layer owes the same proofs. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { affine, affineInverse } from '../../../src/flows/affine.ts';
import { coupling } from '../../../src/flows/coupling.ts';
import type { CouplingLaw } from '../../../src/flows/couplingLaws.ts';
import { minus, plus, rowSums } from '../../../src/flows/sums.ts';
import { differentiable } from '../../../src/layers/differentiable.ts';
import { split } from '../../../src/masks/splits.ts';
import { proveBijectors } from './bijectorProofs.ts';

/** a where `where` is above 0, else b. Differentiable in a and b; by `where` its slope is 0 but for the step. */
const chosen = (where: Tensor2D, a: Tensor2D, b: Tensor2D) =>
  differentiable([where, a, b], () => {
    const above = tf.cast(tf.greater(where, 0), 'float32');
    return {
      value: tf.add<Tensor2D>(tf.mul(above, a), tf.mul(tf.sub(1, above), b)),
      saved: [above],
      gradient: (dy, [above]) => [tf.zerosLike(dy), tf.mul(dy, above!), tf.mul(dy, tf.sub(1, above!))],
    };
  });

/** Not zerosLike: it has no gradient, and needs none. */
const none = (x: Tensor2D) => tf.zeros<tf.Rank.R2>(x.shape);

/** Monotone in two pieces: y = x·e^a + t above 0 and x·e^b + t below, by three numbers for each variable. */
const twoSlopes: CouplingLaw = {
  perVariable: 3,
  affine: false,
  given: ([t, a, b]) => ({
    apply: (x) => affine(x, chosen(x, a!, b!), t!),
    invert: (y) => {
      const moved = plus(y, minus(t!));
      return affineInverse(moved, chosen(moved, a!, b!), none(y));
    },
    logDet: (x) => rowSums(chosen(x, a!, b!)),
  }),
};

const settings = { hidden: [7, 6], activation: 'tanh', contextDimension: 0, law: twoSlopes } as const;
const bits = (...passes: number[]) => Uint8Array.from(passes);

const vectors = coupling({ ...settings, passes: bits(1, 0, 1, 0, 0) });

proveBijectors('coupling by a law of two slopes', [
  { name: 'of vectors', layer: vectors },
  { name: 'of one variable', layer: coupling({ ...settings, passes: bits(0) }) },
  { name: 'with a context', layer: coupling({ ...settings, contextDimension: 2, passes: bits(0, 1, 0) }), context: 2 },
  {
    name: 'of images',
    layer: coupling({
      ...settings,
      hidden: [3],
      passes: split('checkerboard', [2, 2, 2], 0),
      convolutions: { image: [2, 2, 2], blocks: 0 },
    }),
  },
]);

it('tells of no movement and of no bound where the law is not affine', () => {
  expect(vectors.movement).toBeUndefined();
  expect(vectors.logScaleBounds).toBeUndefined();
});
