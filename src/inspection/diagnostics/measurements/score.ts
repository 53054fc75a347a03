import { rowsBetween } from '../../../data/matrix.ts';
import { baseline } from './baseline.ts';
import type { Measurement } from './measurement.ts';
import { sumOverRows } from './scoring.ts';

/** Rows for a first score of parameters that no epoch has scored. */
const ROWS = 1000;

export interface FirstScore {
  /** Mean NLL in nats. */
  readonly nats: number;
  /** The rows that the baseline was scored on too. */
  readonly split: 'train' | 'validation';
}

/** The NLL of the current parameters on the baseline's rows, where epochs have not measured it. */
export const score: Measurement<FirstScore> = {
  depth: 'full',
  applies: (model, depth) => baseline.applies(model, depth),
  async *measure(snapshot, { metrics }) {
    if (metrics.some(({ type }) => type === 'epoch')) return null;
    const { train, validation } = await snapshot.source.dataset();
    const rows = validation ?? train;
    const count = Math.min(ROWS, rows.rows);
    const rowsOf = (from: number, to: number) => rowsBetween(rows, from, to);
    const sum = yield* sumOverRows(snapshot, count, rowsOf, (logProb) => -logProb);
    return { split: validation ? 'validation' : 'train', nats: sum / count };
  },
};
