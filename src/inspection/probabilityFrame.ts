/** What the view of the total probability shows, as plain data. */
import type { FrameBase } from './frames.ts';
import type { ImageSize } from '../spec/imageShape.ts';

/** Real variables that a density is integrated over: more would need too many nodes. */
export const MOST_INTEGRATED = 2;

/** Why a flow of so many variables shows no total: it has no conditionals that could be integrated one by one. */
export function notIntegrated(dimension: number): string {
  return `The integral of a flow’s density can be computed for up to ${MOST_INTEGRATED} variables; this one has ${dimension}.`;
}

/** What may be chosen of it. */
export interface ProbabilityChoice {
  /** Of models of labels: what all is given, from 0, or `FIRST_LABEL`: that of a row of the data. */
  readonly label: number;
}

/** exp(log p) added up over everything that there can be, or over as much of it as can be gone through. */
export interface ProbabilityFrame extends FrameBase {
  readonly kind: 'probability';
  /** Set when all masks were averaged, and not `mask` alone. */
  readonly ensemble?: true;
  readonly dimension: number;
  /** Height and width if a row is an image. */
  readonly image: ImageSize | null;
  /** If a row is a piece of text: its characters, in the order of their numbers. */
  readonly characters?: readonly string[];
  /** What exp was taken of: log p, a bound of it, or minus a loss. */
  readonly quantity: { readonly kind: 'exact' | 'bound' | 'loss'; readonly name: string };
  /** Why not everything, or nothing, was added up; null where everything was. */
  readonly reason: string | null;
  readonly sum: RowSum | GridSum | null;
  /** Whether a closer look would show no more. */
  readonly complete: boolean;
}

/** Σ of one mask alone. */
export interface MaskTotal {
  readonly mask: number;
  readonly total: number;
}

/** What was held fast while the other variables took all of their values. */
export interface Given {
  readonly split: 'train' | 'validation';
  /** Row of the data, from 0. */
  readonly row: number;
  /** Variables that took all values, in the model's order. */
  readonly variables: Int32Array;
  /** Position of the first of them, from 1. */
  readonly position: number;
  /** Probability of the values that the row has itself; with real variables the density there. */
  readonly own: number;
}

/** One label of those that there are. */
export interface GivenLabel {
  readonly index: number;
  /** What it is, where that is known. */
  readonly name?: string;
  /** How many there are, and what they are, as far as that is known. */
  readonly count: number;
  readonly names: readonly string[];
}

interface SumBase {
  /** Σ p, or ∫ p: 1 for a density. */
  readonly total: number;
  /** The same of every mask alone that took part. */
  readonly perMask: readonly MaskTotal[];
  /** Values held fast; null where every variable took all of its values. */
  readonly given: Given | null;
  /** Row of the data (from 0) whose context all was conditioned on; null without context. */
  readonly context: number | null;
  /** Of models of labels, the one that all was conditioned on, rows of the data included. */
  readonly label?: GivenLabel;
  /** −Σ p log p in nats (−∫ p log p), where p adds up to 1; null otherwise. */
  readonly entropy: number | null;
}

/** Over rows of binary values or of levels. */
export interface RowSum extends SumBase {
  readonly over: 'rows';
  /** Values of a variable: 2 for binary ones. */
  readonly levels: number;
  /** Rows gone through. */
  readonly rows: number;
  /** Fewest rows that carry half of the total. */
  readonly half: number;
  /** The total of the `rank` most probable rows as a share of all, at some ranks. */
  readonly cumulative: Cumulative;
  /** The most probable rows. */
  readonly most: {
    /** [n, D] 0 … levels − 1. */
    readonly values: Uint8Array;
    readonly probability: Float64Array;
    /** Share of the training rows that are this one; null where values were held fast. */
    readonly frequency: Float64Array | null;
  };
  readonly data: DataFit | null;
}

export interface Cumulative {
  readonly rank: Float64Array;
  readonly share: Float64Array;
}

/** How the training rows lie under the model. */
export interface DataFit {
  readonly rows: number;
  readonly distinct: number;
  /** Entropy of the training rows' frequencies, nats. */
  readonly entropy: number;
  /** KL(frequencies ‖ model), nats; infinite where a training row has no probability. */
  readonly kl: number;
  /** Probability of all rows that occur among the training rows. */
  readonly covered: number;
  readonly cumulative: Cumulative;
}

/** Over a grid of one or two real variables, by the trapezoidal rule. */
export interface GridSum extends SumBase {
  readonly over: 'grid';
  /** The variables of the grid, from 0. */
  readonly variables: Int32Array;
  /** Ends of the grid by variable, in the data's units. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Nodes a side. */
  readonly nodes: number;
  /** |∫ by all nodes − ∫ by every other one|: no less than the error, where the density is smooth on the grid. */
  readonly error: number;
  /** Largest density at the grid's edge, as a share of the largest anywhere: what is beyond is not counted. */
  readonly edge: number;
  /** Share of the grid that carries half of the total. */
  readonly half: number;
  /** Nodes a side of `values`. */
  readonly shown: number;
  /** [shown] or [shown, shown] densities; the second variable's nodes as rows. */
  readonly values: Float32Array;
  /** [n, variables] some training rows, or the value of the row that was held fast. */
  readonly points: Float32Array;
}

/**
 * What is 1 but for rounding: sums over rows in float32, of up to a million rows; integrals over a grid, whose nodes may
 * miss what is narrow and whose ends leave something out.
 */
const TOLERANCE = { rows: 1e-5, grid: 1e-2 } as const;

export function isOne(total: number, over: keyof typeof TOLERANCE): boolean {
  return Math.abs(total - 1) <= TOLERANCE[over];
}
