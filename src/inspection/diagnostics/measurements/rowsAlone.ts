/** log p of rows of a flow, scored together and each alone: what becomes of a row must not depend on the others. */
import { densityInputs, type Chunked, type Snapshot } from '../../source.ts';
import { disposeTensors } from '../../../layers/namedTensors.ts';
import { flowOf } from '../../flowPassage.ts';
import { carriedRows } from '../../flowRows.ts';
import { scoreOfRows } from './flowScore.ts';
import type { Measurement } from './measurement.ts';

const ROWS = 12;
/** Most variables, by depth. */
const DIMENSION = { facts: 0, cheap: 256, full: 4096 } as const;

export interface RowsAlone {
  readonly rows: number;
  /** Mean −log p in nats: of all rows at once, and of each as a batch of its own. */
  readonly together: number;
  readonly alone: number;
  /** The row whose log p differs most. */
  readonly worst: { readonly together: number; readonly alone: number };
  /** Layers of batch normalisation. */
  readonly batchNorms: number;
}

export const rowsAlone: Measurement<RowsAlone> = {
  depth: 'cheap',
  applies: ({ flow, dimension }, depth) => flow !== undefined && dimension <= DIMENSION[depth],
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<RowsAlone | null> {
  const { model } = snapshot.source;
  const carried = await carriedRows(snapshot.source, ROWS, null);
  const rows = carried.row.length;
  if (rows < 2) return null;
  const inputs = densityInputs(snapshot);
  try {
    const together = yield* scoreOfRows(snapshot, inputs, carried);
    yield;
    const alone = new Float64Array(rows);
    for (let n = 0; n < rows; n++) {
      alone.set(yield* scoreOfRows(snapshot, inputs, carried, [n, n + 1]), n);
      yield;
    }
    const mean = (scores: Float64Array) => -scores.reduce((sum, own) => sum + own, 0) / rows;
    // What is no number however it is scored is told by `nan`.
    if (!Number.isFinite(mean(together)) && !Number.isFinite(mean(alone))) return null;
    let worst = 0;
    const away = (n: number) => Math.abs(together[n]! - alone[n]!);
    for (let n = 1; n < rows; n++) if (!(away(n) <= away(worst))) worst = n;
    return {
      rows,
      together: mean(together),
      alone: mean(alone),
      worst: { together: together[worst]!, alone: alone[worst]! },
      batchNorms: flowOf(model).layers.filter(({ kind }) => kind === 'batch-norm').length,
    };
  } finally {
    disposeTensors(inputs.masks);
  }
}
