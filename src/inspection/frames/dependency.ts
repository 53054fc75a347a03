/** What one output depends on. */
import type { ImageSize } from '../../spec/imageShape.ts';
import type { FrameBase } from '../frames.ts';

/** Asks for the output that comes last in the order, the one that may see all others; of networks over pixels for the one in the middle. */
export const LAST_IN_ORDER = -1;

/** What may be chosen of it. */
export interface DependencyChoice {
  /** The output, counted from 0, or {@link LAST_IN_ORDER}. */
  readonly output: number;
}

export interface DependencyFrame extends FrameBase {
  readonly kind: 'dependency';
  readonly dimension: number;
  /** Height and width if a row is an image, and 3 channels if it is in colour. */
  readonly image: ImageSize | null;
  /** order[d] is the position of variable d, 1 … D. */
  readonly order: Int32Array;
  /** The output shown, counted from 0. */
  readonly output: number;
  /** Layers of the network, inputs and outputs included. */
  readonly layers: number;
  /** Rows of data averaged over. */
  readonly dataRows: number;
  /** [D], 1 at the inputs from which the masks leave a path to the output. */
  readonly reached: Uint8Array;
  /**
   * Of networks over pixels: [D], 1 at the earlier variables to which no number of layers would lead, its blind spot; others
   * without a path are merely far away. Left out where every earlier variable should have one.
   */
  readonly blind?: Uint8Array;
  /** [D] mean over rows of |∂ output / ∂ x_j|, exact. */
  readonly strength: Float32Array;
  /** Of networks over pixels; left out of others. */
  readonly growth?: ReachGrowth;
  /** Of networks over pixels of several channels; left out of others. */
  readonly channels?: ChannelMatrix;
}

/** How far the output's pixel has heard behind each layer, by the masks. */
export interface ReachGrowth {
  /** [L] "first layer", "layer 1", …: what the maps come from. */
  readonly names: readonly string[];
  /** [D] the layer, from 0, behind which an input has first come to the output; −1 where it never does. */
  readonly first: Int16Array;
}

/** Which colours of the output's pixel hear which, [C, C] row-major: output colours as rows, input colours as columns. */
export interface ChannelMatrix {
  /** C */
  readonly count: number;
  /** The pixel, in raster order from 0: so many are before it. */
  readonly pixel: number;
  /** Of the pixel itself: whether the masks leave a path, and the mean |∂|. */
  readonly own: { readonly paths: Uint8Array; readonly strength: Float32Array };
  /** Of the pixels before it: from how many the masks leave a path, and the sum of their mean |∂|. */
  readonly earlier: { readonly paths: Int32Array; readonly strength: Float32Array };
}
