/**
 * Scores of a text that is read along: rows follow one another, each with the state that the one before it has left.
 *
 * One fixed way, whatever the batch size and the backend: the rows are dealt to as many streams as leave each {@link FEWEST_ROWS}
 * rows, no more than {@link MOST_STREAMS}, and every stream is read from its beginning with nothing before it. What a stream has
 * to do without at its beginning is then a small share of it.
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Backend } from '../backends/backend.ts';
import { type Examples, type Pass, passesOn } from '../backends/compiledPasses.ts';
import type { Matrix } from '../data/dataset.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import type { ReadOn, Stream } from '../models/stream.ts';
import type { TellActivity } from '../text/activity.ts';
import { plural } from '../text/numbers.ts';
import { gather } from './batches.ts';
import { MadeUp, madeUpWeight } from '../layers/madeUp.ts';
import { firstStreams, StreamPlan } from './streams.ts';
import { runTold } from './toldPass.ts';

const FEWEST_ROWS = 32;
const MOST_STREAMS = 64;

/** Streams that so many rows are scored in. */
export function scoringStreams(rows: number): number {
  return Math.max(1, Math.min(MOST_STREAMS, Math.floor(rows / FEWEST_ROWS)));
}

export interface StreamScoreOptions {
  readonly backend: Backend;
  /** How often so many rows are scored in all; see `Pass.times`. */
  readonly repeats: number;
  readonly tell: ((reason: string) => void) | undefined;
  readonly tellActivity?: TellActivity | undefined;
  readonly onProgress: ((rowsDone: number) => void) | undefined;
  /** Awaited between batches. Throwing from it ends the scoring. */
  readonly yieldNow: () => Promise<void>;
}

/**
 * log p of every row given all of its stream before it, in nats: the sum over a stream is log p of its text.
 * @param model what {@link Model.stream} belongs to.
 */
export async function scoreStreams(
  model: Pick<Model, 'stream'>,
  parameters: NamedTensors,
  matrix: Matrix,
  { backend, repeats, tell, tellActivity, onProgress, yieldNow }: StreamScoreOptions,
): Promise<Float64Array> {
  const stream = model.stream!;
  const streams = scoringStreams(matrix.rows);
  const plan = new StreamPlan(matrix.rows, streams);
  const perRow = new Float64Array(matrix.rows);
  const whole = Math.floor(matrix.rows / streams);
  let state = upload(stream.start(streams));
  let done = 0;
  try {
    for (let batch = 0; batch < plan.batches; batch++) {
      const rows = plan.rows(batch);
      const x = gather(matrix, rows);
      const times = repeats * (batch < whole ? whole : 1);
      let read: ReadOn;
      try {
        const pass = readingPass(model, stream, times, tell);
        const scored = { pass, what: `the scores of ${plural(rows.length, 'row')}` };
        read = await runTold(passesOn(backend), scored, { x, state, parameters }, tellActivity);
      } finally {
        x.dispose();
      }
      disposeTensors(state);
      ({ state } = read);
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
    disposeTensors(state);
  }
  return perRow;
}

interface ReadingInputs {
  /** [n, T], a row of each stream that still has any. */
  readonly x: Tensor2D;
  /** Of all streams. */
  readonly state: NamedTensors;
  readonly parameters: NamedTensors;
}

function readingPass(
  of: object,
  stream: Stream,
  times: number,
  tell: ((reason: string) => void) | undefined,
): Pass<ReadingInputs, ReadOn> {
  return {
    ...{ of, name: 'rows read on', times, ...(tell && { tell }) },
    compute: ({ x, state, parameters }) =>
      stream.objective(x, firstStreams(state, x.shape[0]), { parameters, masks: {}, noise: {}, context: null }),
    examples: madeUpReading,
  };
}

/** Characters 0 and 1, which every text has. */
function madeUpReading({ x, state, parameters }: ReadingInputs): Examples<ReadingInputs> {
  const made = new MadeUp();
  const inputs = {
    parameters: made.all(parameters, madeUpWeight),
    state: made.all(state, (u) => 2 * u - 1),
    x: made.like(x, Math.round),
  };
  return { inputs, dispose: () => disposeTensors(inputs.parameters, inputs.state, { x: inputs.x }) };
}
