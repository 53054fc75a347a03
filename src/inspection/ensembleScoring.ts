/** Evaluating many rows under one structure of a model, in chunks whose size follows the clock. */
import { neg, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../data/dataset.ts';
import type { Backend } from '../backends/backend.ts';
import { passesOn } from '../backends/compiledPasses.ts';
import { bernoulliEntries } from '../distributions/bernoulli.ts';
import {
  type Conditionals,
  conditionalsOf,
  type DensityInputs,
  type Model,
  type NamedTensors,
} from '../models/model.ts';
import { fixedMasks } from '../models/structures.ts';
import { contextSlice, slice } from '../training/batches.ts';
import { rowsOfProducts, scoringNoise } from '../training/evaluate.ts';
import { noiseFor } from '../training/scoringPass.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { Chunked, Snapshot } from './source.ts';

/** What one chunk should take; more where training does not wait for it, but not so much that a pointer would have to. */
const CHUNK_MS = 12;
const FREE_CHUNK_MS = 30;
/** Fewer rows would pay mostly for masking the weights, which every chunk does. */
const FEWEST_ROWS = 32;
const MOST_ROWS = 4096;

export interface PaceOptions {
  readonly free: boolean;
  readonly products?: number | undefined;
  readonly fewest?: number;
}

/** How many rows fit into one chunk: learnt from those before, and carried from one structure to the next. */
export class Pace {
  readonly #milliseconds: number;
  readonly #fewest: number;
  #rows: number;

  /**
   * @param o.products multiplications of one row (`Model.densityProducts`): where they are many a chunk begins, and may
   *   go on, with a single row.
   * @param o.fewest rows of a chunk at least, where a row costs more than its pass through the network.
   */
  constructor({ free, products = 1, fewest = FEWEST_ROWS }: PaceOptions) {
    this.#milliseconds = free ? FREE_CHUNK_MS : CHUNK_MS;
    this.#fewest = Math.min(fewest, rowsOfProducts(products));
    this.#rows = this.#fewest;
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * The same, on a backend with programs the next power of two below: programs are for one number of rows, and it is the
   * numbers that come again and again of which there is one.
   */
  rowsOn({ compile }: Pick<Backend, 'compile'>): number {
    return compile === undefined ? this.#rows : 2 ** Math.floor(Math.log2(this.#rows));
  }

  /** Told how long so many rows took. */
  took(rows: number, milliseconds: number): void {
    const fitting = (rows * this.#milliseconds) / Math.max(milliseconds, 0.1);
    const next = Math.min(2 * this.#rows, Math.max(this.#rows / 2, fitting));
    this.#rows = Math.round(Math.min(MOST_ROWS, Math.max(this.#fewest, next)));
  }
}

export interface Evaluation {
  /** The structure that evaluates. */
  readonly mask: number;
  readonly count: number;
  /** Rows `from` … `to` − 1, with their context where the model needs one. */
  readonly rowsOf: (from: number, to: number) => Matrix;
  readonly pace: Pace;
  /** Random numbers that so many rows take, drawn in their order; the model's own unless told. */
  readonly noise?: (rows: number) => NamedArrays;
  /**
   * What `evaluate` is called where it depends on its arguments and the model alone, and so may be compiled: nothing that
   * is drawn in it at random, no places or choices of the moment. Evaluations of one name compute the same.
   */
  readonly pass?: string;
  /** Runs within `tf.tidy`; what it returns is read and disposed. */
  readonly evaluate: (x: Tensor2D, inputs: DensityInputs) => readonly Tensor[];
  /** Given the values of rows `from` … , one array for every tensor. */
  readonly take: (from: number, values: readonly Float32Array[]) => void;
}

export async function* evaluateRows(snapshot: Snapshot, o: Evaluation): Chunked<void> {
  const { source, parameters } = snapshot;
  const { model, backend } = source;
  const masks = upload(model.masks(o.mask));
  const random = scoringNoise(o.mask);
  const noiseOf = o.noise ?? ((rows) => noiseFor(model)(rows, random));
  try {
    for (let from = 0; from < o.count;) {
      const started = performance.now();
      const to = Math.min(o.count, from + o.pace.rowsOn(backend));
      const block = o.rowsOf(from, to);
      const tensors: Tensor[] = backend.tf.tidy(() => {
        const noise = upload(noiseOf(to - from));
        const context = contextSlice(block, 0, to - from);
        const inputs = { x: slice(block, 0, to - from), parameters, masks, noise, context };
        return forward(snapshot, o.pass, ({ x, ...own }: typeof inputs) => [...o.evaluate(x, own)], inputs);
      });
      const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
      o.take(from, values);
      for (const tensor of tensors) tensor.dispose();
      o.pace.took(to - from, performance.now() - started);
      from = to;
      yield;
    }
  } finally {
    disposeTensors(masks);
  }
}

/** What comes of these inputs, masks among them, by a program where it has a name and has run often enough. */
export function forward<I extends { readonly masks: NamedTensors }, O extends readonly Tensor[]>(
  { source: { backend, model }, tell }: Pick<Snapshot, 'source' | 'tell'>,
  name: string | undefined,
  compute: (inputs: I) => O,
  inputs: I,
): O {
  if (name === undefined) return compute(inputs);
  const fixed = fixedMasks(model);
  return passesOn(backend).run({ of: model, name, compute, fixed, ...(tell && { tell }) }, inputs);
}

/** {@link Evaluation.pass} of {@link rowLogProb}. */
export const ROW_LOG_PROB = 'log p of rows, looked at';

/** log p of every row in nats, or minus the loss of a model that has no density. */
export function rowLogProb(model: Model): Evaluation['evaluate'] {
  return (x, inputs) => [model.logProb?.(x, inputs) ?? neg(model.objective(x, inputs))];
}

/**
 * The terms that log p (or minus the loss of a model that has no density) is the sum of: [N, D].
 * Of an exact model that does not trace them: those of its conditionals.
 * @throws RangeError when the model shows neither.
 */
export function rowTerms(model: Model, x: Tensor2D, inputs: DensityInputs): Tensor2D {
  const activations = model.activations(x, inputs);
  const found = activations.find(({ role }) => role === 'logProb') ?? activations.find(({ role }) => role === 'loss');
  if (found?.value.shape.length !== 2 || found.value.shape[1] !== model.dimension) {
    const conditionals = conditionalsOf(model);
    if (conditionals && model.quantity.kind === 'exact') return conditionalTerms(conditionals, x, inputs);
    throw new RangeError(`a ${model.type} does not show its log-likelihood variable by variable`);
  }
  const terms = found.value as Tensor2D;
  return found.role === 'loss' ? neg(terms) : terms;
}

/** log p(x_d | x_<d) of every entry in nats: [N, D]. */
export function conditionalTerms(conditionals: Conditionals, x: Tensor2D, inputs: DensityInputs): Tensor2D {
  const parameters = conditionals.conditionalParameters(x, inputs);
  return conditionals.conditional?.entries(x, parameters) ?? bernoulliEntries(x, parameters);
}

/** The given rows of a matrix, with their context. */
export function rowsAt(matrix: Matrix, rows: Int32Array): (from: number, to: number) => Matrix {
  return (from, to) => {
    const picked = rows.subarray(from, to);
    const { context, ...own } = matrix;
    return { ...gathered(own, picked), ...(context && { context: gathered(context, picked) }) };
  };
}

function gathered({ columns, values }: Matrix, rows: Int32Array): Matrix {
  const own = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) own.set(values.subarray(row * columns, (row + 1) * columns), i * columns);
  return { rows: rows.length, columns, values: own };
}
