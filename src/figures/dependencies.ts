/**
 * Who depends on whom in one MADE structure, straight from its degrees.
 *
 * Units of one layer that share a degree share their connections, so sums over masks become sums over degrees: every
 * question here is linear in the number of *units*, where walking the masks is linear in the number of weights. That
 * is what lets a hover over a million weights answer at once. Tests hold it equal to `masks/network.ts`.
 */
import type { MadeStructure } from '../masks/degrees.ts';
import { maskOf, type MaskMatrix } from '../masks/matrix.ts';
import { compareWithTriangle, type LayerMarks, type ReachabilityReport, type UnitId } from '../masks/network.ts';

/** Degrees of every layer: inputs, hidden layers, outputs. */
export function layerDegrees({ order, hidden }: MadeStructure): readonly Int32Array[] {
  return [order, ...hidden, order];
}

/** Whether the weight from a unit to one of the layer above exists; `direct` weights are asked for with layer 0 → last. */
export function connects(structure: MadeStructure, from: UnitId, to: UnitId): boolean {
  const layers = layerDegrees(structure);
  const last = layers.length - 1;
  const low = layers[from.layer]![from.unit]!;
  const high = layers[to.layer]![to.unit]!;
  if (from.layer === 0 && to.layer === last) return structure.direct && high > low;
  if (to.layer !== from.layer + 1) return false;
  return to.layer === last ? high > low : high >= low;
}

/** Whether a unit of degree `high` in layer `layer` sees one of degree `low` just below. */
const sees = (high: number, low: number, layer: number, last: number) => (layer === last ? high > low : high >= low);

/** All units that `unit` depends on, itself included. */
export function unitsBelow(structure: MadeStructure, { layer, unit }: UnitId): LayerMarks {
  const layers = layerDegrees(structure);
  const last = layers.length - 1;
  const marks = layers.map((degrees) => new Uint8Array(degrees.length));
  marks[layer]![unit] = 1;
  for (let l = layer - 1; l >= 0; l--) {
    const highest = extreme(layers[l + 1]!, marks[l + 1]!, Math.max, -Infinity);
    const below = marks[l]!;
    const degrees = layers[l]!;
    for (let k = 0; k < degrees.length; k++) below[k] = sees(highest, degrees[k]!, l + 1, last) ? 1 : 0;
  }
  if (structure.direct && layer === last) {
    const own = structure.order[unit]!;
    for (const [d, degree] of structure.order.entries()) if (own > degree) marks[0]![d] = 1;
  }
  return marks;
}

/** All units that depend on `unit`, itself included. */
export function unitsAbove(structure: MadeStructure, { layer, unit }: UnitId): LayerMarks {
  const layers = layerDegrees(structure);
  const last = layers.length - 1;
  const marks = layers.map((degrees) => new Uint8Array(degrees.length));
  marks[layer]![unit] = 1;
  for (let l = layer + 1; l <= last; l++) {
    const lowest = extreme(layers[l - 1]!, marks[l - 1]!, Math.min, Infinity);
    const above = marks[l]!;
    const degrees = layers[l]!;
    for (let k = 0; k < degrees.length; k++) above[k] = sees(degrees[k]!, lowest, l, last) ? 1 : 0;
  }
  if (structure.direct && layer === 0) {
    const own = structure.order[unit]!;
    for (const [d, degree] of structure.order.entries()) if (degree > own) marks[last]![d] = 1;
  }
  return marks;
}

function extreme(degrees: Int32Array, marks: Uint8Array, pick: (a: number, b: number) => number, start: number) {
  let found = start;
  for (let k = 0; k < marks.length; k++) if (marks[k] === 1) found = pick(found, degrees[k]!);
  return found;
}

