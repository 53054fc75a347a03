/**
 * Scores of a text that is read along: rows follow one another, each with the state that the one before it has left.
 *
 * One fixed way, whatever the batch size and the backend: the rows are dealt to as many streams as leave each {@link FEWEST_ROWS}
 * rows, no more than {@link MOST_STREAMS}, and every stream is read from its beginning with nothing before it. What a stream has
 * to do without at its beginning is then a small share of it.
 */
import type { Backend } from '../backends/backend.ts';
import type { Matrix } from '../data/dataset.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import type { ReadOn, Stream } from '../models/stream.ts';
import { gather } from './batches.ts';
import { firstStreams, StreamPlan } from './streams.ts';

const FEWEST_ROWS = 32;
const MOST_STREAMS = 64;

/** Streams that so many rows are scored in. */
export function scoringStreams(rows: number): number {
  return Math.max(1, Math.min(MOST_STREAMS, Math.floor(rows / FEWEST_ROWS)));
}

export interface StreamScoreOptions {
  readonly backend: Backend;
  readonly onProgress?: ((rowsDone: number) => void) | undefined;
  /** Awaited between batches. Throwing from it ends the scoring. */
  readonly yieldNow: () => Promise<void>;
}

/** log p of every row given all of its stream before it, in nats; the sum over a stream is log p of its text. */
export async function scoreStreams(
  { stream, model }: { readonly stream: Stream; readonly model: Pick<Model, 'masks'> },
  parameters: NamedTensors,
  matrix: Matrix,
  { backend, onProgress, yieldNow }: StreamScoreOptions,
): Promise<Float64Array> {
  const { tf } = backend;
  const streams = scoringStreams(matrix.rows);
  const plan = new StreamPlan(matrix.rows, streams);
  const perRow = new Float64Array(matrix.rows);
  const masks = upload(model.masks(0));
  let state = upload(stream.start(streams));
  let done = 0;
  try {
    for (let batch = 0; batch < plan.batches; batch++) {
      const rows = plan.rows(batch);
      const x = gather(matrix, rows);
      const read = tidyRead(tf, () =>
        stream.objective(x, firstStreams(state, rows.length), { parameters, masks, noise: {}, context: null }),
      );
      x.dispose();
      disposeTensors(state);
      state = read.state;
      try {
        const values = await read.values.data<'float32'>();
        for (const [s, row] of rows.entries()) perRow[row] = -values[s]!;
      } finally {
        read.values.dispose();
      }
      done += rows.length;
      onProgress?.(done);
      await yieldNow();
    }
  } finally {
    disposeTensors(masks, state);
  }
  return perRow;
}

/** tf.tidy keeps every tensor found in what is returned; only its type does not say so. */
function tidyRead(tf: Backend['tf'], compute: () => ReadOn): ReadOn {
  let found: ReadOn | null = null;
  tf.tidy(() => {
    const { values, state } = compute();
    // A state that is an input, too, is the caller's.
    found = { values, state: Object.fromEntries(Object.entries(state).map(([name, one]) => [name, tf.clone(one)])) };
    return found as unknown as import('@tensorflow/tfjs-core').TensorContainerObject;
  });
  return found!;
}
