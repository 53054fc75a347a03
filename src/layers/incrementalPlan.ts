/**
 * A layered network laid out for incremental evaluation: units sorted by degree, variables by their position in the order,
 * weights cut into blocks of positions and copied into one memory in the order in which they are used.
 *
 * Within a block of positions, what every unit hears from units of earlier blocks is one rectangle of weights: a matrix
 * product. Only what it hears from within the block has to be added position after position.
 */
import { sortedByDegree } from '../masks/sorting.ts';
import type { NamedArray } from '../runs/arrays.ts';
import type { ActivationName } from '../spec/activation.ts';

/** Weights from one layer into another. */
export interface IncrementalJoint {
  /** [to, from]. What the degrees mask out is not read. */
  readonly weight: NamedArray;
  /** MADE's U, [to, from]: weights that condition on connectivity, masked alike and applied to ones; null for none. */
  readonly companion: NamedArray | null;
}

/** What the units of one layer add to what they hear from below. */
interface IncrementalUnits {
  /** [units]. */
  readonly bias: NamedArray;
  /** [units, C] weights of the context, of degree 0; null where it does not lead here. */
  readonly context: NamedArray | null;
}

export interface IncrementalLayer extends IncrementalJoint, IncrementalUnits {
  /** Degree of each unit: it hears variables, and units of the layer below, of degree at most its own. */
  readonly degrees: Int32Array;
}

/**
 * A network whose outputs for a variable see earlier variables alone, by degrees: MADE, and without hidden layers FVSBN.
 */
export interface IncrementalNetwork {
  /** [D] position of every variable in the order, 1 … D. */
  readonly order: Int32Array;
  readonly hidden: readonly IncrementalLayer[];
  readonly activation: ActivationName;
  /** [D·k]: from the last hidden layer, or from the variables where there is none; heard are degrees below the variable's own. */
  readonly output: IncrementalJoint & IncrementalUnits;
  /** From the variables straight to the outputs, [D·k, D]; null for none. */
  readonly direct: IncrementalJoint | null;
  readonly outputs: OutputPlaces;
}

/** Where the outputs of a variable are among all of them. */
export interface OutputPlaces {
  /** k, outputs of each variable. */
  readonly perVariable: number;
  /** Neighbours: those of one `variable`, d·k + i; or the i-th ones of `all` variables, i·D + d. */
  readonly sideBySide: 'variable' | 'all';
}

/** Weights of one block: rows of `stride` values from `at` on, one for each unit that becomes known in the block. */
export interface Panel {
  readonly at: number;
  readonly stride: number;
}

export interface PlannedJoint {
  /** Layer that is heard: 0 are the variables, then the hidden layers. */
  readonly source: number;
  /** For each block of positions. */
  readonly panels: readonly Panel[];
}

export interface PlannedLayer {
  /** Units that become known at all: none beyond the last position is heard by anyone. */
  readonly size: number;
  /** [D] units that are known once the variables before each position are: of degree at most the position, from 0. */
  readonly until: Int32Array;
  readonly joints: readonly PlannedJoint[];
  /** [size] biases and what companions add to them; 0 until the plan is {@link IncrementalPlan.lay}d out. */
  readonly start: Float32Array;
  /** Place of the weights of the context, [size, C]; null for none. */
  readonly context: number | null;
}

export interface IncrementalPlan {
  /** Variable at each position of the order. */
  readonly variables: Int32Array;
  /** Bounds of the blocks of positions: 0, …, D. */
  readonly bounds: readonly number[];
  /** Hidden layers, then the outputs. */
  readonly layers: readonly PlannedLayer[];
  /** Values that the weights take up, from 0 on. */
  readonly weights: number;
  /** Variables and units, context left out: values that each row takes up beside the weights. */
  readonly units: number;
  /** Multiplications of one row's pass through the network: weights that are not masked out, the context's among them. */
  readonly multiplications: number;
  /** Copies the weights to where the plan has them, one after the other; yields the place reached after some thousands. */
  lay(values: Float32Array): Generator<number, void, void>;
}

/** Positions in a block at most, and at least. */
const WIDEST = 32;
const NARROWEST = 4;
/** Weights copied between two yields, about: a tenth of a millisecond. */
const COPIED = 2 ** 15;
/** Weights of a block, about: they are used for one strip of rows after the other, and should stay in the cache. */
const PANEL = 2 ** 17;

