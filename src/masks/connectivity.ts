/**
 * Who depends on whom in a masked network, whatever its masks come from: what every drawing and every sentence about
 * structure asks. Two answers: `byMasks.ts` walks the masks themselves; `byDegrees.ts` reasons with degrees, and may
 * stand in only where the masks have been found to be those of the degrees.
 */
import { forEachBit, type BitMatrix } from './bits.ts';
import type { LayerMarks, NetworkContext, ReachabilityReport, UnitId } from './network.ts';

/** One layer as it is drawn. */
export interface NetworkLayer {
  /** "inputs", "hidden layer 2", "outputs". */
  readonly name: string;
  readonly units: number;
  /** Degree of every unit; null in layers whose units have none. Inputs and outputs have their position in the order. */
  readonly degrees: Int32Array | null;
  /** Units of each of its nodes, where those are whole vectors as in NADE; left out where they are single units. */
  readonly vectors?: number;
}

/** A masked network as plain data. */
export interface NetworkData {
  /** Inputs, hidden layers (or none), outputs. */
  readonly layers: readonly NetworkLayer[];
  /** order[d] is the position of variable d, 1 … D: the degree m⁰(d) of MADE's paper, not the d-th variable. */
  readonly order: Int32Array;
  /** Whether inputs also reach the outputs directly. */
  readonly direct: boolean;
  /** One mask a weight matrix, the direct connection's last; null when they are exactly those of the degrees. */
  readonly masks: readonly BitMatrix[] | null;
  /** What the rows are conditioned on; left out for none. */
  readonly context?: NetworkContext;
  /** Weights that one connection of each matrix stands for, where an output gives several numbers or matrices have companions. */
  readonly weightsEach?: readonly number[];
}

/** Two layers joined by a weight matrix. */
export interface Joint {
  /** Place among the weight matrices: the direct connection is last. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly direct: boolean;
}

/** A hidden unit that neither inputs nor a context reach, or that reaches no output; with both, `from` is 'inputs'. */
export interface CutOffUnit {
  readonly layer: number;
  readonly unit: number;
  readonly from: 'inputs' | 'outputs';
}

/** The positions at which a unit's dependencies end, for every unit of every layer. */
export interface DependencyEnds {
  /** Position of the latest input that the unit depends on; 0 for none. Inputs depend on themselves. */
  readonly latestInput: readonly Int32Array[];
  /** Position of the earliest output that depends on the unit; D + 1 for none. */
  readonly earliestOutput: readonly Int32Array[];
}

export abstract class Connectivity {
  readonly layers: readonly NetworkLayer[];
  /** order[d] is the position of variable d, 1 … D. */
  readonly order: Int32Array;
  readonly direct: boolean;
  /** What the rows are conditioned on; null for nothing. Its columns are no layer, and have degree 0. */
  readonly context: NetworkContext | null;
  readonly joints: readonly Joint[];
  /** Weights that one connection of each matrix stands for; null for one each. */
  readonly weightsEach: readonly number[] | null;
  #paths: Float64Array | null = null;
  #report: ReachabilityReport | null = null;

  constructor({ layers, order, direct, context, weightsEach }: Omit<NetworkData, 'masks'>) {
    this.layers = layers;
    this.order = order;
    this.direct = direct;
    this.context = context ?? null;
    this.weightsEach = weightsEach ?? null;
    const last = layers.length - 1;
    const neighbours = Array.from({ length: last }, (_, l): Joint => ({ index: l, from: l, to: l + 1, direct: false }));
    this.joints = direct ? [...neighbours, { index: last, from: 0, to: last, direct: true }] : neighbours;
  }

  /** D. */
  get dimension(): number {
    return this.order.length;
  }

  /** Index of the outputs' layer. */
  get last(): number {
    return this.layers.length - 1;
  }

