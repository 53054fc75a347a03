/** What models over images make of one row: what each of its pixels costs, and the maps that it is turned into. */
import type { ImageSize } from '../../spec/imageShape.ts';
import type { FrameBase, SamplesFrame } from '../frames.ts';

/** Asks for the row that costs most of those looked at. */
export const COSTLIEST = -1;
/** Asks for the layer before the last. */
export const BEFORE_LAST = -1;

export interface RowSurpriseChoice {
  /** A row of those not trained on, from 0, or {@link COSTLIEST}. */
  readonly row: number;
}

/** Of one row, a picture, the parts of −log p(x), nats. */
export interface RowSurpriseFrame extends FrameBase {
  readonly kind: 'rowSurprise';
  readonly dimension: number;
  readonly image: ImageSize | null;
  /** order[d] is the position of variable d, 1 … D. */
  readonly order: Int32Array;
  readonly split: 'train' | 'validation';
  /** Of so many. */
  readonly row: number;
  readonly allRows: number;
  /** The row itself. */
  readonly picture: SamplesFrame;
  /** Whether the variables are real: then these are densities' and may be negative. */
  readonly real: boolean;
  /** [D] −log p(x_d | x_<d). */
  readonly surprise: Float64Array;
  /** [D] entropy of p(· | x_<d), or null where the model does not tell its conditionals. */
  readonly entropy: Float64Array | null;
  /** NLL of the rows that it is compared with, drawn once and for all; nats. */
  readonly others: Float64Array;
}

export interface FeatureMapsChoice {
  /** A layer, from 0, or {@link BEFORE_LAST}. */
  readonly layer: number;
  /** A row of those not trained on, from 0. */
  readonly row: number;
}

/** The maps of one layer of a network over pixels, for one row. */
export interface FeatureMapsFrame extends FrameBase {
  readonly kind: 'featureMaps';
  /** Height, width and channels of the image. */
  readonly size: readonly [height: number, width: number, channels: number];
  readonly split: 'train' | 'validation';
  readonly row: number;
  readonly allRows: number;
  /** The row itself; its image is null where it has neither one channel nor three. */
  readonly picture: SamplesFrame;
  /** All layers that can be looked at, in the order of computation. */
  readonly layers: readonly FeatureLayer[];
  /** The one shown. */
  readonly layer: number;
  /** [channels, H, W] of the layer shown. */
  readonly values: Float32Array;
}

export interface FeatureLayer {
  /** As its parameters are named: `layers.0.state`. */
  readonly name: string;
  /** What is shown of it: results of its sums, states, or what goes on from it past a block. */
  readonly role: 'preactivation' | 'activation' | 'residual';
  readonly channels: number;
}
