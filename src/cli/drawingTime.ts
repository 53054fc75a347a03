/** How long a run's model takes to draw rows, on this machine and now. */
import { startBackend } from '../backends/index.ts';
import { drawingTimes } from '../inspection/drawingTime.ts';
import type { DrawingTimes } from '../inspection/frames/drawingTime.ts';
import { toEnd } from '../inspection/source.ts';
import { noSamplesOf } from '../spec/models/index.ts';
import { checkpointOf, loadCheckpointModel, loadRunData, type StoredRun } from '../worker/loadRun.ts';
import { sampleInputs } from '../worker/sampleInputs.ts';
import { contextKindOf } from './sampleInputs.ts';

export { TOGETHER } from '../inspection/frames/drawingTime.ts';

/** Seconds, the shortest of some attempts. */
export type DrawingTime = Pick<DrawingTimes, 'one' | 'each'>;

/** By the parameters of the best epoch, as `lens sample` draws unless told: null where no rows can be drawn from the model. */
export async function drawingTime(run: StoredRun): Promise<DrawingTime | null> {
  if (noSamplesOf(run.experiment.model) !== null) return null;
  const { model, parameters } = await loadCheckpointModel(run, checkpointOf(run, 'best'));
  await startBackend('auto');
  const source = { model, contextKind: contextKindOf(run.experiment.data), dataset: () => loadRunData(run) };
  const { one, each } = await toEnd(
    drawingTimes(model, parameters, { inputsOf: (rows) => sampleInputs(source, { rows }) }),
  );
  return { one, each };
}
