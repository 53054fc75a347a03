/** Connectivity by walking the masks themselves, 32 weights at once: whatever is in them, this is what it does. */
import { bitsOf, countBits, forEachBit, hasBit, packed, wordsOf, type BitMatrix } from './bits.ts';
import { Connectivity, networkLayers, type DependencyEnds, type NetworkData } from './connectivity.ts';
import { fromDegrees } from './byDegrees.ts';
import { maskOf } from './matrix.ts';
import {
  compareWithTriangle,
  layerSizes,
  type LayerMarks,
  type MaskedNetwork,
  type ReachabilityReport,
  type UnitId,
} from './network.ts';

/**
 * The network of these masks.
 * @param order position of every variable. @param hidden degrees of hidden layers whose units have some, for labels.
 */
export function fromMasks(
  network: MaskedNetwork,
  order: Int32Array,
  hidden: readonly (Int32Array | null)[] = [],
): Connectivity {
  const { masks, direct, context } = network;
  return new MaskConnectivity(
    {
      layers: networkLayers(layerSizes(network), order, hidden),
      order,
      direct: direct !== null,
      ...(context && { context }),
    },
    [...masks, ...(direct ? [direct] : [])].map(packed),
  );
}

/** The network that plain data describe. */
export function connectivityOf(data: NetworkData): Connectivity {
  const { layers, order, direct, masks, context, weightsEach } = data;
  if (masks) return new MaskConnectivity(data, masks);
  const structure = { order, hidden: layers.slice(1, -1).map(({ degrees }) => degrees!), direct };
  return fromDegrees(structure, context, weightsEach);
}

class MaskConnectivity extends Connectivity {
  readonly #masks: readonly BitMatrix[];
  readonly #counts: number[] = [];
  readonly #leaking = new Map<number, BitMatrix | null>();
  #ends: DependencyEnds | null = null;

  constructor(data: Omit<NetworkData, 'masks'>, masks: readonly BitMatrix[]) {
    super(data);
    this.#masks = masks;
  }

