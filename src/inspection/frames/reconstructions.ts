/** Rows of data, what comes of encoding and decoding them, and rows from nothing. */
import type { FrameBase, SamplesFrame } from '../frames.ts';

export interface ReconstructionsFrame extends FrameBase {
  readonly kind: 'reconstructions';
  readonly split: 'train' | 'validation';
  readonly allRows: number;
  /** [rows] numbers of the originals in the split. */
  readonly row: Int32Array;
  readonly originals: SamplesFrame;
  /** E[x|z] at the mean of each row's posterior. */
  readonly reconstructions: SamplesFrame;
  /** E[x|z] at draws z from the prior, the same at every look. */
  readonly samples: SamplesFrame;
  /** [rows] root mean square of original minus reconstruction over the variables. */
  readonly error: Float32Array;
  /** The same of the best that knows nothing of the row: the mean of these originals. */
  readonly baseline: number;
}
