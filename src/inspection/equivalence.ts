/**
 * Maximum likelihood in x and variational inference in u are one (Papamakarios, Pavlakou & Murray 2017, section 3.2 and
 * appendix A). Let p* be the density of the data, p that of the flow u = f(x) with base π, and p_u that of f(x) for x from
 * the data, which is what the inverse flow has with p* in place of a base. Then
 *
 *   KL(p* ‖ p) = E[log p*(x) − log π(u) − log|det ∂u/∂x|] = E[log p*(x) + log|det ∂x/∂u| − log π(u)] = KL(p_u ‖ π)
 *
 * The two sides are measured by two ways: there, x → u with log|det ∂u/∂x|, and back, u → x with log|det ∂x/∂u| and p* at
 * the x that comes back. They agree as far as the way back is the inverse of the way there, and each log-determinant that
 * of its own direction.
 */
import type { Matrix } from '../data/dataset.ts';
import { heldOut } from '../data/heldOut.ts';
import type { Flow } from '../flows/flow.ts';
import type { Model } from '../models/model.ts';
import { LOST, roundTripError } from './diagnostics/tolerances.ts';
import { logProbOf, passage } from './flowPassage.ts';
import { carriedRows, type CarriedRows } from './flowRows.ts';
import { partOf } from './effort.ts';
import type { FrameMaker, FrameManner, Look } from './frameMaker.ts';
import type { EquivalenceFrame, EquivalenceTruth } from './frames/equivalence.ts';
import { type Chunked, frameBase, type InspectionSource, type Snapshot } from './source.ts';

/** Values carried there and back in a frame, about. */
const VALUES = { glance: 2_000, quick: 10_000, thorough: 200_000 } as const;
const MOST_ROWS = { glance: 200, quick: 300, thorough: 2_000 } as const;
const FEWEST_ROWS = 20;
/** Rows over which the density of the data is averaged. */
const MOST_TRUTHS = 20_000;
/** Rows at which it is asked for at a time: a tenth of a millisecond each for some. */
const TRUTH_CHUNK = 100;

export function equivalenceRows({ dimension }: Pick<Model, 'dimension'>, look: Look = 'thorough'): number {
  return Math.min(MOST_ROWS[look], Math.max(FEWEST_ROWS, Math.round(VALUES[look] / dimension)));
}

export const equivalenceMaker: FrameMaker<'equivalence'> = {
  compute: equivalenceFrame,
  renewed: 'step',
  inPart: true,
  canBeRefined: ({ model }, look) => equivalenceRows(model, look) < equivalenceRows(model),
};

export async function* equivalenceFrame(
  snapshot: Snapshot,
  { look = 'thorough', free = false, part = 1 }: Partial<FrameManner> = {},
): Chunked<EquivalenceFrame> {
  const { source } = snapshot;
  const { model } = source;
  const { dimension, flow, type } = model;
  const { split, matrix } = heldOut(await source.dataset());
  const base = { kind: 'equivalence' as const, ...frameBase(snapshot), dimension, split, allRows: matrix.rows };
  const direction = flow ? directionOf(flow) : null;
  if (!flow || direction === null) {
    const none = new Float64Array(0);
    return {
      ...base,
      reason: `this model (${type}) has no autoregressive layers: it is neither MAF nor IAF.`,
      ...{ direction: 'maf', base: '', truth: null, row: new Int32Array(0), inX: none, inU: none },
      ...{ wayBack: new Float32Array(0), lost: 0, elsewhere: 0, outside: 0, complete: true },
    };
  }
  const carried = await carriedRows(source, partOf(equivalenceRows(model, look), part, FEWEST_ROWS), null);
  const { values, context } = carried;
  const rows = carried.row.length;
  const way = { rows, context, keep: 'end', free } as const;
  const there = yield* passage(snapshot, { ...way, values, direction: 'forward' });
  const u = there.places.at(-1)!;
  const back = yield* passage(snapshot, { ...way, values: u, direction: 'inverse' });
  const returned = back.places[0]!;
  const lostRows = [...carried.row.keys()].filter((i) => !comesTo(values, returned, i, dimension));
  // The log-determinants may agree wherever the row comes back: f of it tells.
  const again =
    lostRows.length > 0 ? yield* passage(snapshot, { ...way, values: returned, direction: 'forward' }) : null;
  const elsewhere = again ? lostRows.filter((i) => !comesTo(u, again.places.at(-1)!, i, dimension)) : [];
  const truth = yield* truthAbout(source, matrix);
  const after = truth && (yield* logsOf(source, placed(carried, returned, model)));
  // Rows that are known by heart need not be asked for again.
  const heart = truth !== null && carried.row.every((row) => row < truth.perRow.length);
  const before = !truth
    ? null
    : heart
      ? Float64Array.from(carried.row, (row) => truth.perRow[row]!)
      : yield* logsOf(source, placed(carried, values, model));
  const forth = logProbOf(there);
  // Of the way back, log π(u) − log|det ∂x/∂u|: what log p* has to be held against.
  const against = logProbOf(back);
  const lost = (i: number) => after?.[i] === -Infinity && before![i]! > -Infinity;
  const inside = [...carried.row.keys()].filter((i) => !lost(i));
  const picked = (of: (i: number) => number) => Float64Array.from(inside, of);
  return {
    ...base,
    reason: null,
    direction,
    base: flow.base.name,
    truth: truth && { name: truth.name, nats: truth.nats },
    row: Int32Array.from(inside, (i) => carried.row[i]!),
    inX: picked((i) => (before?.[i] ?? 0) - forth[i]!),
    inU: picked((i) => (after?.[i] ?? 0) - against[i]!),
    wayBack: Float32Array.from(inside, (i) => largestDifference(values, returned, i * dimension, dimension)),
    lost: lostRows.length,
    elsewhere: elsewhere.length,
    outside: rows - inside.length,
    complete: rows === Math.min(matrix.rows, equivalenceRows(model)),
  };
}

