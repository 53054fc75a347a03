/** Rows of data through each layer of a flow and back, in float32 and as the same maps have it in float64. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Incremental } from '../../../flows/bijector.ts';
import { inputsOfLayer, ofLayer, type Flow, type FlowLayer } from '../../../flows/flow.ts';
import { disposeTensors, download } from '../../../layers/namedTensors.ts';
import type { NamedArrays, NamedTensors } from '../../../models/model.ts';
import { flowOf, passage } from '../../flowPassage.ts';
import { carriedRows } from '../../flowRows.ts';
import { variablesAt } from '../../flowStructure.ts';
import { type Chunked, densityInputs, type Snapshot } from '../../source.ts';
import { LOST, roundTripError } from '../tolerances.ts';
import { drawnBack, type DrawnBack } from './drawnBack.ts';
import type { Measurement } from './measurement.ts';

const ROWS = 16;
/** Rows that are drawn. */
const DRAWN = 8;
/** Most variables, by depth. */
const DIMENSION = { facts: 0, cheap: 256, full: 4096 } as const;
/** From so many variables on a sequential way back is gone incrementally; without such a way, not at all. */
const SEQUENTIAL = 64;

export interface LayerRoundTrip {
  readonly layer: number;
  /** Whether the layer moves nothing: what it does is to exchange places. */
  readonly exchanges: boolean;
  /** The entry whose |x − f⁻¹(f(x))| is largest, of 1 and its own size: x before the layer, and the variable that it continues. */
  readonly worst: { readonly variable: number; readonly x: number; readonly back: number };
  /**
   * The same when the way back of what float32 has for f(x) is gone in float64. What is lost here, no arithmetic of the
   * way back brings again. Null where there is no such way.
   */
  readonly replay: Replay | null;
  /**
   * Largest |f(f⁻¹(y)) − y| of the size of what f adds up, over rows that come back as numbers: of a way back that is
   * that of f it is rounding, however far rounding carries x. Measured where x is lost; null elsewhere, and of layers that
   * do not scale and shift.
   */
  readonly again: number | null;
}

export interface Replay {
  /** Largest |x − f⁻¹(f(x))|, of 1 and its own size. */
  readonly error: number;
  /**
   * What is float64 in it: `all` of the way back, of a logit or a mixing; the `arithmetic` alone, of layers that scale
   * and shift, by the scales and shifts that float32's networks and statistics gave on the way there, from x itself; or
   * `incremental`, of layers that go one variable after the other, by what has come back of those before.
   */
  readonly float64: 'all' | 'arithmetic' | 'incremental';
}

export interface RoundTrip {
  readonly rows: number;
  readonly split: 'train' | 'validation';
  readonly layers: readonly LayerRoundTrip[];
  /** Layers that could not be gone back. */
  readonly skipped: readonly number[];
  /** Largest |x − f⁻¹(f(x))| through all layers, of 1 and its own size; null where a layer could not be gone back. */
  readonly whole: number | null;
  /** Rows that the model draws; null where not all layers could be gone back. */
  readonly drawn: DrawnBack | null;
}

