/**
 * Connectivity straight from degrees.
 *
 * Units of one layer that share a degree share their connections, so sums over masks become sums over degrees: every
 * question here is linear in the number of *units*, where walking the masks is linear in the number of weights. Only
 * for masks that are those of the degrees; tests hold it equal to `byMasks.ts` there.
 */
import { bitsOf, type BitMatrix } from './bits.ts';
import { Connectivity, networkLayers, type DependencyEnds } from './connectivity.ts';
import type { MadeStructure } from './degrees.ts';
import { maskOf } from './matrix.ts';
import {
  compareWithTriangle,
  type LayerMarks,
  type NetworkContext,
  type ReachabilityReport,
  type UnitId,
} from './network.ts';
import { countBelow } from './sorting.ts';

/**
 * The network that a structure's degrees define.
 * @param weightsEach weights that one connection of each matrix stands for; one each where left out.
 */
export function fromDegrees(
  structure: MadeStructure,
  context?: NetworkContext,
  weightsEach?: readonly number[],
): Connectivity {
  return new DegreeConnectivity(structure, context, weightsEach);
}

class DegreeConnectivity extends Connectivity {
  /** Degrees of every layer. */
  readonly #degrees: readonly Int32Array[];
  /** The same, rising. */
  readonly #sorted: readonly Int32Array[];
  readonly #masks: (BitMatrix | undefined)[] = [];
  #ends: DependencyEnds | null = null;

  constructor(
    { order, hidden, direct }: MadeStructure,
    context: NetworkContext | undefined,
    weightsEach: readonly number[] | undefined,
  ) {
    const degrees = [order, ...hidden, order];
    const sizes = degrees.map(({ length }) => length);
    const layers = networkLayers(sizes, order, hidden);
    super({ layers, order, direct, ...(context && { context }), ...(weightsEach && { weightsEach }) });
    this.#degrees = degrees;
    this.#sorted = degrees.map((layer) => layer.slice().sort());
  }

