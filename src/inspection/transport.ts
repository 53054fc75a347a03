/**
 * The transport frame: where a flow of two variables carries data, a grid and draws from its base, layer by layer, and the
 * density of every stage's place under the layers after it,
 *
 *   log p_l(y) = log p_base(f_L ∘ … ∘ f_(l+1)(y)) + Σ_(k > l) log|det ∂f_k|,
 *
 * which is the density of x at stage 0 and that of the base at the last.
 */
import { baseDraws } from './baseDraws.ts';
import { flowOf, logProbOf, passage } from './flowPassage.ts';
import { carriedRows, type CarriedRows } from './flowRows.ts';
import type { FrameMaker, Look } from './frameMaker.ts';
import { FIRST_LABEL, massShares, type TransportFrame } from './frames/transport.ts';
import { frameBase, type Chunked, type InspectionSource, type Snapshot } from './source.ts';
import { placesIn } from './transportPlace.ts';
import { windowOf, type Window } from './transportWindow.ts';

/** Rows of the data and draws from the base: the same at every look, so that none comes and goes. */
const ROWS = 300;
const SAMPLES = 150;
/** Lines of a grid in one direction, and nodes along each. */
const LINES = 11;
const NODES = { glance: 21, quick: 21, thorough: 41 } as const satisfies Record<Look, number>;
/** Nodes a side of the density. */
const CELLS = { glance: 25, quick: 33, thorough: 81 } as const satisfies Record<Look, number>;
/** Share of the base on either side that may lie outside of what is looked at. */
const TAIL = 1e-3;

/** What was looked at of a source, by its labels: it must not jump while training goes on. */
const looked = new WeakMap<InspectionSource, Map<number, readonly Window[]>>();

export const transportMaker: FrameMaker<'transport'> = {
  compute: (snapshot, { look, free, options }) => transportFrame(snapshot, { look, free, label: options.label }),
  renewed: 'step',
  canBeRefined: (_, look) => look !== 'thorough',
};

export interface TransportOptions {
  readonly look?: Look;
  /** Whether nothing trains meanwhile. */
  readonly free?: boolean;
  /** Which label, from 0, of models that have them. */
  readonly label?: number;
}

/** @throws RangeError when the model is no flow, or not one of two variables, or has no such label. */
export async function* transportFrame(
  snapshot: Snapshot,
  { look = 'thorough', free = false, label = FIRST_LABEL }: TransportOptions = {},
): Chunked<TransportFrame> {
  const { source } = snapshot;
  const flow = flowOf(source.model);
  const { dimension, layers, base } = flow;
  if (dimension !== 2) {
    throw new RangeError(`places in a plane are shown of flows of 2 variables; this one has ${dimension}`);
  }
  const stages = layers.length + 1;
  const { condition, of, carried, given } = await conditioned(source, label);
  yield;

  const ahead = { snapshot, free };
  const [cells, nodes] = [CELLS[look], NODES[look]];
  const ofLabels = looked.get(source) ?? new Map<number, readonly Window[]>();
  const before = ofLabels.get(label) ?? [];
  const first = windowOf(carried.values, null, before[0]);
  const evenX = lattice(first, nodes);
  const rows = carried.row.length;
  // All that goes from x to u goes together: with few rows, small layers cost more to call than to compute.
  const there = yield* passage(snapshot, {
    values: stacked([carried.values, evenX, middles(first, cells)]),
    rows: rows + evenX.length / 2 + cells * cells,
    context: given && stacked([carried.context!, repeated(given, evenX.length / 2 + cells * cells)!]),
    direction: 'forward',
    keep: 'all',
    free,
  });
  const part = (all: Float32Array, from: number, to: number, columns: number) =>
    all.slice(from * columns, to * columns);
  const data = {
    places: there.places.map((all) => part(all, 0, rows, 2)),
    logDets: there.logDets.map((all) => part(all, 0, rows, 1)),
    logBase: part(there.logBase, 0, rows, 1),
  };
  const tails = base.marginal && ([base.marginal.quantile(TAIL), base.marginal.quantile(1 - TAIL)] as const);
  const windows = data.places.map((points, stage) =>
    stage === 0 ? first : windowOf(points, stage === stages - 1 ? tails : null, before[stage]),
  );
  looked.set(source, ofLabels.set(label, windows));
  const draws = yield* baseDraws(snapshot, {
    ...{ rows: SAMPLES, stream: 'transport' },
    context: repeated(given, SAMPLES),
  });
  const forward = there.places.map((all) => part(all, rows, rows + evenX.length / 2, 2));
  const evenU = lattice(windows.at(-1)!, nodes);
  const back = yield* backward(ahead, stacked([draws, evenU]), given);
  const logDensity = new Float32Array(stages * cells * cells).fill(NaN);
  const levels = new Float32Array(stages * massShares.length).fill(NaN);
  for (const [stage, window] of windows.entries()) {
    // While training goes on only the two ends, so that all else follows it closely.
    if (look !== 'thorough' && stage > 0 && stage < stages - 1) continue;
    const own =
      stage === 0
        ? logProbOf(there).slice(rows + evenX.length / 2)
        : yield* densityAt(ahead, stage, middles(window, cells), given);
    logDensity.set(own, stage * cells * cells);
    levels.set(levelsOf(own, (window.side / cells) ** 2), stage * massShares.length);
    yield;
  }
  const u = data.places.at(-1)!;
  return {
    kind: 'transport',
    ...frameBase(snapshot),
    layers: layers.map(({ title, about }) => ({ title, about })),
    base: base.name,
    split: carried.split,
    rows,
    allRows: of,
    condition,
    row: carried.row,
    points: stacked(data.places),
    logDet: stacked(data.logDets),
    logBase: data.logBase,
    place: placesIn(u, base.marginal, draws),
    samples: stacked(back.map((all) => all.subarray(0, draws.length))),
    samplePlace: placesIn(draws, base.marginal, draws),
    lines: 2 * LINES,
    nodes,
    evenInX: stacked(forward),
    evenInU: stacked(back.map((all) => all.subarray(draws.length))),
    windows: Float32Array.from(windows.flatMap(({ x, y, side }) => [x, y, side])),
    cells,
    logDensity,
    levels,
    complete: look === 'thorough',
  };
}

