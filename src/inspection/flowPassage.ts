/**
 * Rows led through a flow, to the base or back, with what every layer makes of them: on the device in chunks between which
 * training goes on, and the incremental way where a layer has to go one variable after the other.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { BijectorInputs } from '../flows/bijector.ts';
import { inputsOfLayer, logBaseProb, ofLayer, type Flow, type FlowLayer } from '../flows/flow.ts';
import { disposeTensors, download, upload } from '../layers/namedTensors.ts';
import type { Model, NamedTensors } from '../models/model.ts';
import { parameterCount } from '../models/parameters.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import { forward, Pace } from './ensembleScoring.ts';
import type { Chunked, Snapshot } from './source.ts';

/** From so many variables on, sequential layers are computed one variable after the other; fewer are few passes. */
const SEQUENTIAL = 8;
/** Variables of which a sequential layer without an incremental way is still gone through, a pass for each. */
const MOST_PASSES = 64;

/** Multiplications of a chunk at least, about: with fewer, the operations of many small layers cost more than their sums. */
export const FEWEST_PRODUCTS = 2 ** 25;

export interface PassageOptions {
  /** [rows, D] places at the stage that the way begins at. */
  readonly values: Float32Array;
  readonly rows: number;
  /** [rows, C], or null. */
  readonly context: Float32Array | null;
  readonly direction: 'forward' | 'inverse';
  /** Stage at which a way forward begins, 0 for x; left out, 0. A way back begins at the base. */
  readonly from?: number;
  /** Whether places at all stages are kept, or only where the way ends. */
  readonly keep: 'all' | 'end';
  /** Whether nothing trains meanwhile. */
  readonly free: boolean;
}

export interface Passage {
  /**
   * [rows, D] at every stage, x first, u last, where all are kept; otherwise empty but for the beginning and the end.
   */
  readonly places: readonly Float32Array[];
  /** Of every layer, [rows] log|det ∂y/∂x| in nats, whichever way it was gone through; empty before `from`. */
  readonly logDets: readonly Float32Array[];
  /** [rows] log p_base(u) in nats. */
  readonly logBase: Float32Array;
}

/** The flow of a model that is one. @throws RangeError for others */
export function flowOf({ flow, type }: Pick<Model, 'flow' | 'type'>): Flow {
  if (!flow) throw new RangeError(`this model (${type}) is no flow: it has no layers that carry rows to a base`);
  return flow;
}

/** log p of every row in nats: base and layers together. */
export function logProbOf({ logDets, logBase }: Passage): Float32Array {
  return Float32Array.from(logBase, (own, i) => logDets.reduce((sum, layer) => sum + (layer[i] ?? 0), own));
}

export async function* passage(snapshot: Snapshot, o: PassageOptions): Chunked<Passage> {
  const { model } = snapshot.source;
  const flow = flowOf(model);
  const stages = flow.layers.length;
  const begin = o.direction === 'forward' ? (o.from ?? 0) : stages;
  const places = Array.from({ length: stages + 1 }, (): Float32Array => new Float32Array(0));
  const logDets = Array.from({ length: stages }, (): Float32Array => new Float32Array(0));
  places[begin] = o.values;
  const masks = upload(model.masks(snapshot.mask));
  const products = model.densityProducts ?? parameterCount(model);
  const pace = new Pace({ free: o.free, products, fewest: Math.max(1, Math.ceil(FEWEST_PRODUCTS / products)) });
  try {
    const way = { snapshot, flow, masks, pace, o, places, logDets };
    for (const part of partsOf(flow, o, begin)) {
      if (part.sequential) yield* stepByStep(way, part.layers[0]!);
      else yield* onDevice(way, part.layers);
      if (o.keep === 'end') forget(places, part.layers, o.direction, begin);
    }
    const logBase = new Float32Array(o.rows);
    const toBase = (u: Tensor2D, inputs: BijectorInputs) => [logBaseProb(flow, u, inputs)];
    yield* inChunks(way, 'log p of the base', places[stages]!, toBase, [logBase]);
    return { places, logDets, logBase };
  } finally {
    disposeTensors(masks);
  }
}

interface Way {
  readonly snapshot: Snapshot;
  readonly flow: Flow;
  readonly masks: NamedTensors;
  readonly pace: Pace;
  readonly o: PassageOptions;
  readonly places: Float32Array[];
  readonly logDets: Float32Array[];
}

/** Layers that are gone through together, in the order in which they are met. */
interface Part {
  readonly layers: readonly number[];
  readonly sequential: boolean;
}

function partsOf({ layers, dimension }: Flow, { direction }: PassageOptions, begin: number): Part[] {
  const met =
    direction === 'forward' ? layers.map((_, l) => l).slice(begin) : layers.map((_, l) => layers.length - 1 - l);
  const parts: { layers: number[]; sequential: boolean }[] = [];
  for (const l of met) {
    const sequential = dimension > SEQUENTIAL && isSequential(layers[l]!, l, direction);
    const last = parts.at(-1);
    if (last && !last.sequential && !sequential) last.layers.push(l);
    else parts.push({ layers: [l], sequential });
  }
  return parts;
}

