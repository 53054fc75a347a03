/** What the scaling spectrum shows, as plain data. */
import type { FrameBase } from '../frames.ts';
import type { ImageSize } from '../../spec/imageShape.ts';

/** σ_d = 1/S_dd of a flow's diagonal scaling, and what principal components of the same rows come to. */
export interface SpectrumFrame extends FrameBase {
  readonly kind: 'spectrum';
  readonly dimension: number;
  /** Height and width if a row is an image. */
  readonly image: ImageSize | null;
  /** Why there is nothing to show; null where there is. */
  readonly reason: string | null;
  /** Which of the flow's layers is shown, counted from 0: the last that scales. */
  readonly layer: number;
  readonly layers: number;
  /** [D] σ by place. */
  readonly sigma: Float64Array;
  /** [D] the same before the first step. */
  readonly initial: Float64Array;
  /** [D] the variable of the data that each place continues: the place itself but behind layers that change places. */
  readonly variables: Int32Array;
  /** What the flow leads to, "standard logistic". */
  readonly base: string;
  /** Standard deviation of one coordinate of the base; 1 where its coordinates are not alike. */
  readonly baseDeviation: number;
  /**
   * [D] standard deviations √λ along the principal components of training rows, as they come into the first layer that
   * learns, falling; null where they are left out.
   */
  readonly components: Float64Array | null;
  /** Training rows that they are of. */
  readonly componentRows: number;
  /** Why they are left out, in a sentence; null where they are not. */
  readonly noComponents: string | null;
  /** Whether a closer look would show no more. */
  readonly complete: boolean;
}
