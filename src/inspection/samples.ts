/** Fantasies: rows drawn from the model, whole ensemble or one mask, or completed from what is given, in chunks. */
import type { DrawingPrograms } from '../models/drawingPrograms.ts';
import type { Model, NamedArrays } from '../models/model.ts';
import { RandomGenerator } from '../random/generator.ts';
import { scores, supportText } from '../spec/support.ts';
import type { FrameMaker } from './frameMaker.ts';
import { OWN_SEED, type SamplesFrame } from './frames.ts';
import { download } from '../layers/namedTensors.ts';
import { arePoints, dataBeside, framed, gridContext, valueRange } from './sampleFrames.ts';
import type { Chunked, Snapshot } from './source.ts';

/** Rows in the grid that refreshes every epoch. */
const GRID_IMAGES = 64;
const TABLE_ROWS = 32;
/** Points that show a density of two variables. */
const POINTS = 500;
/** Values drawn at once at most: 2 GiB with their means, while the rows of a structure are gathered among all others. */
const MAX_VALUES = 2 ** 27;

/** Drawing takes long, and a grid that changes with every step cannot be looked at. */
export const samplesMaker: FrameMaker<'samples'> = {
  compute: (snapshot, { mask, options }) => samplesFrame(snapshot, mask, options.seed),
  renewed: 'epoch',
  canBeRefined: () => false,
};

/** Rows of numbers; row i of what is drawn belongs to row i, beginning anew after the last. */
export interface Repeated {
  /** [n, columns] row-major. */
  readonly values: Float32Array;
}

export interface SampleOptions {
  readonly rows: number;
  readonly seed: number;
  /** Divides the logits. */
  readonly temperature: number;
  /** One of the model's structures, or null for their ensemble: every row from a structure drawn uniformly. */
  readonly mask: number | null;
  /** [n, C] what rows are conditioned on; of models without a context nothing. */
  readonly context?: Repeated | null;
  /** [n, D] values to be completed, NaN where none is given. */
  readonly given?: Repeated | null;
  /** By whose programs batches may be computed; left out, operation by operation. */
  readonly programs?: DrawingPrograms;
  /** Told after every chunk. */
  readonly onProgress?: (progress: DrawProgress) => void;
}

export interface DrawProgress {
  /** Rows that are finished, and share of all the work. */
  readonly finished: number;
  readonly share: number;
  /** What there is so far: NaN where nothing is drawn yet, no means. */
  soFar(): DrawnRows;
}

/** Rows in float32 as the model draws them. */
export interface DrawnRows {
  readonly rows: number;
  readonly dimension: number;
  /** [rows, D] row-major. */
  readonly values: Float32Array;
  /** [rows, D] conditional means, or null where the model has none. */
  readonly means: Float32Array | null;
  /** [rows, D] 1 where a value was given; null where none was. */
  readonly given: Uint8Array | null;
  /** [rows, C], or null for models without a context. */
  readonly context: Float32Array | null;
}

/**
 * Draws rows by ancestral sampling, from a generator of its own: training is bit for bit the same with or without.
 * The same seed, temperature and parameters give the same rows, and more of them begin with the same ones. By a backend's
 * programs last bits may be others: of `repeatable` ones they depend on the request, how many rows it is for among the rest, of
 * others on what has been drawn before as well.
 *
 * Rows with given values are drawn from p(rest | given) by a structure that has these before all others; rows in which
 * other variables are given may take another structure.
 * @throws RangeError for more rows than memory is kept for, a temperature that is not above 0, a context or given values
 * that do not fit the model, and where no structure can complete what is given.
 */
export async function* drawRows(model: Model, parameters: NamedArrays, options: SampleOptions): Chunked<DrawnRows> {
  const { rows, seed, temperature, programs, onProgress } = options;
  const { dimension } = model;
  if (rows * dimension > MAX_VALUES) {
    const most = Math.floor(MAX_VALUES / dimension).toLocaleString('en-GB');
    throw new RangeError(`at most ${most} rows of ${dimension} variables are drawn at once, not ${rows}`);
  }
  const context = contextOf(model, options);
  const groups = groupsOf(model, options);
  const whole = {
    rows,
    dimension,
    values: new Float32Array(rows * dimension).fill(NaN),
    given: options.given ? new Uint8Array(rows * dimension) : null,
    context,
  };
  let means: Float32Array | null = new Float32Array(rows * dimension);
  let before = 0;
  for (const group of groups) {
    const at = group.rows;
    const random = RandomGenerator.seeded(seed, `inspection/samples/${group.stream}`);
    const given = group.known && { known: group.known, values: pickRows(options.given!.values, at, dimension) };
    const sampler = group.model.sample(parameters, {
      rows: at.length,
      random,
      temperature,
      mask: group.mask,
      context: context && pickRows(context, at, model.contextDimension),
      given,
      ...(programs && { programs }),
    });
    const place = (part: Float32Array, into: Float32Array) => {
      for (const [k, row] of at.entries()) {
        into.set(part.subarray(k * dimension, (k + 1) * dimension), row * dimension);
      }
    };
    if (group.known) for (const row of at) whole.given!.set(group.known, row * dimension);
    let step = await sampler.next();
    try {
      while (!step.done) {
        const { finished, share, values } = step.value;
        onProgress?.({
          finished: before + finished,
          share: (before + share * at.length) / rows,
          soFar: () => {
            place(values, whole.values);
            return { ...whole, means: null };
          },
        });
        yield;
        step = await sampler.next();
      }
    } finally {
      // A drawing that is given up frees what it holds.
      if (!step.done) await sampler.return(undefined as never);
    }
    place(step.value.values, whole.values);
    if (step.value.means === null) means = null;
    else if (means) place(step.value.means, means);
    before += at.length;
    yield;
  }
  return { ...whole, means };
}

