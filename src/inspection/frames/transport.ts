/** How a flow of two variables carries rows from x to u, layer by layer, and back. */
import type { FrameBase } from '../frames.ts';

/** Asks for the condition of the first row that is shown. */
export const FIRST_LABEL = -1;

/** What may be chosen of it. */
export interface TransportChoice {
  /** Of models of labels: which, from 0, or {@link FIRST_LABEL}. */
  readonly label: number;
}

/** A layer in words, as the flow tells it. */
export interface LayerWords {
  readonly title: string;
  readonly about: string;
}

/** Where rows stand: stage 0 is x, stage l what comes out of layer l, stage L is u. */
export interface TransportFrame extends FrameBase {
  readonly kind: 'transport';
  readonly layers: readonly LayerWords[];
  /** In words: "standard Gaussian". */
  readonly base: string;
  readonly split: 'train' | 'validation';
  /** Rows that are carried, and rows that the split has (of the label, where there is one). */
  readonly rows: number;
  readonly allRows: number;
  /** What grid, samples and contours are conditioned on: a label, one row's values, or nothing. */
  readonly condition:
    | { readonly kind: 'label'; readonly label: number; readonly names: readonly string[]; readonly count: number }
    | { readonly kind: 'values'; readonly row: number }
    | null;
  /** [rows] their numbers in the split, from 0. */
  readonly row: Int32Array;
  /** [L + 1, rows, 2] */
  readonly points: Float32Array;
  /** [L, rows] log|det| of each layer, nats. */
  readonly logDet: Float32Array;
  /** [rows] log p_base(u), nats. */
  readonly logBase: Float32Array;
  /** [rows, 2] where each row lies in the base, −1 … 1 in each direction: 0 is the middle. */
  readonly place: Float32Array;
  /** [L + 1, n, 2] draws from the base led back, and where they lie in it, [n, 2]. */
  readonly samples: Float32Array;
  readonly samplePlace: Float32Array;
  /** Lines of a grid that is even in x, and of one that is even in u: [L + 1, lines, nodes, 2]. */
  readonly lines: number;
  readonly nodes: number;
  readonly evenInX: Float32Array;
  readonly evenInU: Float32Array;
  /** [L + 1, 3] what is looked at, at each stage: the lower left corner, and the side of the square. */
  readonly windows: Float32Array;
  /** Nodes a side of {@link logDensity}. */
  readonly cells: number;
  /**
   * [L + 1, cells, cells] log density of a stage's place under the layers after it, in the middle of each cell; NaN at the
   * stages between x and u until {@link complete}.
   */
  readonly logDensity: Float32Array;
  /** [L + 1, shares] log density above which {@link massShares} of the probability lie; NaN where the window holds less. */
  readonly levels: Float32Array;
  /** Whether a closer look would show no more. */
  readonly complete: boolean;
}

/** Shares of the probability that the contours enclose, in the order of {@link TransportFrame.levels}. */
export const massShares = [0.25, 0.5, 0.75, 0.95] as const;
