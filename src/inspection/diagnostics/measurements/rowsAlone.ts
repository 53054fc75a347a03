/** log p of rows of a flow, scored together and each alone: what becomes of a row must not depend on the others. */
import { densityInputs, type Chunked, type Snapshot } from '../../source.ts';
import { disposeTensors } from '../../../layers/namedTensors.ts';
import { flowOf } from '../../flowPassage.ts';
import { carriedRows } from '../../flowRows.ts';
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
  const { model, backend } = snapshot.source;
  const { tf } = backend;
  const { values, context, row } = await carriedRows(snapshot.source, ROWS, null);
  const rows = row.length;
  if (rows < 2) return null;
  const inputs = densityInputs(snapshot);
  const score = async (from: number, to: number): Promise<Float32Array> => {
    const logProb = tf.tidy(() => {
      const part = (all: Float32Array) => {
        const columns = all.length / rows;
        return tf.tensor2d(all.subarray(from * columns, to * columns), [to - from, columns]);
      };
      // The rows have their noise already.
      return model.logProb!(part(values), { ...inputs, noise: {}, context: context && part(context) });
    });
    try {
      return Float32Array.from(await logProb.data<'float32'>());
    } finally {
      logProb.dispose();
    }
  };
  try {
    const together = await score(0, rows);
    yield;
    const alone = new Float32Array(rows);
    for (let n = 0; n < rows; n++) {
      alone.set(await score(n, n + 1), n);
      yield;
    }
    const mean = (scores: Float32Array) => -scores.reduce((sum, own) => sum + own, 0) / rows;
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
