/** How much of a row a model keeps until the gradient has gone back through it: what bounds the size of a batch. */

/** Numbers, float32 each. */
export interface RowValues {
  /** Kept of one row from the way there for the way back, at least. */
  readonly kept: number;
  /** Of one row in the largest tensor. */
  readonly largest: number;
}