interface Conditioned {
  readonly condition: TransportFrame['condition'];
  readonly carried: CarriedRows;
  readonly of: number;
  /** [C] what grid, draws and density are conditioned on. */
  readonly given: Float32Array | null;
}

/** The rows that are shown, and what all else is shown under. @throws RangeError when there is no such label */
async function conditioned(source: InspectionSource, wished: number): Promise<Conditioned> {
  const size = source.model.contextDimension;
  const { context } = await source.dataset();
  const first = await carriedRows(source, ROWS, null);
  if (size === 0 || context === undefined) return { condition: null, carried: first, of: first.of, given: null };
  if (context.kind !== 'labels') {
    const given = first.context!.slice(0, size);
    return { condition: { kind: 'values', row: first.row[0]! }, carried: first, of: first.of, given };
  }
  const label = wished === FIRST_LABEL ? first.context!.indexOf(1) % size : wished;
  if (label >= size) throw new RangeError(`no label ${label}: the model has ${size}, counted from 0`);
  const carried = await carriedRows(source, ROWS, label);
  const given = Float32Array.from({ length: size }, (_, k) => (k === label ? 1 : 0));
  return {
    condition: { kind: 'label', label, names: context.names ?? [], count: size },
    carried,
    of: carried.of,
    given,
  };
}

interface Ahead {
  readonly snapshot: Snapshot;
  readonly free: boolean;
}

async function* backward(
  { snapshot, free }: Ahead,
  values: Float32Array,
  given: Float32Array | null,
): Chunked<readonly Float32Array[]> {
  const rows = values.length / 2;
  const context = repeated(given, rows);
  return (yield* passage(snapshot, { values, rows, context, direction: 'inverse', keep: 'all', free })).places;
}

async function* densityAt(
  { snapshot, free }: Ahead,
  stage: number,
  values: Float32Array,
  given: Float32Array | null,
): Chunked<Float32Array> {
  const rows = values.length / 2;
  const context = repeated(given, rows);
  const way = { values, rows, context, direction: 'forward', keep: 'end', from: stage, free } as const;
  return logProbOf(yield* passage(snapshot, way));
}

function repeated(given: Float32Array | null, rows: number): Float32Array | null {
  return given && Float32Array.from({ length: rows * given.length }, (_, i) => given[i % given.length]!);
}

function stacked(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Upright lines first, then level ones, evenly over a window: [2·LINES, nodes, 2]. */
function lattice({ x, y, side }: Window, nodes: number): Float32Array {
  const values: number[] = [];
  for (const upright of [true, false]) {
    for (let line = 0; line < LINES; line++) {
      for (let node = 0; node < nodes; node++) {
        const [across, along] = [(side * line) / (LINES - 1), (side * node) / (nodes - 1)];
        values.push(x + (upright ? across : along), y + (upright ? along : across));
      }
    }
  }
  return Float32Array.from(values);
}

/** The middles of a window's cells, [cells², 2], the first coordinate running fastest. */
function middles({ x, y, side }: Window, cells: number): Float32Array {
  return Float32Array.from({ length: cells * cells * 2 }, (_, i) => {
    const cell = i >> 1;
    const at = i % 2 === 0 ? cell % cells : Math.floor(cell / cells);
    return (i % 2 === 0 ? x : y) + (side * (at + 0.5)) / cells;
  });
}

/** log density above which shares of the probability lie: the smallest region that holds them. NaN where none does. */
function levelsOf(logDensity: Float32Array, area: number): number[] {
  const sorted = logDensity.filter((value) => !Number.isNaN(value)).sort();
  const found: number[] = new Array<number>(massShares.length).fill(NaN);
  let mass = 0;
  let next = 0;
  for (let i = sorted.length - 1; i >= 0 && next < massShares.length; i--) {
    mass += Math.exp(sorted[i]!) * area;
    while (next < massShares.length && mass >= massShares[next]!) found[next++] = sorted[i]!;
  }
  return found;
}
