/**
 * Exact derivatives of a network's conditionals by their inputs: vector–Jacobian products, many pairs of data row and output
 * at a time. Where many outputs of one row are wanted, the row is computed once and rows of the identity are sent back
 * through it; xᵀ is tiled against them where the network's blocks do not go row by row, and for few outputs of many rows.
 * They know nothing of masks: a path that forgets its mask shows here though the masks themselves are sound.
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Backend } from '../backends/backend.ts';
import type { Matrix } from '../data/dataset.ts';
import { cotangentRows, linearised } from '../layers/differentiable.ts';
import { RandomGenerator } from '../random/generator.ts';
import { rowsOfProducts } from '../training/evaluate.ts';
import { disposeTensors } from '../layers/namedTensors.ts';
import { conditionalsIn } from './connectivity.ts';
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
 * @throws RangeError when the model has no conditionals.
 */
export async function* vectorJacobianProducts(
  snapshot: Snapshot,
  { dataRows, outputs, free }: ProductOptions,
  take: (output: number, values: Float32Array, start: number) => void,
): Chunked<number> {
  const conditionals = conditionalsIn(snapshot);
  const { backend, model, seed } = snapshot.source;
  const { train } = await snapshot.source.dataset();
  const picked = pickRows(train, dataRows, seed);
  const [rows, contexts] = [rowsOf(train, picked), train.context ? rowsOf(train.context, picked) : null];
  const inputs = densityInputs(snapshot);
  const map: ProductsOfRows['map'] = (x, context) =>
    conditionals.conditionalParameters(x, { ...inputs, context, noise: noiseFor(snapshot, x.shape[0]) });
  const direction = probeOf(conditionals.parametersPerVariable, seed);
  const products = model.densityProducts ?? 1;
  try {
    const { dimension } = model;
    yield* productsOfRows(backend, { rows, contexts, map, dimension, direction, outputs, products, free }, take);
    return rows.length;
  } finally {
    disposeTensors(inputs.masks);
  }
}

/** Rows, a map of them, and which of its outputs are differentiated. */
export interface ProductsOfRows {
  /** [D] each. */
  readonly rows: readonly (Uint8Array | Float32Array)[];
  /** [C] each, or null where there is no context. */
  readonly contexts: readonly (Uint8Array | Float32Array)[] | null;
  /** y [N, D·k] of x [N, D] and the context [N, C]. Differentiable in x; what becomes of a row depends on no other. */
  readonly map: (x: Tensor2D, context: Tensor2D | null) => Tensor2D;
  /** D */
  readonly dimension: number;
  /** [k] what of the k columns of an output is differentiated. */
  readonly direction: Float32Array;
  readonly outputs: readonly number[];
  /** Multiplications that the map takes for a row, about. */
  readonly products: number;
  /** Whether nothing trains meanwhile. */
  readonly free: boolean;
}

/** Gives the gradient [D] of each output by x, on each of the rows in turn, to `take`: `values` from `start` on. */
export async function* productsOfRows(
  { tf }: Backend,
  { rows, contexts, map, dimension, direction, outputs, products: dear, free }: ProductsOfRows,
  take: (output: number, values: Float32Array, start: number, row: number) => void,
): Chunked<void> {
  const when = free ? 'free' : 'training';
  let rowByRow = outputs.length >= ROW_OUTPUTS;

  const outputAt = (product: number) => outputs[product % outputs.length]!;
  const rowAt = (product: number) => Math.floor(product / outputs.length);
  /** The rows of some products, one for each. */
  const tiled = (of: readonly (Uint8Array | Float32Array)[], first: number, count: number) => {
    const columns = of[0]!.length;
    const values = new Float32Array(count * columns);
    for (let k = 0; k < count; k++) values.set(of[rowAt(first + k)]!, k * columns);
    return tf.tensor2d(values, [count, columns]);
  };
  const given = (first: number, count: number) => ({
    x: tiled(rows, first, count),
    context: contexts && tiled(contexts, first, count),
  });
  const cotangents = (first: number, count: number) => ({
    groups: Array.from({ length: count }, (_, k) => outputAt(first + k)),
    direction,
  });
  const ofTiledRows = (first: number, count: number): Tensor2D => {
    const { x, context } = given(first, count);
    const derivative = tf.grad((own) => map(own as Tensor2D, context));
    return derivative(x, cotangentRows(cotangents(first, count), dimension * direction.length)) as Tensor2D;
  };
  /** Products of outputs of the same row; null where the map does not go row by row. */
  const ofOneRow = (first: number, count: number): Tensor2D | null => {
    const { x, context } = given(first, 1);
    const derivative = linearised((own) => map(own, context), x, context ? [context] : []);
    return derivative && derivative(cotangents(first, count));
  };
  const products = rows.length * outputs.length;
  let done = 0;
  // Of a map whose rows are dear no more at first than are known to fit.
  const fitting = rowsOfProducts(PASSES * dear);
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
    for (let k = 0; k < size; k++) take(outputAt(done + k), values, k * dimension, rowAt(done + k));
    done += size;
    const milliseconds = performance.now() - started;
    const next = Math.min(4 * size, Math.max(size / 2, (size * CHUNK_MS[when]) / milliseconds));
    pace = Math.ceil(Math.min(MAX_PACE, Math.max(fewest, next)));
    yield;
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
