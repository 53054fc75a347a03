/** Scores of many rows, some at a time. */
import type { Matrix } from '../../../data/dataset.ts';
import { scoreRows } from '../../../training/evaluate.ts';
import type { Chunked, Snapshot } from '../../source.ts';

const BATCH_ROWS = 60;

/** Σ f(log p) over `count` rows, of the whole ensemble, in float64. `rowsOf`: rows `from` … `to` − 1. */
export async function* sumOverRows(
  snapshot: Snapshot,
  count: number,
  rowsOf: (from: number, to: number) => Matrix,
  f: (logProb: number) => number,
): Chunked<number> {
  const { model, backend } = snapshot.source;
  let sum = 0;
  for (let from = 0; from < count; from += BATCH_ROWS) {
    const block = rowsOf(from, Math.min(count, from + BATCH_ROWS));
    const { perRow } = await scoreRows(model, snapshot.parameters, block, { backend, yieldNow });
    for (const logProb of perRow) sum += f(logProb);
    yield;
  }
  return sum;
}

/** The chunks are what yields. */
const yieldNow = () => Promise.resolve();
