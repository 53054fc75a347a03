/** The rows that one frame of probabilities goes through: how many there can be, which they are, and their probabilities. */
import * as tf from '@tensorflow/tfjs-core';
import type { Dataset, Matrix } from '../data/dataset.ts';
import { heldOut, rowOrder } from '../data/heldOut.ts';
import { conditionalsOf, type Model } from '../models/model.ts';
import { evaluateRows, Pace, ROW_LOG_PROB, rowLogProb, rowsAt, rowTerms, type Evaluation } from './ensembleScoring.ts';
import type { Look } from './frameMaker.ts';
import { superscript } from '../text/notation.ts';
import { MOST_INTEGRATED, type GivenLabel, type MaskTotal } from './probabilityFrame.ts';
import { FIRST_LABEL } from './frames/transport.ts';
import type { Chunked, Snapshot } from './source.ts';

/** Rows times masks that one frame goes through at most. */
const EVALUATIONS = { glance: 2 ** 16, quick: 2 ** 18, thorough: 2 ** 22 } as const;
/** Rows, of one mask. */
const ROWS = { glance: 2 ** 16, quick: 2 ** 16, thorough: 2 ** 20 } as const;
/** Rows gone through where some values are held fast. */
const PART_ROWS = 2 ** 10;

/** What a frame adds up over. */
export interface Plan {
  /** How many variables take all of their values. */
  readonly free: number;
  /** Whether all masks take part, or only the one that is looked at. */
  readonly ensemble: boolean;
  /** Why not more; null where everything is added up. */
  readonly reason: string | null;
}

/** Values that each variable takes; null where they are real. */
export function levelsOf({ support }: Pick<Model, 'support'>): number | null {
  if (support === 'real') return null;
  return support === 'binary' ? 2 : support.levels;
}

export function planOf(model: Pick<Model, 'dimension' | 'support' | 'maskCount'>, look: Look): Plan {
  const { dimension, maskCount } = model;
  const levels = levelsOf(model);
  if (levels === null) {
    if (dimension <= MOST_INTEGRATED) return { free: dimension, ensemble: maskCount > 1, reason: null };
    const reason = `an integral over ${dimension} real variables cannot be taken on a grid`;
    return { free: 1, ensemble: false, reason };
  }
  const rows = levels ** dimension;
  if (rows <= ROWS[look]) {
    const ensemble = maskCount > 1 && rows * maskCount <= EVALUATIONS[look];
    return { free: dimension, ensemble, reason: null };
  }
  const free = Math.max(1, Math.floor(Math.log(PART_ROWS) / Math.log(levels) + 1e-9));
  const later = rows <= ROWS.thorough ? ': that is done when nothing trains' : '';
  return {
    free,
    ensemble: false,
    reason: `there are ${levels}${superscript(dimension)} rows, too many to go through${later}`,
  };
}

/** Whether a thorough look goes through more. */
export function canSeeMore(model: Pick<Model, 'dimension' | 'support' | 'maskCount'>, look: Look): boolean {
  if (look === 'thorough') return false;
  const [now, most] = [planOf(model, look), planOf(model, 'thorough')];
  return levelsOf(model) === null || now.free !== most.free || now.ensemble !== most.ensemble;
}