function directionOf({ layers }: Flow): EquivalenceFrame['direction'] | null {
  const maf = layers.some(({ kind }) => kind === 'autoregressive');
  const iaf = layers.some(({ kind }) => kind === 'inverse-autoregressive');
  return maf && iaf ? 'both' : maf ? 'maf' : iaf ? 'iaf' : null;
}

/** Whether row `i` of `found` is that of `wanted`. */
function comesTo(wanted: Float32Array, found: Float32Array, i: number, dimension: number): boolean {
  for (let at = i * dimension; at < (i + 1) * dimension; at++) {
    if (roundTripError({ x: wanted[at]!, back: found[at]! }) > LOST) return false;
  }
  return true;
}

function largestDifference(a: Float32Array, b: Float32Array, start: number, count: number): number {
  let largest = 0;
  for (let i = start; i < start + count; i++) {
    const away = Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(away)) return NaN;
    largest = Math.max(largest, away);
  }
  return largest;
}

/** What is known of the density of the data. */
interface KnownTruth extends EquivalenceTruth {
  /** log p* of the rows of the split, of the first of them where there are very many. */
  readonly perRow: Float64Array;
}

const known = new WeakMap<InspectionSource, KnownTruth | null>();

async function* truthAbout(source: InspectionSource, matrix: Matrix): Chunked<KnownTruth | null> {
  const found = known.get(source);
  if (found !== undefined) return found;
  const first = source.truth?.(part(matrix, 0, 1)) ?? null;
  const compares = first !== null && (first.values === 'real') === (source.model.support === 'real');
  const truth = compares ? yield* measuredTruth(source, matrix, first.name) : null;
  known.set(source, truth);
  return truth;
}

async function* measuredTruth(source: InspectionSource, matrix: Matrix, name: string): Chunked<KnownTruth> {
  const perRow = yield* logsOf(source, part(matrix, 0, Math.min(matrix.rows, MOST_TRUTHS)));
  return { name, perRow, nats: -perRow.reduce((sum, own) => sum + own, 0) / perRow.length };
}

/** log p* of rows, some at a time. */
async function* logsOf(source: InspectionSource, rows: Matrix): Chunked<Float64Array> {
  const all = new Float64Array(rows.rows);
  for (let from = 0; from < rows.rows; from += TRUTH_CHUNK) {
    const to = Math.min(rows.rows, from + TRUTH_CHUNK);
    all.set(source.truth!(part(rows, from, to))!.perRow, from);
    yield;
  }
  return all;
}

/** Rows that were carried, at the places that they have now, as the density of the data takes them. */
function placed({ row, context }: CarriedRows, values: Float32Array, { support, dimension }: Model): Matrix {
  return {
    rows: row.length,
    columns: dimension,
    // Levels have noise on [0, 1) added to them: its density is that of the level.
    values: support === 'real' ? values : values.map(Math.floor),
    ...(context && { context: { rows: row.length, columns: context.length / row.length, values: context } }),
  };
}

/** Rows `from` … `to` − 1. */
function part({ columns, values, context }: Matrix, from: number, to: number): Matrix {
  return {
    rows: to - from,
    columns,
    values: values.subarray(from * columns, to * columns),
    ...(context && { context: part(context, from, to) }),
  };
}
