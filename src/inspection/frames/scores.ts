/** How rows that the model was not trained on score, one by one: what two models are compared by. */
import type { FrameBase } from '../frames.ts';

export interface ScoresFrame extends FrameBase {
  readonly kind: 'scores';
  /** The rows are the first of this split. */
  readonly split: 'test' | 'validation';
  /** Of so many. */
  readonly of: number;
  /** [rows] negative log-likelihood in nats, of the ensemble over the model's masks. */
  readonly nats: Float64Array;
  /** Checksum of the rows scored: the same for two models only if they were given the same rows in the same order. */
  readonly data: number;
  /** What is scored, "NLL". */
  readonly quantity: string;
}