/** Paths from every unit below to `unit`: one array a layer, up to the unit's own. Exact up to 2^53. */
export function pathsInto(structure: MadeStructure, { layer, unit }: UnitId): Float64Array[] {
  const layers = layerDegrees(structure);
  const last = layers.length - 1;
  const counts = layers.slice(0, layer + 1).map((degrees) => new Float64Array(degrees.length));
  counts[layer]![unit] = 1;
  for (let l = layer - 1; l >= 0; l--) {
    const atLeast = sumsFromDegree(layers[l + 1]!, counts[l + 1]!);
    const below = counts[l]!;
    const step = l + 1 === last ? 1 : 0;
    const degrees = layers[l]!;
    for (let k = 0; k < degrees.length; k++) below[k] = atLeast[degrees[k]! + step] ?? 0;
  }
  if (structure.direct && layer === last) {
    const own = structure.order[unit]!;
    for (const [d, degree] of structure.order.entries()) if (own > degree) counts[0]![d]! += 1;
  }
  return counts;
}

/** Paths from `unit` to every unit above: one array a layer, empty below the unit's own. Exact up to 2^53. */
export function pathsOutOf(structure: MadeStructure, { layer, unit }: UnitId): Float64Array[] {
  const layers = layerDegrees(structure);
  const last = layers.length - 1;
  const counts = layers.map((degrees, l) => new Float64Array(l < layer ? 0 : degrees.length));
  counts[layer]![unit] = 1;
  for (let l = layer + 1; l <= last; l++) {
    const fromDegree = sumsFromDegree(layers[l - 1]!, counts[l - 1]!);
    const all = fromDegree[0]!;
    const above = counts[l]!;
    const step = l === last ? 0 : 1;
    // What is seen is what has a smaller degree (or an equal one, below the outputs): all but the rest.
    const degrees = layers[l]!;
    for (let k = 0; k < degrees.length; k++) above[k] = all - (fromDegree[degrees[k]! + step] ?? 0);
  }
  if (structure.direct && layer === 0) {
    const own = structure.order[unit]!;
    for (const [d, degree] of structure.order.entries()) if (degree > own) counts[last]![d]! += 1;
  }
  return counts;
}

/** sums[m] = Σ of `values` over units of degree ≥ m. */
function sumsFromDegree(degrees: Int32Array, values: Float64Array): Float64Array {
  let highest = 0;
  for (let k = 0; k < degrees.length; k++) if (degrees[k]! > highest) highest = degrees[k]!;
  const sums = new Float64Array(highest + 1);
  for (let k = 0; k < degrees.length; k++) sums[degrees[k]!]! += values[k]!;
  for (let m = highest - 1; m >= 0; m--) sums[m]! += sums[m + 1]!;
  return sums;
}

/** Number of paths from one unit to another. */
export function pathsBetween(structure: MadeStructure, from: UnitId, to: UnitId): number {
  return from.layer > to.layer ? 0 : pathsInto(structure, to)[from.layer]![from.unit]!;
}

/** Paths from every input to every output, [D, D] row-major, outputs as rows: MADE's connectivity matrix M^V … M^W. */
export function pathMatrix(structure: MadeStructure): Float64Array {
  const dimension = structure.order.length;
  const layer = structure.hidden.length + 1;
  const matrix = new Float64Array(dimension * dimension);
  for (let output = 0; output < dimension; output++) {
    matrix.set(pathsInto(structure, { layer, unit: output })[0]!, output * dimension);
  }
  return matrix;
}

/** Reachability of a path matrix against the strict triangle of the order. */
export function triangleReport(paths: Float64Array, order: Int32Array): ReachabilityReport {
  const dimension = order.length;
  const reach: MaskMatrix = maskOf(dimension, dimension, (r, c) => paths[r * dimension + c]! > 0);
  return compareWithTriangle(reach, order);
}

/** What is pointed at: a unit, or everything that flows from one unit (`from`) to another. */
export interface Focus {
  readonly unit: UnitId;
  readonly from?: UnitId;
}

/** What a focus lights up. */
export interface Highlight {
  /** Units that the focus depends on (with `from`: those on the way from it as well), the focus itself included. */
  readonly below: LayerMarks;
  /** Units that depend on the focus, itself included. */
  readonly above: LayerMarks;
}