export const roundTrip: Measurement<RoundTrip> = {
  depth: 'cheap',
  applies: ({ flow, dimension }, depth) => flow !== undefined && dimension <= DIMENSION[depth],
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<RoundTrip | null> {
  const { model } = snapshot.source;
  const flow = flowOf(model);
  const carried = await carriedRows(snapshot.source, ROWS, null);
  const { values, context, split } = carried;
  const rows = carried.row.length;
  const way = { rows, context, free: false } as const;
  const { places } = yield* passage(snapshot, { ...way, values, direction: 'forward', keep: 'all' });
  // What is no number is told by `nan`.
  if (!places.every((stage) => stage.every(Number.isFinite))) return null;
  const inputs = densityInputs(snapshot);
  const layers: LayerRoundTrip[] = [];
  const skipped: number[] = [];
  try {
    for (const [layer, own] of flow.layers.entries()) {
      const [x, y] = [places[layer]!, places[layer + 1]!];
      const back = yield* wayBack(snapshot, inputs.masks, own, layer, { x, y, rows, context });
      if (back === null) {
        skipped.push(layer);
        continue;
      }
      const at = worstAt(x, back.x);
      const isLost = apart(x[at]!, back.x[at]!) > LOST;
      const stage = { x, y, rows, context };
      layers.push({
        layer,
        exchanges: own.bijector.moves.every((moves) => moves === 0),
        worst: {
          variable: variablesAt(flow, layer)[at % flow.dimension]!,
          x: x[at]!,
          back: back.x[at]!,
        },
        replay: yield* replay(snapshot, own, layer, stage, back, isLost),
        again: isLost ? yield* forthAgain(snapshot, inputs.masks, own, layer, { ...stage, x: back.x }) : null,
      });
      yield;
    }
  } finally {
    disposeTensors(inputs.masks);
  }
  const whole = skipped.length === 0 ? yield* throughAll(snapshot, flow, places, way) : null;
  const few = Math.min(DRAWN, rows);
  const given = context?.subarray(0, (few * context.length) / rows) ?? null;
  const drawn = skipped.length === 0 ? yield* drawnBack(snapshot, few, given) : null;
  return { rows, split, layers, skipped, whole, drawn };
}

interface Stage {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly rows: number;
  readonly context: Float32Array | null;
}

interface Scales {
  /** [rows, D], null where nothing is scaled. */
  readonly logScale: Float32Array | null;
  readonly shift: Float32Array;
}

interface WayBack {
  readonly x: Float32Array;
  /** The same in float64 throughout, of layers that have that. */
  readonly exact: Float64Array | null;
  readonly movement: Scales | null;
}

/** f⁻¹(y) of one layer, and how it moved x; null where it would take too many passes. */
async function* wayBack(
  { source: { backend }, parameters }: Snapshot,
  masks: NamedTensors,
  { bijector, kind }: FlowLayer,
  layer: number,
  { x, y, rows, context }: Stage,
): Chunked<WayBack | null> {
  const { tf } = backend;
  const { dimension, incremental } = bijector;
  const sequential = kind === 'autoregressive' && dimension > SEQUENTIAL;
  if (sequential && incremental?.direction !== 'inverse') return null;
  const tensors = tf.tidy((): NamedTensors => {
    const stage = (values: Float32Array) => tf.tensor2d(values, [rows, dimension]);
    const given: Tensor2D | null = context && tf.tensor2d(context, [rows, context.length / rows]);
    const own = inputsOfLayer({ parameters, masks, context: given }, layer);
    const moved = bijector.movement?.(stage(x), own, stage(y));
    return {
      ...(!sequential && { back: bijector.inverse(stage(y), own).x }),
      ...(moved && { shift: moved.shift }),
      ...(moved?.logScale && { logScale: moved.logScale }),
    };
  });
  const found = await download(tensors);
  disposeTensors(tensors);
  yield;
  const valuesOf = (name: string): Float32Array | null => (found[name] ? Float32Array.from(found[name].data) : null);
  const shift = valuesOf('shift');
  let back = valuesOf('back');
  if (back === null) {
    back = yield* incrementally(incremental!, await download(ofLayer(parameters, layer)), { values: y, rows, context });
  }
  const exact = bijector.exactInverse?.(y, rows, await download(ofLayer(parameters, layer))) ?? null;
  return { x: back, exact, movement: shift && { logScale: valuesOf('logScale'), shift } };
}

async function* incrementally(
  incremental: Incremental,
  parameters: NamedArrays,
  {
    values,
    rows,
    context,
  }: { readonly values: Float32Array; readonly rows: number; readonly context: Float32Array | null },
): Chunked<Float32Array> {
  const work = incremental.compute(parameters, values, rows, context);
  let step = work.next();
  for (; !step.done; step = work.next()) yield;
  return step.value.values;
}

async function* replay(
  { parameters }: Snapshot,
  own: FlowLayer,
  layer: number,
  { x, y, rows, context }: Stage,
  { exact, movement }: WayBack,
  isLost: boolean,
): Chunked<Replay | null> {
  if (exact) return { error: furthest(x, exact), float64: 'all' };
  const { incremental } = own.bijector;
  if (incremental?.direction === 'inverse') {
    // It is only asked for where something is lost.
    if (!isLost) return null;
    const named = await download(ofLayer(parameters, layer));
    const back = yield* incrementally(incremental, named, { values: y, rows, context });
    return { error: furthest(x, back), float64: 'incremental' };
  }
  return movement && { error: replayed(own, x, y, movement), float64: 'arithmetic' };
}

/** See {@link LayerRoundTrip.again}; `x` is what has come back. Null of layers that do not scale and shift. */
async function* forthAgain(
  { source: { backend }, parameters }: Snapshot,
  masks: NamedTensors,
  { bijector }: FlowLayer,
  layer: number,
  { x, y, rows, context }: Stage,
): Chunked<number | null> {
  const { tf } = backend;
  const { dimension, incremental } = bijector;
  if (!bijector.movement) return null;
  const named = { values: x, rows, context };
  const known =
    incremental?.direction === 'forward' && dimension > SEQUENTIAL
      ? yield* incrementally(incremental, await download(ofLayer(parameters, layer)), named)
      : null;
  const tensors = tf.tidy((): NamedTensors => {
    const given = context && tf.tensor2d(context, [rows, context.length / rows]);
    const own = inputsOfLayer({ parameters, masks, context: given }, layer);
    const back = tf.tensor2d(x, [rows, dimension]);
    const there = known ? tf.tensor2d(known, [rows, dimension]) : bijector.forward(back, own).y;
    return { there, shift: bijector.movement!(back, own, there).shift };
  });
  const { there, shift } = await download(tensors);
  disposeTensors(tensors);
  yield;
  let worst: number | null = null;
  for (let row = 0; row < rows; row++) {
    const from = row * dimension;
    if (!x.subarray(from, from + dimension).every(Number.isFinite)) continue;
    for (let at = from; at < from + dimension; at++) {
      const [again, by] = [there!.data[at]!, shift!.data[at]!];
      const size = Math.max(Math.abs(y[at]!), Math.abs(by), Math.abs(again - by), Number.MIN_VALUE);
      const away = Math.abs(again - y[at]!) / size;
      worst = Math.max(worst ?? 0, Number.isNaN(away) ? Infinity : away);
    }
  }
  return worst;
}

/** Largest difference from x, of 1 and its own size. */
function furthest(x: Float32Array, back: ArrayLike<number>): number {
  let worst = 0;
  for (const [at, own] of x.entries()) worst = Math.max(worst, apart(own, back[at]!));
  return worst;
}

/** The same of the way back by scales and shifts, in float64. */
function replayed({ bijector }: FlowLayer, x: Float32Array, y: Float32Array, { logScale, shift }: Scales): number {
  const { dimension, origin } = bijector;
  let worst = 0;
  for (let at = 0; at < y.length; at++) {
    const before = x[at - (at % dimension) + origin[at % dimension]!]!;
    const back = (y[at]! - shift[at]!) * Math.exp(-(logScale?.[at] ?? 0));
    worst = Math.max(worst, apart(before, back));
  }
  return worst;
}

async function* throughAll(
  snapshot: Snapshot,
  { layers }: Flow,
  places: readonly Float32Array[],
  way: { readonly rows: number; readonly context: Float32Array | null; readonly free: boolean },
): Chunked<number> {
  const back = yield* passage(snapshot, { ...way, values: places[layers.length]!, direction: 'inverse', keep: 'end' });
  const at = worstAt(places[0]!, back.places[0]!);
  return apart(places[0]![at]!, back.places[0]![at]!);
}

const apart = (x: number, back: number) => roundTripError({ x, back });

function worstAt(x: Float32Array, back: Float32Array): number {
  let worst = 0;
  for (let at = 1; at < x.length; at++) if (!(apart(x[at]!, back[at]!) <= apart(x[worst]!, back[worst]!))) worst = at;
  return worst;
}