  /** Smallest degree that sees one of `low` from layer `layer`. */
  #seenFrom(low: number, layer: number): number {
    return layer === this.last ? low + 1 : low;
  }

  mask(index: number): BitMatrix {
    const { from, to } = this.joints[index]!;
    const [below, above] = [this.#degrees[from]!, this.#degrees[to]!];
    const strict = to === this.last;
    return (this.#masks[index] ??= bitsOf(above.length, below.length, (r, c) =>
      strict ? above[r]! > below[c]! : above[r]! >= below[c]!,
    ));
  }

  existing(index: number): number {
    const { from, to } = this.joints[index]!;
    const below = this.#sorted[from]!;
    const above = this.#sorted[to]!;
    let total = 0;
    for (let k = 0, at = 0; k < above.length; k++) {
      while (at < below.length && this.#seenFrom(below[at]!, to) <= above[k]!) at++;
      total += at;
    }
    return total;
  }

  connects(from: UnitId, to: UnitId): boolean {
    const neighbours = to.layer === from.layer + 1 || (this.direct && from.layer === 0 && to.layer === this.last);
    if (!neighbours) return false;
    return this.#degrees[to.layer]![to.unit]! >= this.#seenFrom(this.#degrees[from.layer]![from.unit]!, to.layer);
  }

  below({ layer, unit }: UnitId): LayerMarks {
    const marks = this.emptyMarks();
    marks[layer]![unit] = 1;
    for (let l = layer - 1; l >= 0; l--) {
      const highest = extreme(this.#degrees[l + 1]!, marks[l + 1]!, Math.max, -Infinity);
      const limit = l + 1 === this.last ? highest - 1 : highest;
      const degrees = this.#degrees[l]!;
      const below = marks[l]!;
      for (let k = 0; k < degrees.length; k++) below[k] = degrees[k]! <= limit ? 1 : 0;
    }
    if (this.direct && layer === this.last) {
      for (let d = 0; d < this.dimension; d++) if (this.allowed(unit, d)) marks[0]![d] = 1;
    }
    return marks;
  }

  above({ layer, unit }: UnitId): LayerMarks {
    const marks = this.emptyMarks();
    marks[layer]![unit] = 1;
    for (let l = layer + 1; l <= this.last; l++) {
      const limit = this.#seenFrom(extreme(this.#degrees[l - 1]!, marks[l - 1]!, Math.min, Infinity), l);
      const degrees = this.#degrees[l]!;
      const above = marks[l]!;
      for (let k = 0; k < degrees.length; k++) above[k] = degrees[k]! >= limit ? 1 : 0;
    }
    if (this.direct && layer === 0) {
      for (let d = 0; d < this.dimension; d++) if (this.allowed(d, unit)) marks[this.last]![d] = 1;
    }
    return marks;
  }

  pathsInto({ layer, unit }: UnitId): Float64Array[] {
    const counts = this.#degrees.slice(0, layer + 1).map((degrees) => new Float64Array(degrees.length));
    counts[layer]![unit] = 1;
    for (let l = layer - 1; l >= 0; l--) {
      const atLeast = sumsFromDegree(this.#degrees[l + 1]!, counts[l + 1]!);
      const below = counts[l]!;
      const degrees = this.#degrees[l]!;
      const step = l + 1 === this.last ? 1 : 0;
      for (let k = 0; k < degrees.length; k++) below[k] = atLeast[degrees[k]! + step] ?? 0;
    }
    if (this.direct && layer === this.last) {
      for (let d = 0; d < this.dimension; d++) if (this.allowed(unit, d)) counts[0]![d]! += 1;
    }
    return counts;
  }

  pathsOutOf({ layer, unit }: UnitId): Float64Array[] {
    const counts = this.#degrees.map((degrees, l) => new Float64Array(l < layer ? 0 : degrees.length));
    counts[layer]![unit] = 1;
    for (let l = layer + 1; l <= this.last; l++) {
      const fromDegree = sumsFromDegree(this.#degrees[l - 1]!, counts[l - 1]!);
      const all = fromDegree[0]!;
      const above = counts[l]!;
      const step = l === this.last ? 0 : 1;
      // What is seen is what has a smaller degree (or an equal one, below the outputs): all but the rest.
      const degrees = this.#degrees[l]!;
      for (let k = 0; k < degrees.length; k++) above[k] = all - (fromDegree[degrees[k]! + step] ?? 0);
    }
    if (this.direct && layer === 0) {
      for (let d = 0; d < this.dimension; d++) if (this.allowed(d, unit)) counts[this.last]![d]! += 1;
    }
    return counts;
  }

  /** A few binary searches: in each layer only the largest degree that a unit may see matters. */
  inputsSeen({ layer, unit }: UnitId): number {
    if (layer === 0) return 1;
    const own = this.#degrees[layer]![unit]!;
    let most = layer === this.last ? own - 1 : own;
    for (let l = layer - 1; l >= 1 && most > 0; l--) {
      const degrees = this.#sorted[l]!;
      const seen = countBelow(degrees, most + 1);
      most = seen === 0 ? 0 : degrees[seen - 1]!;
    }
    const throughHidden = Math.max(0, Math.min(this.dimension, most));
    return this.direct && layer === this.last ? Math.max(throughHidden, own - 1) : throughHidden;
  }

  outputsReached({ layer, unit }: UnitId): number {
    if (layer === this.last) return 1;
    const own = this.#degrees[layer]![unit]!;
    let least = own;
    for (const degrees of this.#sorted.slice(layer + 1, -1)) {
      least = degrees[countBelow(degrees, least)] ?? this.dimension;
    }
    const throughHidden = Math.max(0, this.dimension - Math.max(0, least));
    return this.direct && layer === 0 ? Math.max(throughHidden, this.dimension - own) : throughHidden;
  }

  /** What a unit sees are the first inputs of the order, what it reaches the last outputs: their numbers say all. */
  ends(): DependencyEnds {
    const each = (of: (unit: UnitId) => number) =>
      this.#degrees.map((degrees, layer) => degrees.map((_, unit) => of({ layer, unit })));
    return (this.#ends ??= {
      latestInput: each((id) => (id.layer === 0 ? this.order[id.unit]! : this.inputsSeen(id))),
      earliestOutput: each((id) =>
        id.layer === this.last ? this.order[id.unit]! : this.dimension + 1 - this.outputsReached(id),
      ),
    });
  }

  /** Degrees never fall along a path and rise at its end. */
  leaking(): null {
    return null;
  }

  protected computePathMatrix(): Float64Array {
    const { dimension, last: layer } = this;
    const matrix = new Float64Array(dimension * dimension);
    for (let unit = 0; unit < dimension; unit++) matrix.set(this.pathsInto({ layer, unit })[0]!, unit * dimension);
    return matrix;
  }

  protected computeReport(): ReachabilityReport {
    const { dimension, last: layer, order } = this;
    const seen = Int32Array.from({ length: dimension }, (_, unit) => this.inputsSeen({ layer, unit }));
    return compareWithTriangle(
      maskOf(dimension, dimension, (output, input) => order[input]! <= seen[output]!),
      order,
    );
  }
}

function extreme(degrees: Int32Array, marks: Uint8Array, pick: (a: number, b: number) => number, start: number) {
  let found = start;
  for (let k = 0; k < marks.length; k++) if (marks[k] === 1) found = pick(found, degrees[k]!);
  return found;
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