export function highlightOf(structure: MadeStructure, { unit, from }: Focus): Highlight {
  const below = unitsBelow(structure, unit);
  const above = unitsAbove(structure, unit);
  if (!from || sameUnit(from, unit)) return { below, above };
  const fed = unitsAbove(structure, from);
  const feeding = unitsBelow(structure, from);
  const reached = below[from.layer]![from.unit] === 1;
  if (!reached) return { below: only(below, [from, unit]), above: only(above, [unit]) };
  return {
    below: below.map((marks, l) =>
      marks.map((mark, k) => (mark === 1 && (fed[l]![k] === 1 || feeding[l]![k] === 1) ? 1 : 0)),
    ),
    above,
  };
}

function only(marks: LayerMarks, units: readonly UnitId[]): LayerMarks {
  return marks.map((layer, l) =>
    layer.map((_, k) => (units.some((unit) => unit.layer === l && unit.unit === k) ? 1 : 0)),
  );
}

export function sameUnit(a: UnitId | undefined, b: UnitId | undefined): boolean {
  return a?.layer === b?.layer && a?.unit === b?.unit;
}

export function sameFocus(a: Focus | null, b: Focus | null): boolean {
  return a === b || (a !== null && b !== null && sameUnit(a.unit, b.unit) && sameUnit(a.from, b.from));
}

/** Indices that are marked. */
export function marked(marks: Uint8Array): number[] {
  const found: number[] = [];
  for (let k = 0; k < marks.length; k++) if (marks[k] === 1) found.push(k);
  return found;
}

/** Units of a layer sorted by degree, ties by index: sorted[position] = unit. Aggregated weights use the same order. */
export function sortedByDegree(degrees: Int32Array): Int32Array {
  return Int32Array.from(degrees.keys()).sort((a, b) => degrees[a]! - degrees[b]! || a - b);
}

/** The inverse of a permutation. */
export function inversePermutation(permutation: Int32Array): Int32Array {
  const inverse = new Int32Array(permutation.length);
  for (const [at, value] of permutation.entries()) inverse[value] = at;
  return inverse;
}

/** How many entries of a rising list are smaller than `limit`. */
export function countBelow(sorted: Int32Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What a unit of some degree sees and reaches, by its degree alone: in each layer only the largest degree that it may
 * see (the smallest that sees it) matters. A few binary searches where walking the units would take all of them.
 */
export class DegreeChains {
  readonly #sorted: readonly Int32Array[];
  readonly #dimension: number;
  readonly #direct: boolean;

  constructor({ order, hidden, direct }: MadeStructure) {
    this.#sorted = hidden.map((degrees) => degrees.slice().sort());
    this.#dimension = order.length;
    this.#direct = direct;
  }

  /** Number of inputs that a unit of `degree` in `layer` depends on: the first so many of the order. */
  inputsSeen(layer: number, degree: number): number {
    const isOutput = layer > this.#sorted.length;
    let most = isOutput ? degree - 1 : degree;
    for (let l = layer - 1; l >= 1 && most > 0; l--) {
      const degrees = this.#sorted[l - 1]!;
      const seen = countBelow(degrees, most + 1);
      most = seen === 0 ? 0 : degrees[seen - 1]!;
    }
    const throughHidden = Math.min(this.#dimension, most);
    return isOutput && this.#direct ? Math.max(throughHidden, degree - 1) : throughHidden;
  }

  /** Number of outputs that depend on a unit of `degree` in `layer`: the last so many of the order. */
  outputsReached(layer: number, degree: number): number {
    if (layer > this.#sorted.length) return 1;
    let least = degree;
    for (const degrees of this.#sorted.slice(layer)) {
      const unseeing = countBelow(degrees, least);
      least = degrees[unseeing] ?? this.#dimension;
    }
    const throughHidden = Math.max(0, this.#dimension - Math.max(0, least));
    return layer === 0 && this.#direct ? Math.max(throughHidden, this.#dimension - degree) : throughHidden;
  }
}
