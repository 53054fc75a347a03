/** What a row of a text costs with the state that the row before it has left, without it, and beside other texts. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../../../data/dataset.ts';
import { rowOrder } from '../../../data/heldOut.ts';
import { disposeTensors, upload } from '../../../layers/namedTensors.ts';
import type { DensityInputs, Model, NamedTensors } from '../../../models/model.ts';
import type { ReadOn } from '../../../models/stream.ts';
import { gather } from '../../../training/batches.ts';
import { type Chunked, densityInputs, type Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';

/** Pairs of rows looked at, one right after the other in the text. */
const PAIRS = 4;

/** Two figures of one row that should be one, in nats, of the row where they are furthest apart. */
export interface Apart {
  readonly found: number;
  readonly expected: number;
}

export interface CarriedState {
  readonly pairs: number;
  /** Mean −log p in nats of the second rows: each on its own, and read on from the first. */
  readonly alone: number;
  readonly carried: number;
  /** The largest difference that the state makes to one of them, of 1 and its size. */
  readonly difference: number;
  /** First rows from the state before any character, and on their own. */
  readonly start: Apart;
  /** Second rows read on beside those of other texts, and by themselves from the same state. */
  readonly beside: Apart;
  /** Both rows of a pair, one after the other, and as one row of twice the length; null where no such model can be built. */
  readonly whole: Apart | null;
}

export const carriedState: Measurement<CarriedState> = {
  depth: 'cheap',
  applies: ({ stream }) => stream !== undefined,
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<CarriedState | null> {
  const { source, parameters } = snapshot;
  const { model } = source;
  const { train } = await source.dataset();
  if (train.rows < 2) return null;
  const firsts = rowOrder({ ...train, rows: train.rows - 1 }, source.seed).subarray(0, PAIRS);
  const seconds = firsts.map((row) => row + 1);
  const { masks } = densityInputs(snapshot);
  const inputs = { parameters, masks, noise: {}, context: null };
  try {
    const read = await figures(model, inputs, train, [firsts, seconds]);
    yield;
    const long = source.rebuild?.(2 * model.dimension) ?? null;
    const whole = long && (await wholeRows(long, inputs, train, firsts));
    if (Object.values(read).some((values) => !values.every(Number.isFinite))) return null;
    const sums = read.first.map((value, i) => value + read.carried[i]!);
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const state = worst(read.carried, read.again);
    return {
      pairs: firsts.length,
      alone: mean(read.alone),
      carried: mean(read.carried),
      difference: distance(state),
      start: worst(read.first, read.firstAlone),
      beside: worst(read.carried, read.byItself),
      whole: whole && worst(sums, whole),
    };
  } finally {
    disposeTensors(masks);
  }
}

/** −log p of rows in nats, by how they were read. */
type Figures = Readonly<Record<'first' | 'firstAlone' | 'carried' | 'again' | 'alone' | 'byItself', Float64Array>>;

/** In the order of training: what a model remembers beside its state shows in what comes after. */
async function figures(
  model: Model,
  inputs: DensityInputs,
  matrix: Matrix,
  [firsts, seconds]: readonly [Int32Array, Int32Array],
): Promise<Figures> {
  const stream = model.stream!;
  const names = ['first', 'carried', 'byItself', 'again', 'alone', 'firstAlone'] as const;
  const tensors = tf.tidy(() => {
    const [x, y] = [gather(matrix, firsts), gather(matrix, seconds)];
    const start = () => upload(stream.start(firsts.length));
    const before: ReadOn = stream.objective(x, start(), inputs);
    const after = stream.objective(y, before.state, inputs);
    const each = Array.from(seconds, (_, i) =>
      stream.objective(tf.slice(y, [i, 0], [1, -1]), rowsOf(before.state, i), inputs),
    );
    const again = stream.objective(y, start(), inputs);
    const density = (rows: Tensor2D): Tensor1D => tf.neg(model.logProb!(rows, inputs));
    const byItself = tf.concat<Tensor1D>(each.map(({ values }) => values));
    return [before.values, after.values, byItself, again.values, density(y), density(x)];
  });
  try {
    const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
    return Object.fromEntries(names.map((name, i) => [name, Float64Array.from(values[i]!)])) as Figures;
  } finally {
    tf.dispose(tensors);
  }
}

function rowsOf(state: NamedTensors, row: number): NamedTensors {
  return Object.fromEntries(
    Object.entries(state).map(([name, tensor]) => [name, tf.slice(tensor as Tensor2D, [row, 0], [1, -1])]),
  );
}

/** −log p of each of these rows and the one after it as a single row of a model of twice the length. */
async function wholeRows(
  long: Model,
  inputs: DensityInputs,
  matrix: Matrix,
  firsts: Int32Array,
): Promise<Float64Array> {
  const tensor = tf.tidy(() => {
    const pairs = tf.concat<Tensor2D>(
      [
        gather(matrix, firsts),
        gather(
          matrix,
          firsts.map((row) => row + 1),
        ),
      ],
      1,
    );
    return tf.neg<Tensor1D>(long.logProb!(pairs, inputs));
  });
  try {
    return Float64Array.from(await tensor.data<'float32'>());
  } finally {
    tensor.dispose();
  }
}

/** The row where two figures are furthest apart. */
function worst(found: Float64Array, expected: Float64Array): Apart {
  const all = Array.from(found, (value, i) => ({ found: value, expected: expected[i]! }));
  return all.reduce((most, one) => (distance(one) > distance(most) ? one : most));
}

/** Of 1 and their size. */
function distance({ found, expected }: Apart): number {
  return Math.abs(found - expected) / Math.max(1, Math.abs(expected));
}