/** @throws RangeError where there is no other way than as many passes as there are many variables. */
function isSequential({ bijector, kind, title }: FlowLayer, l: number, direction: 'forward' | 'inverse'): boolean {
  if (bijector.incremental?.direction === direction) return true;
  const slow = { autoregressive: 'inverse', 'inverse-autoregressive': 'forward' }[kind as string] === direction;
  if (!slow || bijector.incremental || bijector.dimension <= MOST_PASSES) return false;
  throw new RangeError(
    `layer ${l + 1} (${title}) goes one variable after the other in this direction, which takes ${bijector.dimension} passes`,
  );
}

/** Leaves of the places behind only those that the way began at. */
function forget(
  places: Float32Array[],
  layers: readonly number[],
  direction: 'forward' | 'inverse',
  begin: number,
): void {
  for (const l of layers) {
    const behind = direction === 'forward' ? l : l + 1;
    if (behind !== begin) places[behind] = new Float32Array(0);
  }
}

async function* onDevice(way: Way, layers: readonly number[]): Chunked<void> {
  const { flow, o, places, logDets } = way;
  const forward = o.direction === 'forward';
  const last = layers.at(-1)!;
  const into: Float32Array[] = [];
  for (const l of layers) {
    logDets[l] = new Float32Array(o.rows);
    into.push(logDets[l]);
    if (o.keep === 'end' && l !== last) continue;
    const at = forward ? l + 1 : l;
    places[at] = new Float32Array(o.rows * flow.dimension);
    into.push(places[at]);
  }
  const first = layers[0]!;
  const start = places[forward ? first : first + 1]!;
  yield* inChunks(
    way,
    `layers ${layers.join()} ${o.direction}, ${o.keep} kept`,
    start,
    (rows, inputs) => {
      const found: Tensor[] = [];
      let y = rows;
      for (const l of layers) {
        const { bijector } = flow.layers[l]!;
        const own = inputsOfLayer(inputs, l);
        let logDet: Tensor1D;
        if (forward) ({ y, logDet } = bijector.forward(y, own));
        else {
          const back = bijector.inverse(y, own);
          y = back.x;
          logDet = tf.neg(back.logDet);
        }
        found.push(logDet);
        if (o.keep === 'all' || l === last) found.push(y);
      }
      return found;
    },
    into,
  );
}

/**
 * Computes from rows, some at a time, and puts what comes of them into arrays of as many rows.
 * @param name of what is computed, which depends on its arguments alone
 */
async function* inChunks(
  { snapshot, masks, pace, o }: Way,
  name: string,
  values: Float32Array,
  compute: (rows: Tensor2D, inputs: BijectorInputs) => Tensor[],
  into: readonly Float32Array[],
): Chunked<void> {
  const { parameters, source } = snapshot;
  const { backend } = source;
  const piece = (all: Float32Array, from: number, to: number) => {
    const columns = all.length / o.rows;
    return tf.tensor2d(all.slice(from * columns, to * columns), [to - from, columns]);
  };
  for (let from = 0; from < o.rows;) {
    const started = performance.now();
    const to = Math.min(o.rows, from + pace.rowsOn(backend));
    const tensors = backend.tf.tidy(() => {
      const context = o.context && piece(o.context, from, to);
      const inputs = { rows: piece(values, from, to), parameters, masks, context };
      return forward(snapshot, name, ({ rows, ...own }: typeof inputs) => compute(rows, own), inputs);
    });
    try {
      const found = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
      for (const [i, own] of found.entries()) into[i]!.set(own, from * (into[i]!.length / o.rows));
    } finally {
      for (const tensor of tensors) tensor.dispose();
    }
    pace.took(to - from, performance.now() - started);
    from = to;
    yield;
  }
}

async function* stepByStep({ snapshot, flow, o, places, logDets }: Way, l: number): Chunked<void> {
  const forward = o.direction === 'forward';
  const { incremental } = flow.layers[l]!.bijector;
  const own = await downloaded(snapshot, l);
  const work = incremental!.compute(own, places[forward ? l : l + 1]!, o.rows, o.context);
  let step = work.next();
  try {
    while (!step.done) {
      yield;
      step = work.next();
    }
  } finally {
    if (!step.done) work.return(undefined as never);
  }
  places[forward ? l + 1 : l] = step.value.values;
  logDets[l] = Float32Array.from(step.value.logDet, (own) => (forward ? own : -own));
}

/** Parameters of one layer as plain arrays, by the layer's own names. */
function downloaded({ parameters }: Snapshot, l: number): Promise<NamedArrays> {
  return download(ofLayer(parameters, l));
}
