/** Scores of single rows, in chunks: log ¹⁄M Σ_m p_m(x) over the model's masks, as everywhere. */
import { crc32 } from '../data/crc32.ts';
import type { Matrix } from '../data/dataset.ts';
import { LogMeanExp } from '../distributions/logMeanExp.ts';
import { evaluateRows, Pace, ROW_LOG_PROB, rowLogProb, rowsAt } from './ensembleScoring.ts';
import type { FrameMaker } from './frameMaker.ts';
import type { ScoresFrame } from './frames/scores.ts';
import { frameBase, type Chunked, type Snapshot } from './source.ts';

/** Rows that are scored: a difference of paired scores is known well enough by then. */
const MOST_ROWS = 2000;

export const scoresMaker: FrameMaker<'scores'> = {
  compute: (snapshot, { free }) => scoresFrame(snapshot, free),
  renewed: 'epoch',
  canBeRefined: () => false,
};

/** @throws RangeError for runs without test and validation rows. */
export async function* scoresFrame(snapshot: Snapshot, free = true): Chunked<ScoresFrame> {
  const { model } = snapshot.source;
  const { test, validation } = await snapshot.source.dataset();
  const matrix = test ?? validation;
  if (!matrix) throw new RangeError('this run has no test or validation rows to be compared by');
  const rows = Int32Array.from({ length: Math.min(MOST_ROWS, matrix.rows) }, (_, row) => row);
  const rowsOf = rowsAt(matrix, rows);
  const mean = new LogMeanExp(rows.length);
  const pace = new Pace({ free });
  yield;
  for (let mask = 0; mask < model.maskCount; mask++) {
    yield* evaluateRows(snapshot, {
      mask,
      count: rows.length,
      rowsOf,
      pace,
      pass: ROW_LOG_PROB,
      evaluate: rowLogProb(model),
      take: (from, [logProb]) => mean.add(from, logProb!),
    });
  }
  return {
    kind: 'scores',
    ...frameBase(snapshot),
    split: test ? 'test' : 'validation',
    of: matrix.rows,
    nats: mean.result(model.maskCount).map((logProb) => -logProb),
    data: checksum(rowsOf(0, rows.length)),
    quantity: model.quantity.name,
  };
}

function checksum({ values, context }: Matrix): number {
  const bytesOf = (all: ArrayLike<number>) => new Uint8Array(Float32Array.from(all).buffer);
  return crc32(bytesOf(context?.values ?? []), crc32(bytesOf(values)));
}
