/** How long a run's model takes to draw rows, on this machine and now. */
import { startBackend } from '../backends/index.ts';
import { drawRows } from '../inspection/samples.ts';
import { noSamplesOf } from '../spec/models/index.ts';
import { checkpointOf, loadCheckpointModel, loadRunData, type StoredRun } from '../worker/loadRun.ts';
import { sampleInputs } from '../worker/sampleInputs.ts';
import { contextKindOf } from './sampleInputs.ts';

/** Rows that are drawn together. */
export const TOGETHER = 16;

/** Seconds, the shortest of some attempts. */
export interface DrawingTime {
  /** One row by itself. */
  readonly one: number;
  /** Each of {@link TOGETHER} that are drawn together. */
  readonly each: number;
}

/** Attempts: the first warms up, and other programs may have been in the way of one. */
const ATTEMPTS = 3;
/** Nobody waits longer for another attempt, seconds. */
const PATIENCE = 20;

/** By the parameters of the best epoch; null where no rows can be drawn from the model. */
export async function drawingTime(run: StoredRun): Promise<DrawingTime | null> {
  if (noSamplesOf(run.experiment.model) !== null) return null;
  const { model, parameters } = await loadCheckpointModel(run, checkpointOf(run, 'best'));
  await startBackend('auto');
  const source = { model, contextKind: contextKindOf(run.experiment.data), dataset: () => loadRunData(run) };
  const shortest = async (rows: number): Promise<number> => {
    const inputs = await sampleInputs(source, { rows });
    let [best, spent] = [Infinity, 0];
    for (let attempt = 0; attempt < ATTEMPTS && spent < PATIENCE; attempt++) {
      const started = performance.now();
      const drawing = drawRows(model, parameters, { rows, seed: 1, temperature: 1, mask: null, ...inputs });
      while (!(await drawing.next()).done);
      const seconds = (performance.now() - started) / 1000;
      spent += seconds;
      best = Math.min(best, seconds);
    }
    return best;
  };
  return { one: await shortest(1), each: (await shortest(TOGETHER)) / TOGETHER };
}
