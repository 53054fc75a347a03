/** What a model's diagram for a hover is drawn by. */
import type { Theme } from './theme.ts';

/** The part of the specification that is being pointed at. */
export type DiagramHighlight = 'hidden' | 'order' | 'degrees' | 'masks' | 'direct' | 'conditioning' | 'conditional';

/** What of a model its layers and masks alone do not tell. */
export interface DiagramLabels {
  /** Units of each layer that one node stands for, inputs first: of more than one, with what they are called together. */
  readonly several?: readonly (Several | null)[];
  /** Numbers that each output gives, k; 1 where left out. */
  readonly perOutput?: number;
  /** Whether a matrix of ones' weights stands beside each mask (MADE's U). */
  readonly companions?: boolean;
  /** What the rows are conditioned on: how many columns (null where that is not known yet), and the layers it leads to. */
  readonly context?: { readonly size: number | null; readonly into: readonly number[] };
  /** Each weight matrix in words, where units of the drawing are not units of the model. */
  readonly joints?: readonly JointLabel[];
}

/** A node that is several units. */
export interface Several {
  /** Of the row, in place of the layer's own. */
  readonly name: string;
  /** Under it, "500 units each". */
  readonly note: string;
}

export interface JointLabel {
  readonly name: string;
  /** "500 × 784" */
  readonly size: string;
  /** Under the picture. */
  readonly counted: string;
}

export interface DiagramOptions {
  readonly theme: Theme;
  readonly width: number;
  readonly highlight?: DiagramHighlight | undefined;
  readonly labels?: DiagramLabels;
}

/** A part of the picture with the height it takes. */
export interface Body<Marks> {
  readonly height: number;
  readonly marks: Marks;
}

/** A hover is 250 px high, its words included: the picture is wide rather than tall. */
export const HEIGHT = 150;
