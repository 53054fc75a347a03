/**
 * Exact derivatives of a network's conditionals by their inputs: vector–Jacobian products, many pairs of data row and output
 * at a time, xᵀ tiled against rows of the identity. They know nothing of masks: a path that forgets its mask shows here
 * though the masks themselves are sound.
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../data/dataset.ts';
import { RandomGenerator } from '../random/generator.ts';
import { rowsOfProducts } from '../training/evaluate.ts';
import { disposeTensors } from '../training/tensors.ts';
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
      const size = left <= pace * (1 + REST) ? left : pace;
      const gradient = tf.tidy(() => {
        const x = new Float32Array(size * dimension);
        const dy = new Float32Array(size * dimension * perVariable);
        const context = contexts && new Float32Array(size * model.contextDimension);
        for (let k = 0; k < size; k++) {
          const row = Math.floor((done + k) / outputs.length);
          x.set(rows[row]!, k * dimension);
          context?.set(contexts![row]!, k * model.contextDimension);
          dy.set(probe, (k * dimension + outputs[(done + k) % outputs.length]!) * perVariable);
        }
        const noise = noiseFor(snapshot, size);
        const given = context && tf.tensor2d(context, [size, model.contextDimension]);
        const derivative = tf.grad((own) =>
          network.conditionalParameters(own as Tensor2D, { ...inputs, noise, context: given }),
        );
        return derivative(tf.tensor2d(x, [size, dimension]), tf.tensor2d(dy, [size, dimension * perVariable]));
      });
      const values = await gradient.data<'float32'>();
      gradient.dispose();
      for (let k = 0; k < size; k++) take(outputs[(done + k) % outputs.length]!, values, k * dimension);
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
