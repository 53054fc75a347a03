/** What a flow's diagram for a hover is drawn by. */
import type { BitMatrix } from '../masks/bits.ts';
import type { FlowLayerStructure } from '../masks/flowLayers.ts';
import type { Theme } from './theme.ts';

/** The part of the specification that is being pointed at. */
export type FlowHighlight =
  'layers' | 'split' | 'permutation' | 'scale' | 'base' | 'hidden' | 'batchNorm' | 'dequantise';

export interface FlowDiagram {
  readonly dimension: number;
  readonly layers: readonly FlowLayerStructure[];
  /** [D] the variable that each u continues. */
  readonly variables: Int32Array;
  /** [D, D] what u may depend on, null where there are too many variables to tell. */
  readonly dependencies: BitMatrix | null;
  /** Height, width where the rows of a flow of vectors are images. */
  readonly image: readonly [number, number] | null;
  /** "Gaussian" */
  readonly base: string;
  /** Whether what moves is shifted only. */
  readonly additive: boolean;
}

/**
 * Height of the picture, px: a hover of the editor has 250 px before it scrolls, and some lines of words stand above the
 * picture.
 */
export const FLOW_HEIGHT = 136;

/** Variables that have a lane and a name each. */
export const MOST_LANES = 12;
export interface ColumnBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Column {
  readonly layer: FlowLayerStructure;
  /** Its number among the layers, from 1. */
  readonly number: number;
  readonly x: number;
  readonly width: number;
  /** [D] the variable at each place before the layer, and behind it. */
  readonly before: Int32Array;
  readonly after: Int32Array;
}

/** A column, and what it is drawn by. */
export interface ColumnPart {
  readonly flow: FlowDiagram;
  readonly column: Column;
  readonly box: ColumnBox;
  readonly theme: Theme;
  readonly highlight: FlowHighlight | undefined;
}
