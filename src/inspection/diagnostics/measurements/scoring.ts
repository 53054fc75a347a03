/** Scores of many rows, some at a time. */
import type { Matrix } from '../../../data/dataset.ts';
import type { Model, NamedTensors } from '../../../models/model.ts';
import { parameterCount } from '../../../models/parameters.ts';
import { type RowScores, rowsOfProducts, type ScoreOptions, scoreRows } from '../../../training/evaluate.ts';
import type { Chunked, Snapshot } from '../../source.ts';

/** Rows that are made up and scored together: the masks are prepared once for each such block. */
const BLOCK_ROWS = 4096;

/** Scores rows as {@link scoreRows} does. */
export type Scorer = (
  model: Model,
  parameters: NamedTensors,
  rows: Matrix,
  options: ScoreOptions,
) => Promise<RowScores>;

/** Σ f(log p) over `count` rows, of the whole ensemble, in float64. `rowsOf`: rows `from` … `to` − 1. */
export async function* sumOverRows(
  snapshot: Snapshot,
  count: number,
  rowsOf: (from: number, to: number) => Matrix,
  f: (logProb: number) => number,
): Chunked<number> {
  let sum = 0;
  for (let from = 0; from < count; from += BLOCK_ROWS) {
    const block = rowsOf(from, Math.min(count, from + BLOCK_ROWS));
    const { perRow } = yield* scoresOf(snapshot, block, snapshot.source.model.maskCount);
    for (const logProb of perRow) sum += f(logProb);
    yield;
  }
  return sum;
}

/** Multiplications of one row's score under one mask, about. */
export function productsOf(model: Pick<Model, 'densityProducts' | 'parameters'>): number {
  return model.densityProducts ?? parameterCount(model);
}

/** Scores of rows under the first `masks` masks: a chunk ends wherever the scorer draws breath. */
export async function* scoresOf(
  { source: { model, backend }, parameters }: Snapshot,
  rows: Matrix,
  masks: number,
  scorer: Scorer = scoreRows,
): Chunked<RowScores> {
  const batchSize = rowsOfProducts(productsOf(model));
  return yield* inChunks((yieldNow) => scorer(model, parameters, rows, { backend, masks, batchSize, yieldNow }));
}

/** Work that awaits `yieldNow` from time to time, as chunks. Given up, it fails where it next would draw breath. */
export async function* inChunks<T>(start: (yieldNow: () => Promise<void>) => Promise<T>): Chunked<T> {
  let pause = deferred();
  let goOn = deferred();
  const state = { over: false };
  const work = start(() => {
    pause.resolve();
    return goOn.promise;
  }).finally(() => {
    state.over = true;
    pause.resolve();
  });
  // Its failure is told by the `await` below, or of no interest.
  work.catch(() => undefined);
  try {
    for (;;) {
      await pause.promise;
      if (state.over) return await work;
      yield;
      pause = deferred();
      const before = goOn;
      goOn = deferred();
      before.resolve();
    }
  } finally {
    if (!state.over) {
      goOn.reject(new Error('given up'));
      await work.catch(() => undefined);
    }
  }
}

function deferred() {
  let [resolve, reject]: [() => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<void>((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}
