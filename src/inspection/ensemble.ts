/**
 * The ensemble curve: what averaging the densities of several structures brings (Germain et al. 2015, section 4: the
 * ensemble over orders and connectivities).
 *
 *   NLL(m) = − mean over rows of log ¹⁄m Σ_{i ≤ m} p_i(x)
 *
 * beside the mean of the masks' own NLLs, than which it is never worse (Jensen). The rows of a hasty look are the first
 * of a thorough one's, and scores are remembered while the parameters stand still, so that a closer look only adds rows.
 */
import type { Matrix } from '../data/dataset.ts';
import { heldOut, rowOrder } from '../data/heldOut.ts';
import { LogMeanExp } from '../distributions/logMeanExp.ts';
import type { Model } from '../models/model.ts';
import { parameterCount } from '../models/parameters.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { EnsembleFrame } from './ensembleFrame.ts';
import { evaluateRows, Pace, ROW_LOG_PROB, rowLogProb, rowsAt } from './ensembleScoring.ts';
import { partOf } from './effort.ts';
import type { FrameMaker, FrameManner, Look } from './frameMaker.ts';
import { type Chunked, frameBase, type InspectionSource, type Snapshot } from './source.ts';

/** Scores of one row under one mask in a frame, about. */
const SCORES = { glance: 1_600, quick: 8_000, thorough: 80_000 } as const;
const FEWEST_ROWS = { glance: 20, quick: 50, thorough: 200 } as const;
const MOST_ROWS = { glance: 200, quick: 1_000, thorough: 10_000 } as const;
/** Random orders of the masks, and the share of them that is left out on either side of the band. */
const ORDERS = 40;
const OUTSIDE = 0.05;

/** Parameters of a model of which so many scores can be had; of larger ones fewer, unless there is time. */
const PARAMETERS = 100_000;

/** Rows scored: fewer the more masks there are, and in haste the larger the model. */
export function ensembleRows(model: Pick<Model, 'maskCount' | 'parameters'>, look: Look = 'thorough'): number {
  const share = look === 'thorough' ? 1 : Math.min(1, PARAMETERS / parameterCount(model));
  const rows = Math.round((share * SCORES[look]) / model.maskCount);
  return Math.min(MOST_ROWS[look], Math.max(FEWEST_ROWS[look], rows));
}

/** log p by mask of the first rows, of one moment. */
interface Remembered {
  readonly step: number;
  readonly byMask: Float64Array[];
}
const remembered = new WeakMap<InspectionSource, Remembered>();

export const ensembleMaker: FrameMaker<'ensemble'> = {
  compute: ensembleFrame,
  renewed: 'step',
  inPart: true,
  canBeRefined: ({ model }, look) => ensembleRows(model, look) < ensembleRows(model),
};

export async function* ensembleFrame(
  snapshot: Snapshot,
  { look = 'thorough', free = false, part = 1 }: Partial<FrameManner> = {},
): Chunked<EnsembleFrame> {
  const { model } = snapshot.source;
  const { maskCount } = model;
  const dataset = await snapshot.source.dataset();
  const { split, matrix } = heldOut(dataset);
  const rows = Math.min(matrix.rows, partOf(ensembleRows(model, look), part, FEWEST_ROWS.glance));
  const none = new Float64Array(0);
  const base = {
    kind: 'ensemble' as const,
    ...frameBase(snapshot),
    mask: 0,
    ...(maskCount > 1 && { ensemble: true as const }),
    split,
    allRows: matrix.rows,
  };
  if (model.quantity.kind === 'loss') {
    const reason = `this model has no density: its ${model.quantity.name} is no −log p, and there is nothing to average.`;
    const empty = { single: none, curve: none, low: none, high: none };
    return { ...base, ...empty, reason, rows: 0, orders: 0, standardError: 0, gainError: 0, complete: true };
  }
  const byMask = yield* scores(snapshot, matrix, rows, free);
  const single = Float64Array.from(byMask, (logProb) => -meanOf(logProb));
  const inOrder = Int32Array.from({ length: maskCount }, (_, m) => m);
  const { curve, last } = running(byMask, inOrder, rows);
  const gain = last.map((value, n) => value - byMask.reduce((sum, own) => sum + own[n]!, 0) / maskCount);
  const orders = maskCount > 1 ? ORDERS : 0;
  const curves: Float64Array[] = [];
  const random = RandomGenerator.seeded(snapshot.source.seed, 'inspection/ensemble/orders');
  for (let k = 0; k < orders; k++) {
    curves.push(running(byMask, random.permutation(maskCount), rows).curve);
    yield;
  }
  const { low, high } = bandOf(curves, curve);
  return {
    ...base,
    reason: null,
    rows,
    single,
    curve,
    low,
    high,
    orders,
    standardError: standardErrorOf(last),
    gainError: standardErrorOf(gain),
    complete: rows === Math.min(matrix.rows, ensembleRows(model)),
  };
}

/** log p of the first `rows` rows by mask; only what is not remembered is computed. */
async function* scores(snapshot: Snapshot, matrix: Matrix, rows: number, free: boolean): Chunked<Float64Array[]> {
  const { source, step } = snapshot;
  const { model } = source;
  const order = rowOrder(matrix, source.seed);
  let known = remembered.get(source);
  if (known?.step !== step) {
    known = { step, byMask: Array.from({ length: model.maskCount }, () => new Float64Array(0)) };
    remembered.set(source, known);
  }
  const { byMask } = known;
  const pace = new Pace({ free, products: model.densityProducts });
  for (let mask = 0; mask < model.maskCount; mask++) {
    const before = byMask[mask]!;
    if (before.length >= rows) continue;
    const all = new Float64Array(rows);
    all.set(before);
    yield* evaluateRows(snapshot, {
      mask,
      count: rows - before.length,
      rowsOf: rowsAt(matrix, order.subarray(before.length, rows)),
      pace,
      pass: ROW_LOG_PROB,
      evaluate: rowLogProb(model),
      take: (from, [values]) => all.set(values!, before.length + from),
    });
    byMask[mask] = all;
  }
  return byMask.map((all) => all.subarray(0, rows));
}

/** NLLs of the first 1 … M masks of an order, and log p of every row under all of them. */
export function running(
  byMask: readonly Float64Array[],
  order: Int32Array,
  rows: number,
): { readonly curve: Float64Array; readonly last: Float64Array } {
  const mean = new LogMeanExp(rows);
  const curve = new Float64Array(order.length);
  let last: Float64Array = new Float64Array(rows);
  for (const [i, mask] of order.entries()) {
    mean.add(0, byMask[mask]!);
    last = mean.result(i + 1);
    curve[i] = -meanOf(last);
  }
  return { curve, last };
}

/** For every number of masks the NLLs between which most of the orders lie; those of the curve where there is one only. */
function bandOf(curves: readonly Float64Array[], curve: Float64Array) {
  if (curves.length === 0) return { low: curve, high: curve };
  const outside = Math.floor(OUTSIDE * curves.length);
  const low = new Float64Array(curve.length);
  const high = new Float64Array(curve.length);
  for (let m = 0; m < curve.length; m++) {
    const values = Float64Array.from(curves, (one) => one[m]!).sort();
    low[m] = values[outside]!;
    high[m] = values[values.length - 1 - outside]!;
  }
  return { low, high };
}

const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** s/√N of a mean. */
export function standardErrorOf(values: Float64Array): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
