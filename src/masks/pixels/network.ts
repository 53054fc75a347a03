/**
 * The layers of a PixelCNN or PixelRNN as a list of nodes: what every reader of it goes by, whether it computes with tensors,
 * draws one pixel after the other, or asks what a pixel can see. Plain numbers, no tensors.
 *
 * Maps have the image's size. Pixels come in raster order, the colours of a pixel in the order of its channels. Every
 * channel of a map belongs to a colour g: it helps to predict colour g and those after it, and may know no more of the pixel
 * itself than they (van den Oord, Kalchbrenner & Kavukcuoglu 2016, section 3.4).
 */
import type { ImageShape } from '../../spec/models/splits.ts';

/**
 * Which cells of a kernel are there. `A`: the pixels before, and of the pixel itself the colours before. `B`: its own colour
 * as well. `above`: the rows above alone. `rows`: the own row, too, all of it: for maps that know the rows above alone, and
 * for those that will be shifted down by a row.
 */
export type MaskRule = 'A' | 'B' | 'above' | 'rows';

/** Cells of a kernel around the pixel that it computes: the own row and some above it, columns to both sides. */
export interface Kernel {
  /** Rows, the own one included. */
  readonly rows: number;
  readonly left: number;
  readonly right: number;
}

interface PixelMap {
  /** [channels] colour of each, from 0, ascending within each part of a gate. */
  readonly colours: Int32Array;
}

/** The image itself. */
export interface ImageNode extends PixelMap {
  readonly kind: 'image';
}

export interface ConvolutionNode extends PixelMap {
  readonly kind: 'convolution';
  /** As its parameters are named: `blocks.0.spatial`. */
  readonly name: string;
  readonly from: number;
  readonly kernel: Kernel;
  readonly rule: MaskRule;
  /** Whether what rows are conditioned on enters here. */
  readonly conditioned: boolean;
}

/** max(0, z) */
export interface ReluNode extends PixelMap {
  readonly kind: 'relu';
  readonly from: number;
}

/** tanh(first half) ∘ σ(second half) */
export interface GateNode extends PixelMap {
  readonly kind: 'gate';
  readonly from: number;
}

export interface SumNode extends PixelMap {
  readonly kind: 'sum';
  readonly from: readonly [number, number];
  /** The block whose residual connection it is, `blocks.0`: what goes past the block comes first. Left out for other sums. */
  readonly block?: string;
}

/**
 * How a recurrent layer goes through an image: from row to row; along the diagonals from the upper left, so that a pixel comes
 * behind its left and its upper neighbour; or along those from the upper right (van den Oord, Kalchbrenner & Kavukcuoglu 2016,
 * sections 3.1 and 3.2).
 */
export type Course = 'rows' | 'diagonals' | 'mirrored';

/**
 * LSTM of the gates that a convolution gives, [4 · h] channels: input, forget, output, candidate. The gates hear the states h
 * at {@link heardFrom}, all of whose colours are known; the memory c comes from the row above or the pixel before it.
 */
export interface RecurrentNode extends PixelMap {
  readonly kind: 'recurrent';
  /** As its parameters are named: `layers.0.state`. */
  readonly name: string;
  /** The gates' convolution, which nothing else reads. */
  readonly from: number;
  readonly course: Course;
  /** Of states heard from the row above: how many side by side, odd. 1 along diagonals. */
  readonly width: number;
}

/** Every row that of the row above it, the first one 0: what was known of a row may then be heard by all of the next. */
export interface ShiftNode extends PixelMap {
  readonly kind: 'shift';
  readonly from: number;
}

export type PixelNode = ImageNode | ConvolutionNode | ReluNode | GateNode | SumNode | RecurrentNode | ShiftNode;

/** Nodes in the order of computation: the first is the image, the last has the parameters of the conditionals, [C·k]. */
export interface PixelNetwork {
  readonly image: ImageShape;
  readonly nodes: readonly PixelNode[];
}

/** What a network is built from. */
export interface PixelArchitecture {
  readonly image: ImageShape;
  /** Channels of the maps between the layers. */
  readonly features: number;
  /** Residual blocks, gated layers, or layers of LSTMs. */
  readonly layers: number;
  /** Sides of the kernels, odd: of the first layer, and of those after it. */
  readonly firstKernel: number;
  readonly kernel: number;
  /** Of the first layer. */
  readonly maskType: 'A' | 'B';
  /** Channels of the last hidden layer. */
  readonly head: number;
  /** k, parameters of each conditional. */
  readonly perVariable: number;
}

/** The maps that a node is computed from. */
export function sourcesOf(node: PixelNode): readonly number[] {
  if (node.kind === 'image') return [];
  return node.kind === 'sum' ? node.from : [node.from];
}

/** A cell from a pixel: rows up are negative, columns to the left are. */
export type Cell = readonly [row: number, column: number];

/** The pixels whose states a recurrent layer's gates hear, in the order of their weights. */
export function heardFrom({ course, width }: Pick<RecurrentNode, 'course' | 'width'>): readonly Cell[] {
  if (course === 'rows') return Array.from({ length: width }, (_, i) => [-1, i - (width - 1) / 2]);
  return [
    [-1, 0],
    [0, course === 'diagonals' ? -1 : 1],
  ];
}
