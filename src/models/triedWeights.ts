/** Weights on which a program of a model is tried. */
import * as tf from '@tensorflow/tfjs-core';
import { type MadeUp, madeUpWeight } from '../layers/madeUp.ts';
import type { Model, NamedTensors } from './model.ts';

/** How far a flow's weights are moved from where they start, as a share of what Glorot would give them, or of what they are. */
const MOVED = 0.1;

export type Tried = Pick<Model, 'flow' | 'initialise' | 'parameters'>;

/**
 * Of the names and shapes of `like`, whose values are not read: of the size that Glorot would give them. Those of a flow lie a
 * little off where they start, at which couplings are the identity: scales of random numbers in many layers in a row
 * make numbers beside which nothing else counts, or none at all, which say nothing of a program. The tensors are the caller's.
 */
export function triedWeights(model: Tried, like: NamedTensors, made: MadeUp): NamedTensors {
  return model.flow === undefined ? made.all(like, madeUpWeight) : nearTheStart(model, like, made);
}

function nearTheStart(model: Tried, like: NamedTensors, made: MadeUp): NamedTensors {
  const start = model.initialise(made.random);
  // Moments, and permutations, whose zeros stay.
  const fixed = new Set(model.parameters.filter(({ trainable }) => trainable === false).map(({ name }) => name));
  const moves = made.all(like, (u, tensor, name) => (fixed.has(name) ? 2 * u - 1 : madeUpWeight(u, tensor)));
  return Object.fromEntries(
    Object.entries(moves).map(([name, move]) => {
      const moved = tf.tidy(() => {
        const from = tf.tensor(start[name]!.data, move.shape, 'float32');
        return tf.add(from, tf.mul(fixed.has(name) ? tf.mul(from, MOVED) : MOVED, move));
      });
      move.dispose();
      return [name, moved];
    }),
  );
}
