/**
 * Exact derivatives of a network's conditionals by their inputs: vector–Jacobian products, many pairs of data row and output
 * at a time. Where many outputs of one row are wanted, the row is computed once and rows of the identity are sent back
 * through it; xᵀ is tiled against them where the network's blocks do not go row by row, and for few outputs of many rows.
 * They know nothing of masks: a path that forgets its mask shows here though the masks themselves are sound.
 */
import { grad, type Tensor2D } from '@tensorflow/tfjs-core';
import { type Pass, passesOn, WORTH_COMPILING } from '../backends/compiledPasses.ts';
import type { Matrix } from '../data/dataset.ts';
import { type Cotangents, cotangentRows, linearised } from '../layers/differentiable.ts';
import { disposeTensors } from '../layers/namedTensors.ts';
import type { DensityInputs, Model, NamedTensors } from '../models/model.ts';
import { parameterCount } from '../models/parameters.ts';
import { fixedMasks } from '../models/structures.ts';
import { RandomGenerator } from '../random/generator.ts';
import { conditionalsIn } from './connectivity.ts';
import { equalChunks, paceByClock } from './productPace.ts';
import { type Chunked, densityInputs, noiseFor, type Snapshot } from './source.ts';

/** A chunk that takes no longer is made a program of within a few seconds. */
const SHORT_MS = 300;
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
  const { model, seed } = snapshot.source;
  const { train } = await snapshot.source.dataset();
  const picked = pickRows(train, dataRows, seed);
  const inputs = densityInputs(snapshot);
  const work = {
    rows: rowsOf(train, picked),
    contexts: train.context ? rowsOf(train.context, picked) : null,
    of: 'the conditionals',
    map: (x: Tensor2D, own: DensityInputs) => conditionals.conditionalParameters(x, own),
    ...{ inputs, noise: (rows: number) => noiseFor(snapshot, rows) },
    direction: probeOf(conditionals.parametersPerVariable, seed),
    ...{ outputs, products: model.densityProducts ?? 1, free },
  };
  try {
    yield* productsOfRows(snapshot, work, take);
    return picked.length;
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
  /** What the map gives of the model, in a few words: maps of one name are the same. */
  readonly of: string;
  /**
   * y [N, D·k] of x [N, D] and of the inputs, on which alone it depends. Differentiable in x; what becomes of a row depends on no
   * other.
   */
  readonly map: (x: Tensor2D, inputs: DensityInputs) => Tensor2D;
  /** The map's. */
  readonly inputs: Pick<DensityInputs, 'parameters' | 'masks'>;
  /** What the map takes of random numbers for so many rows, as new tensors; nothing unless told. */
  readonly noise?: (rows: number) => NamedTensors;
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
  { source: { backend, model }, tell }: Snapshot,
  o: ProductsOfRows,
  take: (output: number, values: Float32Array, start: number, row: number) => void,
): Chunked<void> {
  const { tf } = backend;
  const { outputs, free } = o;
  const { dimension } = model;
  const last = o.rows.length * outputs.length - 1;
  const outputAt = (product: number) => outputs[product % outputs.length]!;
  const rowAt = (product: number) => Math.floor(product / outputs.length);
  /** The rows of some products; those after the last one are like it. */
  const tiled = (of: readonly (Uint8Array | Float32Array)[], first: number, count: number) => {
    const columns = of[0]!.length;
    const values = new Float32Array(count * columns);
    for (let k = 0; k < count; k++) values.set(of[rowAt(Math.min(first + k, last))]!, k * columns);
    return tf.tensor2d(values, [count, columns]);
  };
  const given = (first: number, size: number, oneRow: boolean): ProductInputs => {
    const rows = oneRow ? 1 : size;
    return {
      ...o.inputs,
      noise: o.noise?.(rows) ?? {},
      x: tiled(o.rows, first, rows),
      context: o.contexts && tiled(o.contexts, first, rows),
      cotangents: {
        groups: tf.tensor1d(Int32Array.from({ length: size }, (_, k) => outputAt(first + k))),
        direction: tf.tensor1d(o.direction),
      },
    };
  };
  const oneRow = outputs.length >= ROW_OUTPUTS && tf.tidy(() => ofOneRow(o.map, given(0, 1, true)) !== null);
  const all = { rows: o.rows.length, outputs: outputs.length, oneRow, free };
  const programs = backend.compile !== undefined;
  const pace = programs
    ? equalChunks({ ...all, dear: Math.max(o.products, parameterCount(model)) })
    : paceByClock({ ...all, dear: o.products });
  let pass = { ...passOf(model, o, oneRow), coming: pace.equal, ...(tell && { tell }) };
  for (let done = 0; done <= last;) {
    const started = performance.now();
    const chunk = pace.chunk(done);
    const gradient = tf.tidy(() => passesOn(backend).run(pass, given(done, chunk.size, oneRow)).products);
    const values = await gradient.data<'float32'>();
    gradient.dispose();
    for (let k = 0; k < chunk.count; k++) take(outputAt(done + k), values, k * dimension, rowAt(done + k));
    done += chunk.count;
    const took = performance.now() - started;
    pace.took(chunk, took);
    // While training goes on the same is asked for again and again. What takes long takes very long to be made a program.
    if (!free && took < SHORT_MS) pass = { ...pass, coming: WORTH_COMPILING };
    yield;
  }
}

interface ProductInputs extends DensityInputs {
  /** [N, D], or [1, D] where all products are of one row. */
  readonly x: Tensor2D;
  /** N of them. */
  readonly cotangents: Cotangents;
}

type ProductPass = Pass<ProductInputs, { readonly products: Tensor2D }>;

function passOf(model: Model, { of, map }: Pick<ProductsOfRows, 'of' | 'map'>, oneRow: boolean): ProductPass {
  return {
    of: model,
    name: `derivatives of ${of}${oneRow ? ', of one row' : ''}`,
    compute: (inputs) => ({ products: oneRow ? ofOneRow(map, inputs)! : ofRows(map, inputs) }),
    fixed: fixedMasks(model),
  };
}

function ofRows(map: ProductsOfRows['map'], { x, cotangents, ...inputs }: ProductInputs): Tensor2D {
  const columns = x.shape[1] * cotangents.direction.shape[0];
  return grad((own) => map(own as Tensor2D, inputs))(x, cotangentRows(cotangents, columns)) as Tensor2D;
}

/** Products of outputs of the same row; null where the map does not go row by row. */
function ofOneRow(map: ProductsOfRows['map'], { x, cotangents, ...inputs }: ProductInputs): Tensor2D | null {
  const { context } = inputs;
  const derivative = linearised((own) => map(own, inputs), x, context ? [context] : []);
  return derivative && derivative(cotangents);
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
