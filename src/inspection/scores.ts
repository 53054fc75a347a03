/** Scores of single rows, in chunks: log ¹⁄M Σ_m p_m(x) over the model's masks, as everywhere. */
import { crc32 } from '../data/crc32.ts';
import type { Matrix } from '../data/dataset.ts';
import { evaluateRows, Pace, rowLogProb, rowsAt } from './ensembleScoring.ts';
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
  const [highest, sums] = [new Float64Array(rows.length).fill(-Infinity), new Float64Array(rows.length)];
  const pace = new Pace({ free });
  yield;
  for (let mask = 0; mask < model.maskCount; mask++) {
    yield* evaluateRows(snapshot, {
      mask,
      count: rows.length,
      rowsOf,
      pace,
      evaluate: rowLogProb(model),
      take: (from, [logProb]) => {
        for (const [i, value] of logProb!.entries()) addTo(highest, sums, from + i, value);
      },
    });
  }
  return {
    kind: 'scores',
    ...frameBase(snapshot),
    split: test ? 'test' : 'validation',
    of: matrix.rows,
    nats: highest.map((high, row) => -(high === -Infinity ? high : high + Math.log(sums[row]! / model.maskCount))),
    data: checksum(rowsOf(0, rows.length)),
    quantity: model.quantity.name,
  };
}

/** log Σ exp as a running maximum and a sum relative to it; what is no number stays none. */
function addTo(highest: Float64Array, sums: Float64Array, row: number, value: number): void {
  const high = highest[row]!;
  if (value > high) {
    sums[row] = sums[row]! * Math.exp(high - value) + 1;
    highest[row] = value;
  } else if (value <= high) sums[row]! += high === -Infinity ? 0 : Math.exp(value - high);
  else highest[row] = NaN;
}

function checksum({ values, context }: Matrix): number {
  const bytesOf = (all: ArrayLike<number>) => new Uint8Array(Float32Array.from(all).buffer);
  return crc32(bytesOf(context?.values ?? []), crc32(bytesOf(values)));
}
