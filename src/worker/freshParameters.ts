/** What rows are drawn by, of a run that may be in the middle of an epoch. */
import { freshened } from '../inspection/freshMoments.ts';
import { type Chunked, type InspectionSource, snapshotOf } from '../inspection/source.ts';
import { download } from '../layers/namedTensors.ts';
import type { ParametersOfStep } from '../training/trainer.ts';

/** The parameters that frames show as plain arrays, with statistics of their own weights. */
export async function* freshParameters(source: InspectionSource): Chunked<ParametersOfStep> {
  let snapshot = snapshotOf(source, null);
  try {
    snapshot = yield* freshened(snapshot);
    return { step: snapshot.step, epoch: snapshot.epoch, parameters: await download(snapshot.parameters) };
  } finally {
    snapshot.dispose();
  }
}
