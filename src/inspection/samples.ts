/** Fantasies: rows drawn from the model, whole ensemble or one mask, in chunks. */
import type { Model, NamedArrays } from '../models/model.ts';
import { RandomGenerator } from '../random/generator.ts';
import type { FrameMaker } from './frameMaker.ts';
import type { SamplesFrame } from './frames.ts';
import { download } from '../training/tensors.ts';
import { type Chunked, frameBase, type Snapshot } from './source.ts';

/** Rows in the grid that refreshes every epoch. */
const GRID_IMAGES = 64;
const TABLE_ROWS = 32;
/** Bytes of values that one frame carries at most. */
const MAX_FRAME_BYTES = 2 ** 20;
/** Values drawn at once at most: with their means 2 GiB. */
const MAX_VALUES = 2 ** 28;

/** Drawing takes long, and a grid that changes with every step cannot be looked at. */
export const samplesMaker: FrameMaker<'samples'> = {
  compute: (snapshot, { mask }) => samplesFrame(snapshot, mask),
  renewed: 'epoch',
  canBeRefined: () => false,
};

export interface SampleOptions {
  readonly rows: number;
  readonly seed: number;
  /** Divides the logits. */
  readonly temperature: number;
  /** One of the model's structures, or null for their ensemble: every row from a structure drawn uniformly. */
  readonly mask: number | null;
}

/** Rows in float32 as the model draws them. */
export interface DrawnRows {
  readonly rows: number;
  readonly dimension: number;
  /** [rows, D] row-major. */
  readonly values: Float32Array;
  /** [rows, D] conditional means, or null where the model has none. */
  readonly means: Float32Array | null;
}

/**
 * Draws rows by ancestral sampling, from a generator of its own: training is bit for bit the same with or without.
 * The same seed, temperature and parameters give the same rows, and more of them begin with the same ones.
 * @throws RangeError for more rows than memory is kept for, or a temperature that is not above 0.
 */
export async function* drawRows(model: Model, parameters: NamedArrays, options: SampleOptions): Chunked<DrawnRows> {
  const { rows, seed, temperature, mask } = options;
  const dimension = model.dimension;
  if (rows * dimension > MAX_VALUES) {
    const most = Math.floor(MAX_VALUES / dimension).toLocaleString('en-GB');
    throw new RangeError(`at most ${most} rows of ${dimension} variables are drawn at once, not ${rows}`);
  }
  const choice = RandomGenerator.seeded(seed, 'inspection/samples');
  const rowsByMask = new Map<number, number[]>();
  for (let row = 0; row < rows; row++) {
    const drawn = mask ?? (model.maskCount === 1 ? 0 : choice.integer(0, model.maskCount - 1));
    const already = rowsByMask.get(drawn);
    if (already) already.push(row);
    else rowsByMask.set(drawn, [row]);
  }
  const values = new Float32Array(rows * dimension);
  let means: Float32Array | null = new Float32Array(rows * dimension);
  for (const [drawn, at] of [...rowsByMask].sort(([a], [b]) => a - b)) {
    const random = RandomGenerator.seeded(seed, `inspection/samples/${drawn}`);
    const sampler = model.sample(parameters, {
      rows: at.length,
      random,
      temperature,
      mask: drawn,
      context: null,
      given: null,
    });
    let step = sampler.next();
    while (!step.done) {
      yield;
      step = sampler.next();
    }
    const { value: part } = step;
    if (part.means === null) means = null;
    for (const [k, row] of at.entries()) {
      values.set(part.values.subarray(k * dimension, (k + 1) * dimension), row * dimension);
      if (part.means) means?.set(part.means.subarray(k * dimension, (k + 1) * dimension), row * dimension);
    }
    yield;
  }
  return { rows, dimension, values, means };
}

/** The grid that refreshes every epoch: always the same seed, so that what changes is the model. Version is left at 0. */
export async function* samplesFrame(snapshot: Snapshot, mask: number | null): Chunked<SamplesFrame> {
  const { model, image, seed } = snapshot.source;
  const parameters = await download(snapshot.parameters);
  const rows = image ? GRID_IMAGES : TABLE_ROWS;
  const drawn = yield* drawRows(model, parameters, { rows, seed, temperature: 1, mask });
  return framed(snapshot, drawn, { mask, request: null });
}

/** Rows asked for by hand as a frame; no more of them than a frame holds. */
export function framed(
  snapshot: Snapshot,
  drawn: DrawnRows,
  { mask, request }: { readonly mask: number | null; readonly request: SamplesFrame['request'] },
): SamplesFrame {
  const { dimension } = drawn;
  const rows = Math.min(drawn.rows, Math.max(1, Math.floor(MAX_FRAME_BYTES / dimension)));
  return {
    kind: 'samples',
    ...frameBase(snapshot),
    rows,
    dimension,
    image: snapshot.source.image,
    values: toBytes(drawn.values.subarray(0, rows * dimension)),
    means: drawn.means ? toBytes(drawn.means.subarray(0, rows * dimension)) : null,
    ...(mask === null && snapshot.source.model.maskCount > 1 && { ensemble: true as const }),
    request,
  };
}

/** Binary rows and probabilities: 0 … 1 becomes 0 … 255. */
function toBytes(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value) => Math.max(0, Math.min(255, Math.round(value * 255))));
}
