/** Scores of rows under a model. */
import type { Backend } from '../backends/backend.ts';
import type { Matrix } from '../data/dataset.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import type { Score } from '../runs/manifest.ts';

export interface ScoreOptions {
  readonly backend: Backend;
  /** Rows scored at a time; 500 unless told. */
  readonly batchSize?: number;
  /** Told how many rows are done. */
  readonly onProgress?: (rowsDone: number) => void;
  /** Awaited between batches; yields to the event loop unless told otherwise. Throwing from it ends the scoring. */
  readonly yieldNow?: () => Promise<void>;
}

export interface RowScores {
  readonly score: Score;
  /** log p of every row in nats, the ensemble over the model's masks. */
  readonly perRow: Float64Array;
}

/** log p(x) of every row: with several masks the log of the mean of p over them, in float64. */
export function scoreRows(
  model: Model,
  parameters: NamedTensors,
  matrix: Matrix,
  options: ScoreOptions,
): Promise<RowScores> {
  return Promise.reject(
    new Error(`not built yet: ${model.type} ${Object.keys(parameters).length} ${matrix.rows} ${options.backend.name}`),
  );
}
