/**
 * Drawn rows as frames: bytes and the range that they stand for, the values themselves where they can be read, and what the
 * rows are conditioned on.
 */
import type { Matrix } from '../data/dataset.ts';
import { heldOut, rowOrder } from '../data/heldOut.ts';
import type { Support } from '../spec/support.ts';
import { rowsAt } from './ensembleScoring.ts';
import { sampleEntries, type SampleData, type SamplesFrame } from './frames.ts';
import type { DrawnRows, Repeated } from './samples.ts';
import { frameBase, type InspectionSource, type Snapshot } from './source.ts';

/** Bytes of values that one frame carries at most, and of what they are conditioned on. */
const MAX_FRAME_BYTES = 2 ** 20;
/** Entries, rows times variables, of which a frame carries float32 beside bytes: more are looked at, not read. */
const MAX_EXACT = 2 ** 16;
/** Rows of data beside samples of two variables. */
const DATA_ROWS = 1_000;
/** Values that a byte tells apart. */
const BYTES = 256;
/** Values of the data that its range is found from. */
const RANGE_VALUES = 2 ** 18;
/** Share of the values at either end that may lie beyond the range: a single outlier must not make all others grey. */
const BEYOND = 0.002;

/** What is known of a drawing beside its rows. */
export interface Framing {
  readonly mask: number | null;
  readonly request: SamplesFrame['request'];
  /** Values that stand at the two ends; null for 0 and 1. */
  readonly range?: readonly [number, number] | null;
  /** See {@link dataBeside}. */
  readonly data?: SampleData | null;
  /** Of a drawing under way. */
  readonly share?: number;
}

/** Rows as a frame; no more of them than a frame holds. */
export function framed(snapshot: Snapshot, drawn: DrawnRows, framing: Framing): SamplesFrame {
  const { mask, request, share } = framing;
  const { model, image } = snapshot.source;
  const { dimension } = drawn;
  const contextBytes = drawn.context ? drawn.context.byteLength / drawn.rows : 0;
  const rows = Math.min(drawn.rows, Math.max(1, Math.floor(MAX_FRAME_BYTES / Math.max(dimension, contextBytes))));
  const [values, means, given] = [drawn.values, drawn.means, drawn.given].map((all) =>
    all ? all.subarray(0, rows * dimension) : null,
  ) as [Float32Array, Float32Array | null, Uint8Array | null];
  const range = framing.range ?? null;
  const entries = share === undefined ? given?.slice() : entriesOf(values, given);
  const { support } = model;
  const few = rows * dimension <= MAX_EXACT || (support === 'real' && share === undefined);
  const exact = few && {
    ...(support !== 'binary' && !hasBytes(support) && { values: values.slice() }),
    ...(means && { means: means.slice() }),
  };
  const fromAll = mask === null && model.maskCount > 1 && drawn.given === null;
  return {
    kind: 'samples',
    ...frameBase(snapshot),
    rows,
    ...(rows < drawn.rows && { drawn: drawn.rows }),
    dimension,
    image,
    values: toBytes(values, range),
    means: means && toBytes(means, range),
    ...(exact && Object.keys(exact).length > 0 && { exact }),
    ...(range && { range }),
    ...(typeof support === 'object' && { levels: support.levels }),
    ...(entries && { entries }),
    ...(drawn.context && { context: drawn.context.slice(0, (rows * contextBytes) / drawn.context.BYTES_PER_ELEMENT) }),
    ...(share !== undefined && { share }),
    ...(framing.data && { data: framing.data }),
    ...(fromAll && { ensemble: true as const }),
    request,
  };
}

/** Whether each value has a byte of its own. */
const hasBytes = (support: Support) => typeof support === 'object' && support.levels <= BYTES;

function entriesOf(values: Float32Array, given: Uint8Array | null): Uint8Array {
  const { drawn, coming } = sampleEntries;
  return Uint8Array.from(values, (value, i) => (Number.isNaN(value) ? coming : (given?.[i] ?? drawn)));
}

/** Values as bytes, what lies beyond the range cut off; NaN is 0. */
export function toBytes(values: Float32Array, range: readonly [number, number] | null): Uint8Array {
  const [low, high] = range ?? [0, 1];
  const scale = 255 / (high - low);
  // A loop: a callback for each of a million values would hold training up.
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = Math.round((values[i]! - low) * scale);
  return new Uint8Array(bytes.buffer);
}

/** The values at the two ends of what is shown: of levels the first and the last, of real values those of the data. */
export async function valueRange(
  source: Pick<InspectionSource, 'model' | 'dataset'>,
): Promise<readonly [number, number] | null> {
  const { support } = source.model;
  if (support === 'binary') return null;
  if (support !== 'real') return [0, support.levels - 1];
  return rangeOfValues((await source.dataset()).train);
}

function rangeOfValues({ values }: Matrix): readonly [number, number] {
  const sorted = Float32Array.from(values.subarray(0, RANGE_VALUES)).sort();
  const beyond = Math.floor(BEYOND * sorted.length);
  const [low, high] = [sorted[beyond] ?? 0, sorted[sorted.length - 1 - beyond] ?? 1];
  return low < high ? [low, high] : [low, low + 1];
}

/** Whether samples are points of a plane: two real variables, and no image. */
export function arePoints({ model, image }: Pick<InspectionSource, 'model' | 'image'>): boolean {
  return model.dimension === 2 && model.support === 'real' && image === null;
}

/**
 * Rows of data to hold samples of two variables against, the same at every look; null for all other models.
 * @param context [n, C] what is drawn under: where that is one label alone, the rows are those of the label
 */
export async function dataBeside(source: InspectionSource, context: Repeated | null): Promise<SampleData | null> {
  if (!arePoints(source)) return null;
  const { split, matrix } = heldOut(await source.dataset());
  const label = await onlyLabel(source, context);
  const order = rowOrder(matrix, source.seed);
  const own = (row: number) => matrix.context?.values[row * matrix.context.columns + label!] === 1;
  const fitting = label === null ? order : order.filter(own);
  const row = fitting.slice(0, DATA_ROWS);
  return { split, values: Float32Array.from(rowsAt(matrix, row)(0, row.length).values), of: fitting.length };
}

async function onlyLabel(source: InspectionSource, context: Repeated | null): Promise<number | null> {
  const size = source.model.contextDimension;
  if (!context || size === 0 || (await source.dataset()).context?.kind !== 'labels') return null;
  const { values } = context;
  const label = values.indexOf(1);
  return label >= 0 && values.every((value, i) => value === (i % size === label ? 1 : 0)) ? label : null;
}

/** What the rows of the grid are conditioned on: the classes in turn, or what the data's first rows are. */
export async function gridContext(
  source: Pick<InspectionSource, 'model' | 'dataset'>,
  rows: number,
): Promise<Repeated | null> {
  const size = source.model.contextDimension;
  if (size === 0) return null;
  const { context, train, validation } = await source.dataset();
  if (context?.kind === 'labels') return oneHotInTurn(size);
  const matrix = (validation ?? train).context;
  if (!matrix) throw new RangeError(`this model is conditioned on ${size} values a row, and its data has none`);
  return { values: Float32Array.from(matrix.values.subarray(0, rows * size)) };
}

/** [K, K]: class 0, class 1, … */
function oneHotInTurn(classes: number): Repeated {
  const values = new Float32Array(classes * classes);
  for (let label = 0; label < classes; label++) values[label * classes + label] = 1;
  return { values };
}
