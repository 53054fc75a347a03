/** What one output depends on. */
import type { FrameBase } from '../frames.ts';
import type { ImageSize } from '../../spec/imageShape.ts';

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
  /** Height and width if a row is an image. */
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
}
