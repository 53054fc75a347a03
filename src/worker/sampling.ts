/** Samples asked for by hand: drawn, written into the run's samples folder, shown as a frame. */
import { crc32 } from '../data/crc32.ts';
import { writeNpy } from '../data/npy.ts';
import { encodePngGrid } from '../data/png.ts';
import { dataBeside, framed, toBytes, valueRange } from '../inspection/sampleFrames.ts';
import { type DrawnRows, drawRows, type Repeated } from '../inspection/samples.ts';
import { type Chunked, snapshotOf } from '../inspection/source.ts';
import type { Model } from '../models/model.ts';
import type { SampleParams, SamplingProgress, WorkerRequests } from '../protocol/worker.ts';
import { checkpointName } from '../runs/checkpoints.ts';
import type { ImageSize } from '../spec/imageShape.ts';
import type { ActiveRun } from './activeRun.ts';
import { CancelledError } from './requestSpecs.ts';
import { maskAsked, sampleInputs, type SampleInputs } from './sampleInputs.ts';

/** Images in the PNG beside the npy. */
const MAX_PNG_IMAGES = 400;

/** Time between two tidings of how far something has come: a few a second. */
export const TIDINGS_MS = 200;

/** Who follows a drawing, and may give it up. */
export interface DrawingWatch {
  readonly signal: AbortSignal;
  readonly tell: (progress: Omit<SamplingProgress, 'id'>) => void;
}

/**
 * Draws from the ensemble of the model's masks or from one of them, or completes rows. Written as
 * `samples-<step>-seed<s>-t<t>-n<rows>.npy`, and `.png` for images; the step is that of the parameters, so that better
 * ones do not overwrite what was drawn before, `-mask<i>` tells a chosen mask, and completed or conditioned rows carry a
 * checksum of what they were drawn from. The frame says why rows could not be compiled.
 * @throws CancelledError when it is given up: then nothing is written.
 */
export async function* drawSamples(
  run: ActiveRun,
  params: SampleParams,
  watch: DrawingWatch | null = null,
): Chunked<WorkerRequests['sample']['result']> {
  const { rows, seed, temperature, from } = params;
  const { source, folder } = run;
  const mask = maskAsked(source.model, params.mask);
  const snapshot = snapshotOf(source, mask);
  try {
    const inputs = await sampleInputs(source, params);
    const range = await valueRange(source);
    const data = await dataBeside(source, inputs.context);
    const { step, epoch, parameters } = yield* unlessCancelled(run.parametersOf(from), watch?.signal);
    yield;
    const of = { ...snapshot, step, epoch };
    const reasons: string[] = [];
    const tell = (reason: string) => void reasons.push(reason);
    const framing = { mask, request: { seed, temperature }, range, data };
    let told = performance.now();
    const drawing = drawRows(source.model, parameters, {
      rows,
      seed,
      temperature,
      mask,
      ...inputs,
      programs: { backend: source.backend, repeatable: true, tell },
      onProgress: (progress) => {
        const { finished, share } = progress;
        if (!watch || performance.now() - told < TIDINGS_MS) return;
        watch.tell({ finished, rows, share, frame: framed(of, progress.soFar(), { ...framing, share }) });
        told = performance.now();
      },
    });
    const drawn = yield* unlessCancelled(drawing, watch?.signal);
    const [uncompiled] = reasons;
    const frame = { ...framed(of, drawn, framing), ...(uncompiled !== undefined && { uncompiled }) };
    const name = `samples-${checkpointName(step)}-seed${seed}-t${temperature}-n${rows}${mask === null ? '' : `-mask${mask}`}${inputMark(params, inputs)}`;
    const file = await folder.writeSamples(`${name}.npy`, npyOf(source.model, drawn));
    if (source.image) await folder.writeSamples(`${name}.png`, pngOf(drawn, source.image, { range }));
    return { frame, file };
  } finally {
    snapshot.dispose();
  }
}

async function* unlessCancelled<T>(work: Chunked<T>, signal: AbortSignal | undefined): Chunked<T> {
  try {
    for (;;) {
      if (signal?.aborted) throw new CancelledError('the drawing was given up');
      const { done, value } = await work.next();
      if (done) return value;
      yield;
    }
  } finally {
    await work.return(undefined as never);
  }
}

/** Tells apart what was drawn from other values, or under another context, with the same seed. */
function inputMark({ context }: SampleParams, inputs: SampleInputs): string {
  const checksum = ({ values }: Repeated) =>
    crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
      .toString(16)
      .padStart(8, '0');
  const given = inputs.given ? `-given${checksum(inputs.given)}` : '';
  if (!context || !inputs.context) return given;
  return 'label' in context ? `${given}-label${context.label}` : `${given}-context${checksum(inputs.context)}`;
}

/** [rows, D]: bytes for binary data and for up to 256 levels, float32 otherwise. */
export function npyOf({ support }: Model, { values, rows, dimension }: DrawnRows): Uint8Array {
  const asBytes = support === 'binary' || (support !== 'real' && support.levels <= 256);
  return writeNpy(asBytes ? Uint8Array.from(values) : values, [rows, dimension]);
}

/** The first `most` rows as a grid of images; black and white are the ends of the range, 0 and 1 unless given. */
export function pngOf(
  { values, rows, dimension }: DrawnRows,
  image: ImageSize,
  {
    most = MAX_PNG_IMAGES,
    range = null,
  }: { readonly most?: number; readonly range?: readonly [number, number] | null },
): Uint8Array {
  const count = Math.min(rows, most);
  const bytes = toBytes(values.subarray(0, count * dimension), range);
  return encodePngGrid({ values: bytes, image, count });
}