export function incrementalPlan(network: IncrementalNetwork): IncrementalPlan {
  const { order, hidden, output, direct } = network;
  const dimension = order.length;
  const variables = sortedByDegree(order);
  const { perVariable: k, sideBySide } = network.outputs;
  const count = (length: number, entry: (i: number) => number) => Int32Array.from({ length }, (_, i) => entry(i));
  // Variables first: before position p there are p of them.
  const sources: Side[] = [{ units: variables, until: count(dimension, (p) => p) }];
  for (const { degrees } of hidden) sources.push(hiddenSide(degrees, dimension));
  const outputs: Side = {
    units: count(dimension * k, (at) => {
      const [variable, i] = [variables[Math.floor(at / k)]!, at % k];
      return sideBySide === 'variable' ? variable * k + i : i * dimension + variable;
    }),
    until: count(dimension, (p) => k * (p + 1)),
  };
  const targets = [...sources.slice(1), outputs];
  const given = [...hidden, output].map((layer, l) => ({
    layer,
    joints: [{ source: l, joint: layer }, ...(layer === output && direct ? [{ source: 0, joint: direct }] : [])],
  }));

  const unmasked = weightsOf(given, targets, sources);
  const bounds = boundsOf(dimension, unmasked);
  const copies: ((values: Float32Array) => Generator<number, void, void>)[] = [];
  let weights = 0;
  let multiplications = unmasked;
  const layers = given.map(({ layer, joints }, l): PlannedLayer => {
    const target = targets[l]!;
    const size = target.until[dimension - 1]!;
    // Sums in float64, rounded once when all are in.
    const sums = Float64Array.from(target.units.subarray(0, size), (unit) => layer.bias.data[unit]!);
    const start = new Float32Array(size);
    const planned = joints.map(({ source, joint }): PlannedJoint => {
      const from = sources[source]!;
      const panels = bounds.slice(1).map((end, b): Panel => {
        const panel = { at: weights, stride: from.until[end - 1]! };
        weights += panel.stride * (target.until[end - 1]! - known(target, bounds[b]!));
        return panel;
      });
      copies.push((values) => copyPanels(values, { panels, bounds, joint, target, from, sums }));
      return { source, panels };
    });
    const context = layer.context && { at: weights, weight: layer.context };
    if (context) {
      weights += size * context.weight.shape[1]!;
      multiplications += size * context.weight.shape[1]!;
    }
    copies.push(function* (values) {
      start.set(sums);
      if (!context) return;
      copyRows(values, context.at, context.weight, target.units.subarray(0, size));
      yield context.at + size * context.weight.shape[1]!;
    });
    return { size, until: target.until, joints: planned, start, context: context?.at ?? null };
  });
  return {
    variables,
    bounds,
    layers,
    weights,
    units: layers.reduce((sum, { size }) => sum + size, dimension),
    multiplications,
    *lay(values) {
      for (const copy of copies) yield* copy(values);
    },
  };
}

/** Units of a layer in the order in which they become known. */
interface Side {
  readonly units: Int32Array;
  /** See {@link PlannedLayer.until}. */
  readonly until: Int32Array;
}

function hiddenSide(degrees: Int32Array, dimension: number): Side {
  const until = new Int32Array(dimension);
  for (const degree of degrees) if (degree < dimension) until[degree]! += 1;
  for (let p = 1; p < dimension; p++) until[p]! += until[p - 1]!;
  return { units: sortedByDegree(degrees), until };
}

/** Units known before position p is looked at. */
function known({ until }: Pick<Side, 'until'>, p: number): number {
  return p === 0 ? 0 : until[p - 1]!;
}

type Joints = readonly { readonly joints: readonly { readonly source: number }[] }[];

/** Weights that are not masked out. */
function weightsOf(given: Joints, targets: readonly Side[], sources: readonly Side[]): number {
  let sum = 0;
  for (const [l, { joints }] of given.entries()) {
    for (const { source } of joints) {
      const { until } = targets[l]!;
      for (let p = 0; p < until.length; p++) sum += (until[p]! - known(targets[l]!, p)) * sources[source]!.until[p]!;
    }
  }
  return sum;
}

function boundsOf(dimension: number, weights: number): number[] {
  const width = Math.max(NARROWEST, Math.min(WIDEST, Math.floor((dimension * PANEL) / Math.max(1, weights))));
  const bounds = [];
  for (let p = 0; p < dimension; p += width) bounds.push(p);
  return [...bounds, dimension];
}

interface PanelCopy {
  readonly panels: readonly Panel[];
  readonly bounds: readonly number[];
  readonly joint: IncrementalJoint;
  readonly target: Side;
  readonly from: Side;
  /** What U's unmasked weights of each unit are added to. */
  readonly sums: Float64Array;
}

function* copyPanels(
  values: Float32Array,
  { panels, bounds, joint: { weight, companion }, target, from, sums }: PanelCopy,
): Generator<number, void, void> {
  const columns = weight.shape[1]!;
  let told = panels[0]?.at ?? 0;
  for (const [b, { at, stride }] of panels.entries()) {
    let to = at;
    for (let p = bounds[b]!; p < bounds[b + 1]!; p++) {
      const heard = from.units.subarray(0, from.until[p]);
      for (let unit = known(target, p); unit < target.until[p]!; unit++, to += stride) {
        const row = target.units[unit]! * columns;
        gather(values, to, weight.data, row, heard);
        if (companion) sums[unit]! += sumOf(companion.data, row, heard);
        if (to - told < COPIED) continue;
        told = to;
        yield to;
      }
    }
  }
}

/** values[to + i] = row[units[i]], for the row that begins at `row`. */
function gather(
  values: Float32Array,
  to: number,
  data: Float32Array | Int32Array,
  row: number,
  units: Int32Array,
): void {
  for (let i = 0; i < units.length; i++) values[to + i] = data[row + units[i]!]!;
}

function sumOf(data: Float32Array | Int32Array, row: number, units: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < units.length; i++) sum += data[row + units[i]!]!;
  return sum;
}

function copyRows(values: Float32Array, at: number, { data, shape }: NamedArray, rows: Int32Array): void {
  const columns = shape[1]!;
  for (const [i, row] of rows.entries()) {
    values.set((data as Float32Array).subarray(row * columns, (row + 1) * columns), at + i * columns);
  }
}
