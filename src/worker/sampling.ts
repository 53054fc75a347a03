/** Samples asked for by hand: drawn, written into the run's samples folder, shown as a frame. */
import { writeNpy } from '../data/npy.ts';
import { encodePngGrid } from '../data/png.ts';
import { type DrawnRows, drawRows, framed } from '../inspection/samples.ts';
import { type Chunked, snapshotOf } from '../inspection/source.ts';
import type { Model } from '../models/model.ts';
import type { SampleParams, WorkerRequests } from '../protocol/worker.ts';
import { checkpointName } from '../runs/checkpoints.ts';
import type { ActiveRun } from './activeRun.ts';

/** Images in the PNG beside the npy. */
const MAX_PNG_IMAGES = 400;

/**
 * Draws from the ensemble of the model's masks. Written as `samples-<step>-seed<s>-t<t>-n<rows>.npy`, and `.png` for
 * images; the step is that of the parameters, so that better ones do not overwrite what was drawn before.
 */
export async function* drawSamples(
  run: ActiveRun,
  { rows, seed, temperature, from }: SampleParams,
): Chunked<WorkerRequests['sample']['result']> {
  const { source, folder } = run;
  const snapshot = snapshotOf(source, null);
  try {
    const { step, epoch, parameters } = await run.parametersOf(from);
    yield;
    const drawn = yield* drawRows(source.model, parameters, { rows, seed, temperature, mask: null });
    const frame = framed({ ...snapshot, step, epoch }, drawn, { mask: null, request: { seed, temperature } });
    const name = `samples-${checkpointName(step)}-seed${seed}-t${temperature}-n${rows}`;
    const file = await folder.writeSamples(`${name}.npy`, npyOf(source.model, drawn));
    if (source.image) await folder.writeSamples(`${name}.png`, pngOf(drawn, source.image));
    return { frame, file };
  } finally {
    snapshot.dispose();
  }
}

/** [rows, D]: bytes of 0 and 1 for binary data, float32 otherwise. */
export function npyOf({ support }: Model, { values, rows, dimension }: DrawnRows): Uint8Array {
  return writeNpy(support === 'binary' ? Uint8Array.from(values) : values, [rows, dimension]);
}

/** The first `most` rows as a grid of images. */
export function pngOf(
  { values, rows, dimension }: DrawnRows,
  [height, width]: readonly [number, number],
  most = MAX_PNG_IMAGES,
): Uint8Array {
  const count = Math.min(rows, most);
  const bytes = Uint8Array.from(values.subarray(0, count * dimension), (value) =>
    Math.max(0, Math.min(255, Math.round(255 * value))),
  );
  return encodePngGrid({ values: bytes, height, width, count });
}