/** The rows of one frame and their probabilities. */
export interface Region {
  readonly snapshot: Snapshot;
  /** Whether nothing trains meanwhile. */
  readonly idle: boolean;
  /** Masks that take part. */
  readonly masks: readonly number[];
  /** The variables that take all of their values, those first whose values change last. */
  readonly variables: Int32Array;
  /** What the others are held fast at; null where there are no others. */
  readonly held: { readonly split: 'train' | 'validation'; readonly row: number; readonly position: number } | null;
  /** [D] the row of data that values are held fast at, or whose context all is conditioned on. */
  readonly base: Matrix;
  /** Row of the data whose context all is conditioned on. */
  readonly context: number | null;
  readonly label: GivenLabel | null;
  /** Told the share of the rows that have been gone through, under all masks. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** @throws RangeError when there are no rows of the label that is asked for. */
export async function* regionOf(
  snapshot: Snapshot,
  { free, ensemble }: Plan,
  { idle, label = FIRST_LABEL }: { readonly idle: boolean; readonly label?: number },
): Chunked<Region> {
  const { model, seed } = snapshot.source;
  const { dimension, maskCount } = model;
  const data = await snapshot.source.dataset();
  const { split, matrix } = heldOut(data);
  const order = rowOrder(matrix, seed);
  const row = label === FIRST_LABEL ? order[0]! : order.find((own) => hasLabel(matrix, own, label));
  if (row === undefined) throw new RangeError(`no ${split} row has label ${label}, counted from 0`);
  const base = rowsAt(matrix, Int32Array.of(row))(0, 1);
  const context = matrix.context ? row : null;
  // A mask in use that training drew for one minibatch is no part of the ensemble, but can be looked at.
  const masks = ensemble ? Array.from({ length: maskCount }, (_, mask) => mask) : [snapshot.mask];
  const common = { snapshot, masks, base, context, label: labelOf(base, data), idle };
  if (free === dimension) {
    return { ...common, variables: Int32Array.from({ length: dimension }, (_, d) => d), held: null };
  }
  let terms = new Float32Array(dimension);
  yield* evaluateRows(snapshot, {
    mask: snapshot.mask,
    count: 1,
    rowsOf: () => base,
    pace: new Pace({ free: idle, products: model.densityProducts }),
    evaluate: (x, inputs) => [rowTerms(model, x, inputs)],
    take: (_, [values]) => (terms = Float32Array.from(values!)),
  });
  const positions =
    conditionalsOf(model)?.order(snapshot.mask) ?? Int32Array.from({ length: dimension }, (_, d) => d + 1);
  const variableAt = new Int32Array(dimension);
  for (const [d, position] of positions.entries()) variableAt[position - 1] = d;
  const position = mostSurprising(terms, variableAt, free);
  const variables = variableAt.slice(position, position + free);
  return { ...common, variables, held: { split, row, position: position + 1 } };
}

/** The label of a row that is conditioned on one. */
function labelOf({ context }: Matrix, { context: facts }: Dataset): GivenLabel | null {
  if (!context || facts?.kind !== 'labels') return null;
  const index = context.values.indexOf(1);
  const names = facts.names ?? [];
  const name = names[index];
  return { index, ...(name !== undefined && { name }), count: facts.size, names };
}

/** Whether a row is of a label, counted from 0. */
export function hasLabel({ context }: Matrix, row: number, label: number): boolean {
  return context !== undefined && label < context.columns && context.values[row * context.columns + label] === 1;
}

/** Where so many variables in a row cost most: there is something to see. */
function mostSurprising(terms: Float32Array, variableAt: Int32Array, size: number): number {
  let [best, most, sum] = [0, -Infinity, 0];
  for (let end = 0; end < variableAt.length; end++) {
    sum -= terms[variableAt[end]!]!;
    if (end >= size) sum += terms[variableAt[end - size]!]!;
    if (end >= size - 1 && sum > most + 1e-6) [best, most] = [end - size + 1, sum];
  }
  return best;
}

/** Probabilities of rows, mean over the region's masks, and each mask's own total. `valuesOf`: [n, free] of rows `from` … */
export async function* probabilities(
  region: Region,
  count: number,
  valuesOf: (from: number, to: number) => ArrayLike<number>,
  weightOf: (index: number) => number = () => 1,
): Chunked<{ readonly p: Float64Array; readonly perMask: MaskTotal[] }> {
  const { snapshot, masks, variables, base } = region;
  const { model } = snapshot.source;
  const { dimension } = model;
  const p = new Float64Array(count);
  const perMask: MaskTotal[] = [];
  const pace = new Pace({ free: region.idle, products: model.densityProducts });
  const rowsOf: Evaluation['rowsOf'] = (from, to) => {
    const values = new Float32Array((to - from) * dimension);
    const own = valuesOf(from, to);
    for (let i = 0; i < to - from; i++) {
      if (region.held) values.set(base.values, i * dimension);
      for (const [k, d] of variables.entries()) values[i * dimension + d] = own[i * variables.length + k]!;
    }
    return {
      rows: to - from,
      columns: dimension,
      values,
      ...(base.context && { context: tiled(base.context, to - from) }),
    };
  };
  for (const [k, mask] of masks.entries()) {
    let total = 0;
    yield* evaluateRows(snapshot, {
      mask,
      count,
      rowsOf,
      pace,
      // Which variables stay as they are is a choice of the moment.
      ...(!region.held && { pass: ROW_LOG_PROB }),
      evaluate: region.held
        ? (x, inputs) => {
            const terms = rowTerms(model, x, inputs);
            return [tf.sum(tf.gather(terms, tf.tensor1d(variables, 'int32'), 1), 1)];
          }
        : rowLogProb(model),
      take: (from, [values]) => {
        for (const [i, logProb] of values!.entries()) {
          const own = Math.exp(logProb);
          p[from + i]! += own / masks.length;
          total += own * weightOf(from + i);
        }
        region.onProgress?.((k + (from + values!.length) / count) / masks.length);
      },
    });
    perMask.push({ mask, total });
  }
  return { p, perMask };
}

function tiled({ columns, values }: Matrix, rows: number): Matrix {
  return { rows, columns, values: Float32Array.from({ length: rows * columns }, (_, i) => values[i % columns]!) };
}
