/**
 * Training along a text: rows are dealt to streams, each a contiguous piece of the text, and every batch reads one row of each
 * on from the state that the row before has left (truncated back-propagation through time; Williams & Peng 1990, Karpathy,
 * Johnson & Fei-Fei 2015).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable } from '../layers/differentiable.ts';
import { below, prefixed } from '../layers/prefixes.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import type { ReadOn } from '../models/stream.ts';
import type { NamedArrays } from '../runs/arrays.ts';

/** Stands before the names of a carried state, which goes with the optimiser's from step to step and into checkpoints. */
export const CARRIED = 'stream/';

/** Streams that so many rows are dealt to: no more than there are rows. */
export function streamsOf(rows: number, batchSize: number): number {
  return Math.min(rows, batchSize);
}

/**
 * Batch t holds row t of every stream, streams in their order. Where rows do not go round, the first streams have one more
 * each, and the last batch is theirs alone.
 */
export class StreamPlan {
  readonly batches: number;
  readonly #streams: number;
  /** Rows that every stream has at least, and streams that have one more. */
  readonly #length: number;
  readonly #longer: number;

  /** @param rows of the text, all in their order; @param streams 1 … rows */
  constructor(rows: number, streams: number) {
    this.#streams = streams;
    this.#length = Math.floor(rows / streams);
    this.#longer = rows % streams;
    this.batches = this.#length + (this.#longer > 0 ? 1 : 0);
  }

  /** Rows of batch t, one of each stream that still has any. */
  rows(batch: number): Int32Array {
    const length = batch < this.#length ? this.#streams : this.#longer;
    return Int32Array.from({ length }, (_, s) => s * this.#length + Math.min(s, this.#longer) + batch);
  }
}

/** The state before the first row of every stream, as it goes with the optimiser's; nothing for a model without streams. */
export function carriedStart({ stream }: Pick<Model, 'stream'>, streams: number): NamedArrays {
  return stream === undefined ? {} : prefixed(stream.start(streams), CARRIED);
}

/** What is carried, among the optimiser's state; null for a model without streams. */
export function carriedOf({ stream }: Pick<Model, 'stream'>, optimizer: NamedTensors): NamedTensors | null {
  return stream === undefined ? null : below(optimizer, CARRIED);
}

/** The states of the first so many streams. */
export function firstStreams(state: NamedTensors, streams: number): NamedTensors {
  return mapped(state, (tensor) => {
    const [all, units] = tensor.shape as [number, number];
    return all === streams ? tensor : tf.slice(tensor as Tensor2D, [0, 0], [streams, units]);
  });
}

/** The states of all streams after the first ones have gone on; the others, which have come to their end, stay as they were. */
export function allStreams(moved: NamedTensors, before: NamedTensors): NamedTensors {
  return mapped(before, (tensor, name) => {
    const own = moved[name] as Tensor2D;
    const left = tensor.shape[0] - own.shape[0];
    if (left === 0) return own;
    return tf.concat<Tensor2D>([own, tf.slice(tensor as Tensor2D, [own.shape[0], 0], [left, own.shape[1]])], 0);
  });
}

/**
 * Values and states side by side, [B, 1 + Σ units]: what is returned of a function that gradients are taken of lives on, and
 * nothing else does. Differentiable in the values.
 */
export function packed({ values, state }: ReadOn): Tensor2D {
  const states = Object.keys(state)
    .sort()
    .map((name) => state[name] as Tensor2D);
  return differentiable([values], () => ({
    value: tf.concat<Tensor2D>([tf.expandDims<Tensor2D>(values, 1), ...states], 1),
    saved: [],
    gradient: (dy) => [tf.reshape(tf.slice(dy, [0, 0], [-1, 1]), values.shape)],
  }));
}

/** The gradient that a mean of the values has of what was {@link packed}. */
export function meanOfPacked(rows: number, like: NamedTensors): Tensor2D {
  const units = Object.values(like).reduce((sum, { shape }) => sum + shape[1]!, 0);
  return tf.concat<Tensor2D>([tf.fill([rows, 1], 1 / rows), tf.zeros([rows, units])], 1);
}

/** What was {@link packed}. @param like the states, for their names and widths. */
export function unpacked(all: Tensor2D, like: NamedTensors): ReadOn {
  const [rows] = all.shape;
  const values = tf.reshape<tf.Rank.R1>(tf.slice(all, [0, 0], [rows, 1]), [rows]);
  let from = 1;
  const state = Object.keys(like)
    .sort()
    .map((name): [string, Tensor] => {
      const units = like[name]!.shape[1]!;
      const own = tf.slice(all, [0, from], [rows, units]);
      from += units;
      return [name, own];
    });
  return { values, state: Object.fromEntries(state) };
}

function mapped(tensors: NamedTensors, of: (tensor: Tensor, name: string) => Tensor): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, of(tensor, name)]));
}
