/**
 * Exact derivatives of a network's conditionals by their inputs: vector–Jacobian products, many pairs of data row and output
 * at a time. Where many outputs of one row are wanted, the row is computed once and rows of the identity are sent back
 * through it; xᵀ is tiled against them where the network's blocks do not go row by row, and for few outputs of many rows.
 * They know nothing of masks: a path that forgets its mask shows here though the masks themselves are sound.
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../data/dataset.ts';
import { cotangentRows, linearised } from '../layers/differentiable.ts';
import { RandomGenerator } from '../random/generator.ts';
import { rowsOfProducts } from '../training/evaluate.ts';
import { disposeTensors } from '../layers/namedTensors.ts';
import { networkOf } from './connectivity.ts';
import { type Chunked, densityInputs, noiseFor, type Snapshot } from './source.ts';

/**
 * What a chunk of products should take while training goes on, and while nothing does: then a request may wait so long.
 * Longer ones are cheaper by the product, since every chunk packs the weights anew.
 */
const CHUNK_MS = { training: 20, free: 90 } as const;
/** Products in one chunk. Fewer would pay mostly for packing the weights; more need memory. */
const MIN_PACE = 32;
const MAX_PACE = 1024;
/** Products that nobody has timed yet. */
const FIRST_PACE = { training: 64, free: 400 } as const;
/** A forward pass with its way back, in forward passes. */
const PASSES = 3;
/** A last chunk is taken along with the one before it where it would be no more than this share of it. */
const REST = 0.4;
/** Outputs of a row from which on it is computed by itself: with fewer, a chunk would have too few products. */
const ROW_OUTPUTS = 256;

export interface ProductOptions {
  /** Data rows to take, of those drawn once and for all: what changes between frames are the weights, not the rows. */
  readonly dataRows: number;
  /** The outputs to differentiate for each of them. */
  readonly outputs: readonly number[];
  /** Whether nothing trains meanwhile. */
  readonly free: boolean;
}

/**
 * Gives the gradient [D] of each chosen output by x, on each of the rows in turn, to `take`: `values` from `start` on. Of a
 * conditional with several parameters the gradient of a fixed direction among them.
 * @returns the number of data rows.
 * @throws RangeError when the model has no single network.
 */
export async function* vectorJacobianProducts(
  snapshot: Snapshot,
  { dataRows, outputs, free }: ProductOptions,
  take: (output: number, values: Float32Array, start: number) => void,
): Chunked<number> {
  const network = networkOf(snapshot);
  const { backend, model, seed } = snapshot.source;
  const { tf } = backend;
  const { dimension } = model;
  const { train } = await snapshot.source.dataset();
  const picked = pickRows(train, dataRows, seed);
  const [rows, contexts] = [rowsOf(train, picked), train.context ? rowsOf(train.context, picked) : null];
  const perVariable = network.parametersPerVariable;
  const probe = probeOf(perVariable, seed);
  const inputs = densityInputs(snapshot);
  const when = free ? 'free' : 'training';
  let rowByRow = outputs.length >= ROW_OUTPUTS;

  const outputAt = (product: number) => outputs[product % outputs.length]!;
  const rowAt = (product: number) => Math.floor(product / outputs.length);
  /** Data rows and what they are conditioned on, from some product on. */
  const given = (first: number, count: number) => {
    const x = new Float32Array(count * dimension);
    const context = contexts && new Float32Array(count * model.contextDimension);
    for (let k = 0; k < count; k++) {
      x.set(rows[rowAt(first + k)]!, k * dimension);
      context?.set(contexts![rowAt(first + k)]!, k * model.contextDimension);
    }
    return {
      x: tf.tensor2d(x, [count, dimension]),
      context: context && tf.tensor2d(context, [count, model.contextDimension]),
      noise: noiseFor(snapshot, count),
    };
  };
  const cotangents = (first: number, count: number) => ({
    groups: Array.from({ length: count }, (_, k) => outputAt(first + k)),
    direction: probe,
  });
  const ofTiledRows = (first: number, count: number): Tensor2D => {
    const { x, ...rest } = given(first, count);
    const derivative = tf.grad((own) => network.conditionalParameters(own as Tensor2D, { ...inputs, ...rest }));
    return derivative(x, cotangentRows(cotangents(first, count), dimension * perVariable)) as Tensor2D;
  };
  /** Products of outputs of the same row; null where the network does not go row by row. */
  const ofOneRow = (first: number, count: number): Tensor2D | null => {
    const { x, ...rest } = given(first, 1);
    const derivative = linearised(
      (own) => network.conditionalParameters(own, { ...inputs, ...rest }),
      x,
      rest.context ? [rest.context] : [],
    );
    return derivative && derivative(cotangents(first, count));
  };
  try {
    const products = rows.length * outputs.length;
    let done = 0;
    // Of a model whose rows are dear no more at first than are known to fit.
    const fitting = rowsOfProducts(PASSES * (model.densityProducts ?? 1));
    const fewest = Math.min(MIN_PACE, fitting);
    let pace: number = Math.min(FIRST_PACE[when], fitting);
    while (done < products) {
      const started = performance.now();
      const left = products - done;
      const wished = left <= pace * (1 + REST) ? left : pace;
      const ofRow = outputs.length - (done % outputs.length);
      let size = wished;
      const gradient = tf.tidy(() => {
        if (rowByRow) {
          const fitting = Math.min(wished, ofRow);
          const found = ofOneRow(done, fitting);
          if (found !== null) {
            size = fitting;
            return found;
          }
          rowByRow = false;
        }
        return ofTiledRows(done, wished);
      });
      const values = await gradient.data<'float32'>();
      gradient.dispose();
      for (let k = 0; k < size; k++) take(outputAt(done + k), values, k * dimension);
      done += size;
      const milliseconds = performance.now() - started;
      const next = Math.min(4 * size, Math.max(size / 2, (size * CHUNK_MS[when]) / milliseconds));
      pace = Math.ceil(Math.min(MAX_PACE, Math.max(fewest, next)));
      yield;
    }
    return rows.length;
  } finally {
    disposeTensors(inputs.masks);
  }
}

function pickRows({ rows }: Matrix, count: number, seed: number): number[] {
  const random = RandomGenerator.seeded(seed, 'inspection/jacobian');
  return Array.from({ length: Math.min(count, rows) }, () => random.integer(0, rows - 1));
}

function rowsOf({ columns, values }: Matrix, rows: readonly number[]): (Uint8Array | Float32Array)[] {
  return rows.map((row) => values.subarray(row * columns, (row + 1) * columns));
}

/**
 * What of a variable's k parameters is differentiated: the one, or a random direction of length 1 among several, always
 * the same. It is blind to a dependency only where the gradient happens to be at a right angle to it.
 */
function probeOf(perVariable: number, seed: number): Float32Array {
  if (perVariable === 1) return Float32Array.of(1);
  const random = RandomGenerator.seeded(seed, 'inspection/jacobian/probe');
  const direction = Array.from({ length: perVariable }, () => random.normal());
  return Float32Array.from(direction, (value) => value / Math.hypot(...direction));
}
