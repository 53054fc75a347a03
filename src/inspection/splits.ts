/** The frame of coupling splits: which variables pass each layer of a flow, which move, and by what over rows of data. */
import type { FlowLayerKind } from '../flows/flow.ts';
import { flowOf, passage } from './flowPassage.ts';
import { carriedRows } from './flowRows.ts';
import { movementOf, movementPace, type Moved } from './flowMovements.ts';
import { variablesAt } from './flowStructure.ts';
import type { FrameMaker, Look } from './frameMaker.ts';
import { SPREAD_BINS, type Spread, type SplitLayer, type SplitsFrame } from './frames/splits.ts';
import { frameBase, type Chunked, type Snapshot } from './source.ts';

/** Entries of a layer that are looked at, about: rows × variables. */
const ENTRIES = { glance: 20_000, quick: 50_000, thorough: 400_000 } as const;
const FEWEST = { glance: 32, quick: 64, thorough: 256 } as const;
const MOST = { glance: 200, quick: 500, thorough: 2_000 } as const;
/** Places of all layers up to which each is sent with a histogram of its own. */
const MOST_HISTOGRAMS = 4_096;
/** Share of the rows beyond either end of what is told as the range. */
const TAIL = 0.05;

/** Layers that treat every variable by itself, or only change places: being scaled is not being transformed. */
const BY_ITSELF: ReadonlySet<FlowLayerKind> = new Set([
  'permutation',
  'scaling',
  'batch-norm',
  'act-norm',
  'pixels',
  'squeeze',
]);

export function splitsRows(dimension: number, look: Look = 'thorough'): number {
  return Math.min(MOST[look], Math.max(FEWEST[look], Math.round(ENTRIES[look] / dimension)));
}

export const splitsMaker: FrameMaker<'splits'> = {
  compute: (snapshot, { look, free }) =>
    splitsFrame(snapshot, { dataRows: splitsRows(snapshot.source.model.dimension, look), free }),
  renewed: 'step',
  canBeRefined: ({ model: { dimension } }, look) => splitsRows(dimension, look) < splitsRows(dimension),
};

export interface SplitsOptions {
  readonly dataRows: number;
  /** Whether nothing trains meanwhile. */
  readonly free?: boolean;
}

/** @throws RangeError when the model is no flow. */
export async function* splitsFrame(
  snapshot: Snapshot,
  { dataRows, free = false }: SplitsOptions,
): Chunked<SplitsFrame> {
  const { model, image } = snapshot.source;
  const flow = flowOf(model);
  const { dimension } = flow;
  const carried = await carriedRows(snapshot.source, dataRows, null);
  const rows = carried.row.length;
  const { values, context } = carried;
  const { places, logDets } = yield* passage(snapshot, {
    ...{ values, rows, context, free },
    direction: 'forward',
    keep: 'all',
  });
  const mixesRows = (l: number) => !BY_ITSELF.has(flow.layers[l]!.kind);
  const moved: Moved[] = [];
  const pace = movementPace(model, free);
  for (let l = 0; l < flow.layers.length; l++) {
    moved.push(yield* movementOf(snapshot, { flow, l, places, rows, context, pace }));
  }
  const range = {
    logScale: rangeOf(moved.map(({ logScale }, l) => (mixesRows(l) ? logScale : null))),
    shift: rangeOf(moved.map(({ shift }, l) => (mixesRows(l) ? shift : null))),
  };
  const single = dimension * flow.layers.length <= MOST_HISTOGRAMS;
  const layers: SplitLayer[] = [];
  const times = new Int32Array(dimension);
  for (const [l, { kind, title, about, bijector }] of flow.layers.entries()) {
    const { moves, origin } = bijector;
    const variable = variablesAt(flow, l + 1);
    const mixes = mixesRows(l);
    if (mixes) for (const [place, own] of variable.entries()) times[own]! += moves[place]!;
    const spread = (all: Float32Array | null) => {
      const [low, high] = rangeOf([all]);
      return all && spreadOf(all, { rows, moves, reach: Math.max(-low, high), single });
    };
    layers.push({
      ...{ kind, title, about, origin, variable, moves, mixes },
      logScale: spread(moved[l]!.logScale),
      shift: spread(moved[l]!.shift),
      logDet: momentsOf(logDets[l]!),
    });
    yield;
  }
  return {
    kind: 'splits',
    ...frameBase(snapshot),
    dimension,
    image,
    split: carried.split,
    dataRows: rows,
    base: flow.base.name,
    layers,
    times,
    range,
  };
}

/** The least and the largest of all finite values, 0 among them. */
function rangeOf(all: readonly (Float32Array | null)[]): readonly [number, number] {
  let [low, high] = [0, 0];
  for (const values of all) {
    for (const value of values ?? []) {
      if (value < low && value > -Infinity) low = value;
      if (value > high && value < Infinity) high = value;
    }
  }
  return [low, high];
}

interface SpreadOptions {
  readonly rows: number;
  readonly moves: Uint8Array;
  /** Histograms are of −reach … reach. */
  readonly reach: number;
  readonly single: boolean;
}

/** @param values [rows, D] */
function spreadOf(values: Float32Array, { rows, moves, reach, single }: SpreadOptions): Spread {
  const dimension = moves.length;
  const [mean, low, high] = [0, 1, 2].map(() => new Float32Array(dimension)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const counts = single ? new Uint16Array(dimension * SPREAD_BINS) : null;
  const pooled = new Uint32Array(SPREAD_BINS);
  const own = new Float32Array(rows);
  const middle = (SPREAD_BINS - 1) / 2;
  const scale = reach > 0 ? SPREAD_BINS / (2 * reach) : 0;
  for (let d = 0; d < dimension; d++) {
    if (moves[d] === 0) continue;
    let sum = 0;
    for (let n = 0; n < rows; n++) {
      const value = values[n * dimension + d]!;
      own[n] = value;
      sum += value;
      if (!Number.isFinite(value)) continue;
      const bin = Math.min(SPREAD_BINS - 1, Math.max(0, middle + Math.round(value * scale)));
      pooled[bin]!++;
      if (counts) counts[d * SPREAD_BINS + bin]!++;
    }
    mean[d] = sum / rows;
    own.sort();
    low[d] = own[Math.floor(TAIL * (rows - 1))]!;
    high[d] = own[Math.ceil((1 - TAIL) * (rows - 1))]!;
  }
  return { mean, low, high, counts, reach, pooled };
}

function momentsOf(values: Float32Array): SplitLayer['logDet'] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
