/** By how much the layers of a flow scale rows of data, and how far out these come. */
import { ofLayer } from '../../../flows/flow.ts';
import { download } from '../../../layers/namedTensors.ts';
import { flowOf, passage } from '../../flowPassage.ts';
import { movementOf, movementPace } from '../../flowMovements.ts';
import { carriedRows } from '../../flowRows.ts';
import { variablesAt } from '../../flowStructure.ts';
import type { Chunked, Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';

/** Values of all layers, about; rows follow from it. */
const VALUES = 200_000;
const MOST_ROWS = 256;
const FEWEST_ROWS = 8;
/** Most variables, by depth. */
const DIMENSION = { facts: 0, cheap: 1024, full: 4096 } as const;
/** From this share of its bound on a log-scale counts as at it: its slope is then below a tenth. */
const AT_BOUND = 0.95;

export interface LayerMovement {
  readonly layer: number;
  /** Smallest and largest log-scale, among the finite ones. */
  readonly least: number;
  readonly most: number;
  /** Log-scales with a bound, and those of them that are at it. */
  readonly bounded: number;
  readonly atBound: number;
  /** Log-scales that are NaN or infinite. */
  readonly notFinite: number;
}

export interface FlowMovement {
  readonly rows: number;
  readonly split: 'train' | 'validation';
  /** Of layers that scale. */
  readonly layers: readonly LayerMovement[];
  /** The entry of u that is furthest from 0, and the variable that it continues. */
  readonly furthest: { readonly value: number; readonly variable: number };
  /** The first layer out of which a place comes that is not finite, and how many do; null where all are finite. */
  readonly overflow: { readonly layer: number; readonly entries: number } | null;
}

export const flowMovement: Measurement<FlowMovement> = {
  depth: 'cheap',
  applies: ({ flow, dimension }, depth) => flow !== undefined && dimension <= DIMENSION[depth],
  measure,
};

async function* measure(snapshot: Snapshot): Chunked<FlowMovement> {
  const { model } = snapshot.source;
  const flow = flowOf(model);
  const { dimension, layers } = flow;
  const wanted = Math.round(VALUES / (dimension * Math.max(1, layers.length)));
  const carried = await carriedRows(snapshot.source, Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, wanted)), null);
  const { values, context } = carried;
  const rows = carried.row.length;
  const { places } = yield* passage(snapshot, {
    ...{ values, rows, context, direction: 'forward', keep: 'all', free: false },
  });
  const found: LayerMovement[] = [];
  const pace = movementPace(model, false);
  for (const [layer, { bijector }] of layers.entries()) {
    const { logScale } = yield* movementOf(snapshot, { flow, l: layer, places, rows, context, pace });
    if (!logScale) continue;
    const bounds = bijector.logScaleBounds?.(await download(ofLayer(snapshot.parameters, layer))) ?? null;
    found.push({ layer, ...rangeOf(logScale, bijector.moves, bounds) });
    yield;
  }
  const bad = layers.findIndex((_, l) => countNotFinite(places[l + 1]!) > 0);
  return {
    rows,
    split: carried.split,
    layers: found,
    furthest: furthestOf(places.at(-1)!, variablesAt(flow, layers.length)),
    overflow: bad < 0 ? null : { layer: bad, entries: countNotFinite(places[bad + 1]!) },
  };
}

function rangeOf(
  scales: ArrayLike<number>,
  moves: Uint8Array,
  bounds: Float32Array | null,
): Omit<LayerMovement, 'layer'> {
  const range = { least: Infinity, most: -Infinity, bounded: 0, atBound: 0, notFinite: 0 };
  const dimension = moves.length;
  for (let at = 0; at < scales.length; at++) {
    const [s, d] = [scales[at]!, at % dimension];
    if (moves[d] === 0) continue;
    if (!Number.isFinite(s)) {
      range.notFinite++;
      continue;
    }
    range.least = Math.min(range.least, s);
    range.most = Math.max(range.most, s);
    const bound = bounds?.[d] ?? Infinity;
    if (bound === Infinity) continue;
    range.bounded++;
    // A bound of 0 scales nothing: there is nothing that it cuts off.
    if (bound > 0 && Math.abs(s) >= AT_BOUND * bound) range.atBound++;
  }
  return range;
}

function countNotFinite(values: Float32Array): number {
  return values.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
}

function furthestOf(u: Float32Array, variables: Int32Array): FlowMovement['furthest'] {
  let furthest = 0;
  for (const [at, value] of u.entries()) {
    if (Number.isFinite(value) && Math.abs(value) > Math.abs(u[furthest]!)) furthest = at;
    else if (!Number.isFinite(u[furthest]!)) furthest = at;
  }
  return { value: u[furthest]!, variable: variables[furthest % variables.length]! };
}