/** Rows that one structure draws, from a stream of their own. */
interface Group {
  readonly model: Model;
  readonly mask: number;
  readonly stream: string;
  readonly known: Uint8Array | null;
  readonly rows: number[];
}

function groupsOf(model: Model, { rows, seed, mask, given }: SampleOptions): Group[] {
  const choice = RandomGenerator.seeded(seed, 'inspection/samples');
  const patterns: readonly (Uint8Array | null)[] = given ? patternsOf(model, given) : [null];
  const groups = new Map<Uint8Array | number, Group>();
  for (let row = 0; row < rows; row++) {
    const known = patterns[row % patterns.length] ?? null;
    const drawn = mask ?? (model.maskCount === 1 ? 0 : choice.integer(0, model.maskCount - 1));
    const key = known ?? drawn;
    let group = groups.get(key);
    if (!group) {
      const by = known && mask === null ? completing(model, known) : { model, mask: drawn };
      group = { ...by, known, stream: known ? `given/${row}` : `${drawn}`, rows: [] };
      groups.set(key, group);
    }
    group.rows.push(row);
  }
  return [...groups.values()].sort((a, b) => Number(a.known !== null) - Number(b.known !== null) || a.mask - b.mask);
}

function completing(model: Model, known: Uint8Array): { readonly model: Model; readonly mask: number } {
  const found = model.completing(known);
  if ('reason' in found) throw new RangeError(`these rows cannot be completed: ${found.reason}`);
  return found;
}

/**
 * Which variables each given row gives, one array for all rows that give the same; null for those that give none.
 * @throws RangeError for values that no row can have.
 */
function patternsOf({ dimension, support }: Model, { values }: Repeated): (Uint8Array | null)[] {
  const rows = values.length / dimension;
  if (!Number.isInteger(rows) || rows === 0) {
    throw new RangeError(`given are ${values.length} values; rows of ${dimension} variables are needed`);
  }
  const patterns = new Map<string, Uint8Array>();
  return Array.from({ length: rows }, (_, row) => {
    const known = new Uint8Array(dimension);
    for (let d = 0; d < dimension; d++) {
      const value = values[row * dimension + d]!;
      if (Number.isNaN(value)) continue;
      if (!scores(support, value)) {
        const place = `row ${row + 1}, column ${d + 1}`;
        throw new RangeError(`given values, ${place}: is ${value}; the model scores ${supportText(support)}`);
      }
      known[d] = 1;
    }
    if (!known.includes(1)) return null;
    const key = known.join('');
    const same = patterns.get(key);
    if (same) return same;
    patterns.set(key, known);
    return known;
  });
}

/** [rows, C]. */
function contextOf({ contextDimension: size }: Model, { rows, context }: SampleOptions): Float32Array | null {
  if (size === 0) {
    if (context) throw new RangeError('a context is given; this model is not conditioned on anything');
    return null;
  }
  const needed = `this model is conditioned on ${size} ${size === 1 ? 'value' : 'values'} a row`;
  if (!context) throw new RangeError(`${needed}; none are given`);
  const { values } = context;
  if (values.length === 0 || values.length % size !== 0) throw new RangeError(`${needed}; given are ${values.length}`);
  if (rows * size > MAX_VALUES) {
    const most = Math.floor(MAX_VALUES / size).toLocaleString('en-GB');
    throw new RangeError(`at most ${most} rows are drawn at once under a context of ${size} values each, not ${rows}`);
  }
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const place = `row ${Math.floor(wrong / size) + 1}, column ${(wrong % size) + 1}`;
    throw new RangeError(`context, ${place}: is ${values[wrong]!}; finite numbers are needed`);
  }
  // By blocks: one value after the other would take seconds.
  const repeated = new Float32Array(rows * size);
  for (let at = 0; at < repeated.length; at += values.length) {
    repeated.set(values.subarray(0, repeated.length - at), at);
  }
  return repeated;
}

/** The given rows of a matrix that begins anew after its last row. */
function pickRows(values: Float32Array, rows: readonly number[], columns: number): Float32Array {
  const picked = new Float32Array(rows.length * columns);
  const count = values.length / columns;
  for (const [k, row] of rows.entries()) {
    const from = (row % count) * columns;
    picked.set(values.subarray(from, from + columns), k * columns);
  }
  return picked;
}

/**
 * The grid that refreshes every epoch: always the same seed, so that what changes is the model. A model with a context is
 * shown under the classes in turn, or under the context of its first rows of data. Version is left at 0.
 */
export async function* samplesFrame(
  snapshot: Snapshot,
  mask: number | null,
  wished: number = OWN_SEED,
): Chunked<SamplesFrame> {
  const { tell } = snapshot;
  const { model, image, backend } = snapshot.source;
  const seed = wished === OWN_SEED ? snapshot.source.seed : wished;
  const parameters = await download(snapshot.parameters);
  const rows = image ? GRID_IMAGES : arePoints(snapshot.source) ? POINTS : TABLE_ROWS;
  const context = await gridContext(snapshot.source, rows);
  const range = await valueRange(snapshot.source);
  const data = await dataBeside(snapshot.source, context);
  yield;
  const programs = { backend, repeatable: false, ...(tell && { tell }) };
  const drawn = yield* drawRows(model, parameters, { rows, seed, temperature: 1, mask, context, programs });
  return { ...framed(snapshot, drawn, { mask, request: null, range, data }), seed };
}