  /** The mask of a weight matrix. */
  abstract mask(index: number): BitMatrix;
  /** Number of weights that exist in a weight matrix. */
  abstract existing(index: number): number;
  /** Whether a weight leads from one unit to the other. */
  abstract connects(from: UnitId, to: UnitId): boolean;
  /** All units that a unit depends on, itself included. */
  abstract below(unit: UnitId): LayerMarks;
  /** All units that depend on a unit, itself included. */
  abstract above(unit: UnitId): LayerMarks;
  /** Paths from every unit below to `unit`: one array a layer, up to the unit's own. Exact up to 2^53. */
  abstract pathsInto(unit: UnitId): Float64Array[];
  /** Paths from `unit` to every unit above: one array a layer, empty below the unit's own. Exact up to 2^53. */
  abstract pathsOutOf(unit: UnitId): Float64Array[];
  abstract ends(): DependencyEnds;
  /** Number of inputs that a unit depends on; 1 for an input. */
  abstract inputsSeen(unit: UnitId): number;
  /** Number of outputs that depend on a unit; 1 for an output. */
  abstract outputsReached(unit: UnitId): number;
  /** The weights of a matrix that lie on a path from an input to an output that must not see it; null without any. */
  abstract leaking(index: number): BitMatrix | null;
  protected abstract computePathMatrix(): Float64Array;
  protected abstract computeReport(): ReachabilityReport;

  /** Paths from every input to every output, [D, D] row-major, outputs as rows: MADE's connectivity matrix. */
  pathMatrix(): Float64Array {
    return (this.#paths ??= this.computePathMatrix());
  }

  /** Which forbidden pairs are joined and which required ones are not. */
  report(): ReachabilityReport {
    return (this.#report ??= this.computeReport());
  }

  /** Number of paths from one unit to another. */
  pathsBetween(from: UnitId, to: UnitId): number {
    return from.layer > to.layer ? 0 : this.pathsInto(to)[from.layer]![from.unit]!;
  }

  /** Whether an output may depend on an input: only on those before it in the order. */
  allowed(output: number, input: number): boolean {
    return this.order[output]! > this.order[input]!;
  }

  /** For each layer, 1 at the units that the context reaches. */
  contextReach(): LayerMarks {
    const marks = this.emptyMarks();
    for (const [layer, own] of marks.entries()) {
      if (this.context?.into.includes(layer)) own.fill(1);
      else if (layer > 0 && marks[layer - 1]!.includes(1)) {
        const mask = this.mask(layer - 1);
        const below = marks[layer - 1]!;
        for (let unit = 0; unit < own.length; unit++) forEachBit(mask, unit, (k) => (own[unit]! |= below[k]!));
      }
    }
    return marks;
  }

  /** Hidden units with no way from an input or a context, or with none to an output. */
  cutOff(): CutOffUnit[] {
    const { latestInput, earliestOutput } = this.ends();
    const informed = this.context ? this.contextReach() : null;
    const found: CutOffUnit[] = [];
    for (let layer = 1; layer < this.last; layer++) {
      for (let unit = 0; unit < this.layers[layer]!.units; unit++) {
        const sees = latestInput[layer]![unit] !== 0 || informed?.[layer]![unit] === 1;
        if (!sees) found.push({ layer, unit, from: 'inputs' });
        else if (earliestOutput[layer]![unit]! > this.dimension) found.push({ layer, unit, from: 'outputs' });
      }
    }
    return found;
  }

  protected emptyMarks(): Uint8Array[] {
    return this.layers.map(({ units }) => new Uint8Array(units));
  }
}

/** What a layer is called in a network of so many, inputs and outputs included. */
export function layerName(layer: number, layers: number): string {
  if (layer === 0) return 'inputs';
  if (layer === layers - 1) return 'outputs';
  return layers > 3 ? `hidden layer ${layer}` : 'hidden layer';
}

/** Layers of so many units; those between inputs and outputs may have degrees. */
export function networkLayers(
  sizes: readonly number[],
  order: Int32Array,
  hidden: readonly (Int32Array | null)[],
): NetworkLayer[] {
  return sizes.map((units, l) => ({
    name: layerName(l, sizes.length),
    units,
    degrees: l === 0 || l === sizes.length - 1 ? order : (hidden[l - 1] ?? null),
  }));
}
