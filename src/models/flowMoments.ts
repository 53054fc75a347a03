/**
 * Parameters of a flow that are set from the moments of rows, layer by layer: what comes into a layer depends on how those
 * before it were set. All rows are carried from one such layer to the next, piece by piece.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Matrix } from '../data/dataset.ts';
import type { Normaliser } from '../flows/bijector.ts';
import { inFlow, inputsOfLayer, type Flow } from '../flows/flow.ts';
import { RunningMoments } from '../flows/moments.ts';
import { DEQUANTISATION } from '../flows/pixels.ts';
import { Breath } from '../layers/breath.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import { type GeneratorState, RandomGenerator } from '../random/generator.ts';
import { sizeOf, type NamedArrays } from '../runs/arrays.ts';
import type { Model, NamedTensors } from './model.ts';

/** Rows carried at a time at most. */
const MOST_ROWS = 500;
/** Multiplications of one layer's pass over a piece, about: some 20 ms. */
const PIECE_PRODUCTS = 3e8;
/** Values held between two layers at most, 256 MiB; rows beyond them are carried from the beginning every time. */
const MOST_HELD = 2 ** 26;

/** When the flow's layers are to be measured. */
export function normalisersOf({ layers }: Flow): ReadonlySet<Normaliser['when']> {
  return new Set(layers.flatMap(({ bijector }) => (bijector.normaliser ? [bijector.normaliser.when] : [])));
}

type Measured = Pick<Model, 'noise' | 'masks' | 'dimension'> & { readonly flow: Flow };

/** How the rows are cut, and what is kept of them: the numbers are the same. */
export interface Cut {
  /** Rows of a piece; what takes some 20 ms a layer unless told. */
  readonly rows?: number;
  /** Values held between two layers; 2²⁶ unless told. */
  readonly held?: number;
}

/** Rows begin … end − 1. */
interface Piece {
  readonly begin: number;
  readonly end: number;
  /** Where the noise of its rows begins; null before these have been drawn. */
  noise: GeneratorState | null;
  /** [rows, D] as they come into the layer that was measured last; null where there is no room for them. */
  values: Float32Array | null;
}

/**
 * The parameters that layers take from moments of these rows, by their names in the flow: of all rows, however many there
 * are. Grey levels are dequantised with the same noise every time. Yields every few milliseconds, as far as a single layer's
 * pass over a piece allows.
 * @param parameters Of the whole flow; those to be measured are not read.
 */
export async function* measureFlow(
  model: Measured,
  when: Normaliser['when'],
  parameters: NamedTensors,
  matrix: Matrix,
  cut: Cut = {},
): AsyncGenerator<void, NamedArrays, void> {
  const { flow, dimension } = model;
  const measured = [...flow.layers.keys()].filter((l) => flow.layers[l]!.bijector.normaliser?.when === when);
  const pieces = piecesOf(matrix.rows, cut.rows ?? rowsOfPiece(flow));
  const noise = RandomGenerator.seeded(0, 'moments');
  const found: Record<string, NamedArrays[string]> = {};
  const masks = upload(model.masks(0));
  // The caller may dispose of its own between two pieces.
  let all: NamedTensors = Object.fromEntries(
    Object.entries(parameters).map(([name, tensor]) => [name, tf.clone(tensor)]),
  );
  const breath = new Breath();
  try {
    let last = 0;
    for (const l of measured) {
      const running = new RunningMoments(dimension);
      let room = cut.held ?? MOST_HELD;
      for (const piece of pieces) {
        const way = { first: piece.values === null ? 0 : last, end: l };
        const start = piece.values ?? dequantised(model, matrix, piece, noise);
        const context = matrix.context ? partOf(matrix.context, piece) : null;
        const inputs = { parameters: all, masks };
        const values = yield* carried(flow, { values: start, context, ...way }, inputs, breath);
        running.add(values);
        room -= values.length;
        piece.values = l !== measured.at(-1) && room >= 0 ? values : null;
        if (breath.due) {
          yield;
          breath.drawn();
        }
      }
      const own = inFlow(flow.layers[l]!.bijector.normaliser!.parametersOf(running.moments), l);
      Object.assign(found, own);
      const fresh = upload(own);
      disposeTensors(Object.fromEntries(Object.keys(own).map((name) => [name, all[name]!])));
      all = { ...all, ...fresh };
      last = l;
    }
    return found;
  } finally {
    disposeTensors(masks, all);
  }
}

/** Rows on their way. */
interface Way {
  /** [rows, D] as they come into layer `first`. */
  readonly values: Float32Array;
  /** [rows, C] */
  readonly context: Float32Array | null;
  readonly first: number;
  readonly end: number;
}

/** [rows, D] as they come into layer `end`. */
async function* carried(
  { layers, dimension }: Flow,
  { values, context, first, end }: Way,
  inputs: { readonly parameters: NamedTensors; readonly masks: NamedTensors },
  breath: Breath,
): AsyncGenerator<void, Float32Array, void> {
  if (first === end) return values;
  const rows = values.length / dimension;
  const given = context && tf.tensor2d(context, [rows, context.length / rows]);
  let y = tf.tensor2d(values, [rows, dimension]);
  try {
    for (let l = first; l < end; l++) {
      const before = y;
      y = tf.tidy(
        (): Tensor2D => layers[l]!.bijector.forward(before, inputsOfLayer({ ...inputs, context: given }, l)).y,
      );
      // A layer may hand on what it was given.
      if (y !== before) before.dispose();
      if (breath.due) {
        yield;
        breath.drawn();
      }
    }
    // The cpu backend hands out its own buffer.
    return (await y.data<'float32'>()).slice();
  } finally {
    tf.dispose([y, ...(given ? [given] : [])]);
  }
}

/** The rows as they come into the first layer. */
function dequantised(model: Measured, matrix: Matrix, piece: Piece, random: RandomGenerator): Float32Array {
  const values = partOf(matrix, piece);
  const own = piece.noise === null ? random : RandomGenerator.restored(piece.noise);
  piece.noise ??= random.state;
  const noise = model.noise(piece.end - piece.begin, own)[DEQUANTISATION];
  if (noise) for (let i = 0; i < values.length; i++) values[i]! += noise.data[i]!;
  return values;
}

/** The piece's rows of a matrix, [rows, columns]. */
function partOf({ values, columns }: Matrix, { begin, end }: Piece): Float32Array {
  return new Float32Array(values.subarray(begin * columns, end * columns));
}

function piecesOf(rows: number, most: number): Piece[] {
  return Array.from({ length: Math.ceil(rows / most) }, (_, i) => ({
    begin: i * most,
    end: Math.min(rows, (i + 1) * most),
    noise: null,
    values: null,
  }));
}

/** By the weights of the layer that has most: a filter is multiplied with at every pixel, of which there are D at most. */
function rowsOfPiece({ layers, dimension }: Flow): number {
  const products = layers.map(({ bijector }) =>
    bijector.parameters.reduce((sum, { shape }) => sum + sizeOf(shape) * (shape.length === 4 ? dimension : 1), 0),
  );
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(PIECE_PRODUCTS / Math.max(1, ...products))));
}
