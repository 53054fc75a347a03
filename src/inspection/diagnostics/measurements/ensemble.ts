import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { rowsBetween } from '../../../data/matrix.ts';
import type { Matrix } from '../../../data/dataset.ts';
import { bernoulliEntries } from '../../../distributions/bernoulli.ts';
import { contextSlice, slice } from '../../../training/batches.ts';
import { scoreRows } from '../../../training/evaluate.ts';
import { disposeTensors, upload } from '../../../training/tensors.ts';
import { type Chunked, noiseFor, type Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';
import { allRows } from './totalProbability.ts';

/** Masks averaged over, and held-out rows scored under each. */
const MASKS = 8;
const ROWS = 100;
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
  applies: ({ network, maskCount, quantity }) => network !== null && maskCount > 1 && quantity.kind === 'exact',
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<EnsembleFacts> {
  const { model, backend } = snapshot.source;
  const { train, validation } = await snapshot.source.dataset();
  const masks = Math.min(MASKS, model.maskCount);
  const held = rowsBetween(validation ?? train, 0, Math.min(ROWS, (validation ?? train).rows));
  const yieldNow = () => Promise.resolve();
  const { score } = await scoreRows(model, snapshot.parameters, held, { backend, masks, yieldNow });
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
  const { dimension } = snapshot.source.model;
  const byMask: { readonly row: Float64Array; readonly entries: Float64Array }[] = [];
  for (let mask = 0; mask < count; mask++) {
    byMask.push(await scoresUnder(snapshot, rows, mask));
    yield;
  }
  const logMean = (logs: readonly number[]) => {
    const max = Math.max(...logs);
    return max + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - max), 0) / logs.length);
  };
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

/** log p of every row and of every entry under one mask. */
async function scoresUnder(snapshot: Snapshot, rows: Matrix, mask: number) {
  const { model } = snapshot.source;
  const network = model.network!;
  const masks = upload(model.masks(mask));
  const [row, entries] = tf.tidy(() => {
    const x = slice(rows, 0, rows.rows);
    const inputs = {
      ...{ parameters: snapshot.parameters, masks },
      ...{ noise: noiseFor(snapshot, rows.rows), context: contextSlice(rows, 0, rows.rows) },
    };
    const parameters = network.conditionalParameters(x, inputs);
    const entriesOf = (z: Tensor2D) => network.conditional?.entries(x, z) ?? bernoulliEntries(x, z);
    return [model.logProb?.(x, inputs) ?? tf.neg(model.objective(x, inputs)), entriesOf(parameters)] as const;
  });
  try {
    return { row: Float64Array.from(await row.data()), entries: Float64Array.from(await entries.data()) };
  } finally {
    disposeTensors(masks, { row, entries });
  }
}
