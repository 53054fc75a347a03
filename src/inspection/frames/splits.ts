/** What every layer of a flow lets pass and what it moves, variable by variable, and by how much. */
import type { FlowLayerKind } from '../../flows/flow.ts';
import type { ImageSize } from '../../spec/imageShape.ts';
import type { FrameBase } from '../frames.ts';

/** Parts of a histogram: an odd number, so that the middle one is about 0. */
export const SPREAD_BINS = 15;

/** How a number spreads over the rows, at every place. */
export interface Spread {
  /** [D] mean over rows, and the values that a twentieth of the rows lies below and above. */
  readonly mean: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
  /**
   * [D, SPREAD_BINS] rows in equal parts from −{@link reach} to reach; null where the places are too many to be sent so.
   */
  readonly counts: Uint16Array | null;
  /** The furthest value from 0 of all places of this layer: layers have axes of their own. */
  readonly reach: number;
  /** [SPREAD_BINS] the same of all places that are moved, together. */
  readonly pooled: Uint32Array;
}

export interface SplitLayer {
  readonly kind: FlowLayerKind;
  readonly title: string;
  readonly about: string;
  /** [D] the place before the layer that each place after it continues. */
  readonly origin: Int32Array;
  /** [D] the variable of the data at each place after the layer. */
  readonly variable: Int32Array;
  /** [D], 1 at the places after the layer that it transforms. */
  readonly moves: Uint8Array;
  /** Whether the layer lets variables decide about others, or treats each by itself (scaling, normalising). */
  readonly mixes: boolean;
  /**
   * y = x·exp(log-scale) + shift, of each place. null where nothing is scaled (or shifted) at all, and both of layers that
   * are no such map of each variable.
   */
  readonly logScale: Spread | null;
  readonly shift: Spread | null;
  /** Mean over rows of log|det| in nats, its standard deviation. */
  readonly logDet: { readonly mean: number; readonly deviation: number };
}

export interface SplitsFrame extends FrameBase {
  readonly kind: 'splits';
  readonly dimension: number;
  /** Height and width if a row is an image. */
  readonly image: ImageSize | null;
  readonly split: 'train' | 'validation';
  readonly dataRows: number;
  /** In words: "standard Gaussian". */
  readonly base: string;
  readonly layers: readonly SplitLayer[];
  /** [D] by variable of the data: how many layers that mix transform it. */
  readonly times: Int32Array;
  /** Least and largest log-scales and shifts of the layers that mix, 0 included: what others do is not learnt from rows. */
  readonly range: { readonly logScale: readonly [number, number]; readonly shift: readonly [number, number] };
}