  get #directMask(): BitMatrix | null {
    return this.direct ? this.#masks[this.last]! : null;
  }

  mask(index: number): BitMatrix {
    return this.#masks[index]!;
  }

  existing(index: number): number {
    return (this.#counts[index] ??= countBits(this.#masks[index]!));
  }

  connects(from: UnitId, to: UnitId): boolean {
    return this.joints.some(
      (joint) =>
        joint.from === from.layer && joint.to === to.layer && hasBit(this.#masks[joint.index]!, to.unit, from.unit),
    );
  }

  below({ layer, unit }: UnitId): LayerMarks {
    let reached = oneBit(this.layers[layer]!.units, unit);
    const marks = this.emptyMarks();
    marks[layer]![unit] = 1;
    for (let l = layer - 1; l >= 0; l--) {
      reached = unionOfRows(this.#masks[l]!, reached);
      unpack(reached, marks[l]!);
    }
    const direct = this.#directMask;
    if (direct && layer === this.last) forEachBit(direct, unit, (d) => (marks[0]![d] = 1));
    return marks;
  }

  above({ layer, unit }: UnitId): LayerMarks {
    const marks = this.emptyMarks();
    marks[layer]![unit] = 1;
    let reached = oneBit(this.layers[layer]!.units, unit);
    for (let l = layer; l < this.last; l++) {
      reached = rowsMeeting(this.#masks[l]!, reached);
      unpack(reached, marks[l + 1]!);
    }
    const direct = this.#directMask;
    if (direct && layer === 0) {
      for (let d = 0; d < this.dimension; d++) if (hasBit(direct, d, unit)) marks[this.last]![d] = 1;
    }
    return marks;
  }

  pathsInto({ layer, unit }: UnitId): Float64Array[] {
    const counts = this.layers.slice(0, layer + 1).map(({ units }) => new Float64Array(units));
    counts[layer]![unit] = 1;
    for (let l = layer - 1; l >= 0; l--) addDownward(this.#masks[l]!, counts[l + 1]!, counts[l]!);
    const direct = this.#directMask;
    if (direct && layer === this.last) forEachBit(direct, unit, (d) => (counts[0]![d]! += 1));
    return counts;
  }

  pathsOutOf({ layer, unit }: UnitId): Float64Array[] {
    const counts = this.layers.map(({ units }, l) => new Float64Array(l < layer ? 0 : units));
    counts[layer]![unit] = 1;
    for (let l = layer; l < this.last; l++) addUpward(this.#masks[l]!, counts[l]!, counts[l + 1]!);
    const direct = this.#directMask;
    if (direct && layer === 0) {
      for (let d = 0; d < this.dimension; d++) if (hasBit(direct, d, unit)) counts[this.last]![d]! += 1;
    }
    return counts;
  }

  inputsSeen(id: UnitId): number {
    return id.layer === 0 ? 1 : countMarks(this.below(id)[0]!);
  }

  outputsReached(id: UnitId): number {
    return id.layer === this.last ? 1 : countMarks(this.above(id)[this.last]!);
  }

  ends(): DependencyEnds {
    return (this.#ends ??= { latestInput: this.#latestInputs(), earliestOutput: this.#earliestOutputs() });
  }

  #latestInputs(): Int32Array[] {
    const latest: Int32Array[] = [this.order];
    for (let l = 0; l < this.last; l++) {
      const mask = this.#masks[l]!;
      const below = latest[l]!;
      const own = new Int32Array(mask.rows);
      for (let r = 0; r < mask.rows; r++) {
        let most = 0;
        forEachBit(mask, r, (k) => (most = Math.max(most, below[k]!)));
        own[r] = most;
      }
      latest.push(own);
    }
    const direct = this.#directMask;
    const outputs = latest[this.last]!;
    for (let r = 0; direct && r < direct.rows; r++) {
      forEachBit(direct, r, (d) => (outputs[r] = Math.max(outputs[r]!, this.order[d]!)));
    }
    return latest;
  }

  #earliestOutputs(): Int32Array[] {
    const earliest: Int32Array[] = this.layers.map(({ units }) => new Int32Array(units).fill(this.dimension + 1));
    earliest[this.last] = this.order;
    const lower = (mask: BitMatrix, above: Int32Array, below: Int32Array) => {
      for (let r = 0; r < mask.rows; r++) {
        const own = above[r]!;
        if (own <= this.dimension) forEachBit(mask, r, (k) => (below[k] = Math.min(below[k]!, own)));
      }
    };
    for (let l = this.last - 1; l >= 0; l--) lower(this.#masks[l]!, earliest[l + 1]!, earliest[l]!);
    if (this.#directMask) lower(this.#directMask, this.order, earliest[0]!);
    return earliest;
  }

  /**
   * A weight lies on a leak when the latest input below it does not come before the earliest output above it: those
   * two are joined through it, and must not be.
   */
  leaking(index: number): BitMatrix | null {
    let found = this.#leaking.get(index);
    if (found === undefined) this.#leaking.set(index, (found = this.#leakingIn(index)));
    return found;
  }

  #leakingIn(index: number): BitMatrix | null {
    if (this.report().leaks.length === 0) return null;
    const { from, to } = this.joints[index]!;
    const { latestInput, earliestOutput } = this.ends();
    const [latest, earliest] = [latestInput[from]!, earliestOutput[to]!];
    const mask = this.#masks[index]!;
    const bits = bitsOf(mask.rows, mask.columns, (r, c) => hasBit(mask, r, c) && latest[c]! >= earliest[r]!);
    return bits.words.some((word) => word !== 0) ? bits : null;
  }

  protected computePathMatrix(): Float64Array {
    const { dimension } = this;
    // Paths from every input, layer by layer: [units, D].
    let counts = new Float64Array(dimension * dimension);
    for (let d = 0; d < dimension; d++) counts[d * dimension + d] = 1;
    for (const mask of this.#masks.slice(0, this.last)) {
      const above = new Float64Array(mask.rows * dimension);
      for (let r = 0; r < mask.rows; r++) {
        const own = above.subarray(r * dimension, (r + 1) * dimension);
        forEachBit(mask, r, (k) => {
          for (let d = 0, at = k * dimension; d < dimension; d++, at++) own[d]! += counts[at]!;
        });
      }
      counts = above;
    }
    const direct = this.#directMask;
    for (let r = 0; direct && r < direct.rows; r++) forEachBit(direct, r, (d) => (counts[r * dimension + d]! += 1));
    return counts;
  }

  protected computeReport(): ReachabilityReport {
    const { dimension, order } = this;
    const inputs = bitsOf(dimension, dimension, (r, c) => r === c);
    let reach = inputs;
    for (const mask of this.#masks.slice(0, this.last)) reach = unionThrough(mask, reach);
    const direct = this.#directMask;
    for (const [i, word] of (direct?.words ?? []).entries()) reach.words[i]! |= word;
    return compareWithTriangle(
      maskOf(dimension, dimension, (output, input) => hasBit(reach, output, input)),
      order,
    );
  }
}

function oneBit(units: number, unit: number): Uint32Array {
  const words = new Uint32Array(wordsOf(units));
  words[unit >> 5] = 1 << (unit & 31);
  return words;
}

function unpack(words: Uint32Array, marks: Uint8Array): void {
  for (let k = 0; k < marks.length; k++) marks[k] = (words[k >> 5]! >>> (k & 31)) & 1;
}

/** Senders that any of the given receivers sees. */
function unionOfRows({ rows, columns, words }: BitMatrix, receivers: Uint32Array): Uint32Array {
  const stride = wordsOf(columns);
  const union = new Uint32Array(stride);
  for (let r = 0; r < rows; r++) {
    if (((receivers[r >> 5]! >>> (r & 31)) & 1) === 0) continue;
    for (let w = 0; w < stride; w++) union[w]! |= words[r * stride + w]!;
  }
  return union;
}

/** Receivers that see any of the given senders. */
function rowsMeeting({ rows, columns, words }: BitMatrix, senders: Uint32Array): Uint32Array {
  const stride = wordsOf(columns);
  const met = new Uint32Array(wordsOf(rows));
  for (let r = 0; r < rows; r++) {
    for (let w = 0; w < stride; w++) {
      if ((words[r * stride + w]! & senders[w]!) === 0) continue;
      met[r >> 5]! |= 1 << (r & 31);
      break;
    }
  }
  return met;
}

/** For every receiver the union of what its senders reach: [rows, what `below` has as columns]. */
function unionThrough(mask: BitMatrix, below: BitMatrix): BitMatrix {
  const stride = wordsOf(below.columns);
  const words = new Uint32Array(mask.rows * stride);
  for (let r = 0; r < mask.rows; r++) {
    forEachBit(mask, r, (k) => {
      for (let w = 0; w < stride; w++) words[r * stride + w]! |= below.words[k * stride + w]!;
    });
  }
  return { rows: mask.rows, columns: below.columns, words };
}

function addDownward({ rows, columns, words }: BitMatrix, above: Float64Array, below: Float64Array): void {
  const stride = wordsOf(columns);
  for (let r = 0; r < rows; r++) {
    const paths = above[r]!;
    if (paths === 0) continue;
    for (let w = 0; w < stride; w++) {
      for (let word = words[r * stride + w]!; word !== 0; word &= word - 1) {
        below[(w << 5) + 31 - Math.clz32(word & -word)]! += paths;
      }
    }
  }
}

function addUpward({ rows, columns, words }: BitMatrix, below: Float64Array, above: Float64Array): void {
  const stride = wordsOf(columns);
  for (let r = 0; r < rows; r++) {
    let paths = 0;
    for (let w = 0; w < stride; w++) {
      for (let word = words[r * stride + w]!; word !== 0; word &= word - 1) {
        paths += below[(w << 5) + 31 - Math.clz32(word & -word)]!;
      }
    }
    above[r] = paths;
  }
}

function countMarks(marks: Uint8Array): number {
  let count = 0;
  for (let k = 0; k < marks.length; k++) count += marks[k]!;
  return count;
}
