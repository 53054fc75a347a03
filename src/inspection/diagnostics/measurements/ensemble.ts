import type { Matrix } from '../../../data/dataset.ts';
import { rowsBetween } from '../../../data/matrix.ts';
import { logSumExp } from '../../../distributions/logSumExp.ts';
import type { Model } from '../../../models/model.ts';
import { allRows } from '../../allRows.ts';
import { conditionalTerms, evaluateRows, Pace, rowLogProb } from '../../ensembleScoring.ts';
import type { Chunked, Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';
import { productsOf, type Scorer, scoresOf } from './scoring.ts';

/** Masks averaged over, and held-out rows scored under each. */
const MASKS = 8;
const ROWS = 100;
/** Multiplications of one row under all of them beyond which it is not measured, by depth. */
const MOST_PRODUCTS = { facts: 0, cheap: 2e8, full: Infinity } as const;
/** Multiplications in all, about: of a model whose rows are dear fewer are scored, but no fewer than so many. */
const PRODUCTS = 5e10;
const FEWEST_ROWS = 10;
/** Variables whose rows are all summed over. */
const DIMENSION = 8;

/** The three averages over masks that people take, of one set of rows. */
export interface Averages {
  /** log ¹⁄M Σ_m p_m(x): the ensemble's log-likelihood. */
  readonly ofDensities: Float64Array;
  /** ¹⁄M Σ_m log p_m(x), as of averaged logits: no density. */
  readonly ofLogs: Float64Array;
  /** Σ_d log ¹⁄M Σ_m p_m(x_d | x_<d), every mask having an order of its own: no density. */
  readonly ofConditionals: Float64Array;
}

export interface EnsembleFacts {
  readonly masks: number;
  readonly rows: number;
  /** Mean NLL of held-out rows: as scores report it, and by each average computed here in float64. */
  readonly reported: number;
  readonly nats: Readonly<Record<keyof Averages, number>>;
  /** Σ over every row of what each average calls a probability; null where there are too many rows. */
  readonly totals: Readonly<Record<keyof Averages, number>> | null;
}

export const ensemble: Measurement<EnsembleFacts> = {
  depth: 'cheap',
  applies: (model, depth) => isEnsemble(model) && masksOf(model) * productsOf(model) <= MOST_PRODUCTS[depth],
  measure: (snapshot) => ensembleFacts(snapshot),
};

const isEnsemble = ({ network, maskCount, quantity }: Model) =>
  network !== null && maskCount > 1 && quantity.kind === 'exact';

const masksOf = ({ maskCount }: Model) => Math.min(MASKS, maskCount);

/** @param scorer what reports scores: that of evaluations, unless another is to be looked at. */
export async function* ensembleFacts(snapshot: Snapshot, scorer?: Scorer): Chunked<EnsembleFacts> {
  const { model } = snapshot.source;
  const { train, validation } = await snapshot.source.dataset();
  const masks = masksOf(model);
  // Every row is scored twice under each mask.
  const most = Math.max(FEWEST_ROWS, Math.round(PRODUCTS / (2 * masks * productsOf(model))));
  const held = rowsBetween(validation ?? train, 0, Math.min(ROWS, most, (validation ?? train).rows));
  const { score } = yield* scoresOf(snapshot, held, masks, scorer);
  yield;
  const own = yield* averagesOf(snapshot, held, masks);
  const small = model.support === 'binary' && model.contextDimension === 0 && model.dimension <= DIMENSION;
  const all = small ? yield* averagesOf(snapshot, allRows(2, model.dimension, 0, 2 ** model.dimension), masks) : null;
  return {
    masks,
    rows: held.rows,
    reported: score.nats,
    nats: mapped(own, (logs) => -logs.reduce((sum, value) => sum + value, 0) / logs.length),
    totals: all && mapped(all, (logs) => logs.reduce((sum, value) => sum + Math.exp(value), 0)),
  };
}

function mapped(averages: Averages, f: (logs: Float64Array) => number): Record<keyof Averages, number> {
  const { ofDensities, ofLogs, ofConditionals } = averages;
  return { ofDensities: f(ofDensities), ofLogs: f(ofLogs), ofConditionals: f(ofConditionals) };
}

async function* averagesOf(snapshot: Snapshot, rows: Matrix, count: number): Chunked<Averages> {
  const { model } = snapshot.source;
  const { dimension } = model;
  const pace = new Pace({ free: false, products: model.densityProducts });
  const byMask: { readonly row: Float64Array; readonly entries: Float64Array }[] = [];
  for (let mask = 0; mask < count; mask++) {
    const own = { row: new Float64Array(rows.rows), entries: new Float64Array(rows.rows * dimension) };
    yield* evaluateRows(snapshot, {
      mask,
      count: rows.rows,
      rowsOf: (from, to) => rowsBetween(rows, from, to),
      pace,
      pass: 'averages over masks',
      evaluate: (x, inputs) => [...rowLogProb(model)(x, inputs), conditionalTerms(model.network!, x, inputs)],
      take: (from, [row, entries]) => {
        own.row.set(row!, from);
        own.entries.set(entries!, from * dimension);
      },
    });
    byMask.push(own);
  }
  const logMean = (logs: readonly number[]) => logSumExp(logs.length, (m) => logs[m]!) - Math.log(logs.length);
  const at = (row: number) => byMask.map((own) => own.row[row]!);
  const each = (f: (row: number) => number) => Float64Array.from({ length: rows.rows }, (_, row) => f(row));
  return {
    ofDensities: each((row) => logMean(at(row))),
    ofLogs: each((row) => at(row).reduce((sum, log) => sum + log, 0) / count),
    ofConditionals: each((row) => {
      let sum = 0;
      for (let d = 0; d < dimension; d++) sum += logMean(byMask.map((own) => own.entries[row * dimension + d]!));
      return sum;
    }),
  };
}
