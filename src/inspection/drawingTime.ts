/** How long a model takes to draw rows, beside what a pass of its density takes: on this machine and now. */
import { download } from '../layers/namedTensors.ts';
import type { DrawingPrograms } from '../models/drawingPrograms.ts';
import { conditionalsOf, type Model, type NamedArrays } from '../models/model.ts';
import { evaluateRows, Pace, ROW_LOG_PROB, rowLogProb } from './ensembleScoring.ts';
import type { FrameMaker } from './frameMaker.ts';
import { type DrawingTimeFrame, type DrawingTimes, NOT_TIMED, TOGETHER } from './frames/drawingTime.ts';
import { gridContext } from './sampleFrames.ts';
import { type DrawnRows, drawRows, type SampleOptions } from './samples.ts';
import { type Chunked, frameBase, type Snapshot } from './source.ts';

/** Attempts at least: the first warms up, and other programs may have been in the way of one. */
const ATTEMPTS = 3;
/** Seconds at least: before, the processor's compilers have not done their work, and who is timed first would seem slow. */
const ENOUGH = 0.4;
/** Nobody waits longer for another attempt, seconds. */
const PATIENCE = 20;

export const drawingTimeMaker: FrameMaker<'drawingTime'> = {
  compute: (snapshot, { options: { asked }, onProgress }) => drawingTimeFrame(snapshot, asked, onProgress),
  renewed: 'epoch',
  canBeRefined: () => false,
};

/** @param asked see {@link DrawingTimeFrame.asked} */
export async function* drawingTimeFrame(
  snapshot: Snapshot,
  asked: number,
  onProgress: (share: number) => void = () => undefined,
): Chunked<DrawingTimeFrame> {
  const { model } = snapshot.source;
  return {
    kind: 'drawingTime',
    ...frameBase(snapshot),
    asked,
    times: asked === NOT_TIMED ? null : yield* timesOf(snapshot, onProgress),
    naive: conditionalsOf(model) && model.flow === undefined ? model.dimension : null,
  };
}

async function* timesOf(snapshot: Snapshot, onProgress: (share: number) => void): Chunked<DrawingTimes> {
  const { source, tell } = snapshot;
  const parameters = await download(snapshot.parameters);
  const context = await gridContext(source, TOGETHER);
  const { one, each, drawn } = yield* drawingTimes(source.model, parameters, {
    inputsOf: () => Promise.resolve({ context }),
    programs: { backend: source.backend, repeatable: false, ...(tell && { tell }) },
    onProgress,
  });
  return { one, each, pass: yield* passTime(snapshot, drawn) };
}

export interface DrawingTimeOptions {
  /** What rows are conditioned on, and what of them is given: so many rows' own. */
  readonly inputsOf: (rows: number) => Promise<Pick<SampleOptions, 'context' | 'given'>>;
  /** By whose programs; left out, operation by operation, as `lens sample` draws unless told. */
  readonly programs?: DrawingPrograms;
  readonly onProgress?: (share: number) => void;
}

/**
 * Seconds of one row by itself and of each of {@link TOGETHER}; and these, as they were drawn.
 *
 * In the inspector with the backend's programs that a grid gets which is drawn as often: attempts short enough that eight of them
 * are made end compiled, and so does the pass of the density beside them. Rows that are kept are too few here to be compiled.
 */
export async function* drawingTimes(
  model: Model,
  parameters: NamedArrays,
  { inputsOf, programs, onProgress = () => undefined }: DrawingTimeOptions,
): Chunked<Pick<DrawingTimes, 'one' | 'each'> & { readonly drawn: DrawnRows }> {
  const request = { seed: 1, temperature: 1, mask: null };
  async function* shortestOf(rows: number, from: number) {
    const inputs = await inputsOf(rows);
    const draw = (attempt: number) => {
      const told = (share: number) => onProgress(from + Math.min(1, (attempt + share) / ATTEMPTS) / 2);
      const own = { ...inputs, ...(programs && { programs }) };
      return drawRows(model, parameters, { rows, ...request, ...own, onProgress: ({ share }) => told(share) });
    };
    return yield* shortest(draw);
  }
  const one = yield* shortestOf(1, 0);
  const together = yield* shortestOf(TOGETHER, 0.5);
  return { one: one.seconds, each: together.seconds / TOGETHER, drawn: together.value };
}

/** Seconds of a row's density as one of those that were drawn: no data are needed. */
async function* passTime(snapshot: Snapshot, { rows, dimension, values, context }: DrawnRows): Chunked<number> {
  const { model } = snapshot.source;
  const columns = model.contextDimension;
  const matrix = { rows, columns: dimension, values, ...(context && { context: { rows, columns, values: context } }) };
  const { seconds } = yield* shortest(() =>
    evaluateRows(snapshot, {
      ...{ mask: snapshot.mask, count: rows, rowsOf: () => matrix, pass: ROW_LOG_PROB, take: () => undefined },
      // All of them at once: a row by itself pays mostly for what a pass costs whatever its rows.
      pace: new Pace({ free: true, fewest: rows }),
      evaluate: rowLogProb(model),
    }),
  );
  return seconds / rows;
}

/** The shortest of some attempts, without what others did between the chunks. */
async function* shortest<T>(
  work: (attempt: number) => Chunked<T>,
): Chunked<{ readonly seconds: number; readonly value: T }> {
  let [best, spent] = [Infinity, 0];
  for (let attempt = 0; ; attempt++) {
    const { seconds, value } = yield* timed(work(attempt));
    spent += seconds;
    best = Math.min(best, seconds);
    const enough = attempt >= ATTEMPTS - 1 && spent >= ENOUGH;
    if (enough || spent >= PATIENCE) return { seconds: best, value };
  }
}

async function* timed<T>(work: Chunked<T>): Chunked<{ readonly seconds: number; readonly value: T }> {
  let spent = 0;
  try {
    for (;;) {
      const started = performance.now();
      const { done, value } = await work.next();
      spent += performance.now() - started;
      if (done) return { seconds: spent / 1000, value };
      yield;
    }
  } finally {
    // A timing that is given up frees what the work holds.
    await work.return(undefined as never);
  }
}
