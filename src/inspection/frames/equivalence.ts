/** What the view of the two divergences shows, as plain data. */
import type { FrameBase } from '../frames.ts';

/** KL(data ‖ model) in x and KL(p_u ‖ base) in u, row by row; p_u is the density of u = f(x) for x from the data. */
export interface EquivalenceFrame extends FrameBase {
  readonly kind: 'equivalence';
  readonly dimension: number;
  /** Why there is nothing to show; null where there is. */
  readonly reason: string | null;
  /** Which direction of the layers is one pass: to the base (MAF), from it (IAF), or some of each. */
  readonly direction: 'maf' | 'iaf' | 'both';
  readonly base: string;
  readonly split: 'train' | 'validation';
  /** Rows of the split. */
  readonly allRows: number;
  /** The density that the rows were drawn from; null where it is not known. */
  readonly truth: EquivalenceTruth | null;
  /** [rows] their numbers in the split, counted from 0. */
  readonly row: Int32Array;
  /**
   * [rows] log p*(x) − log p(x) in nats, p* the density of the data; −log p(x) where that is not known. By f and its
   * log-determinant.
   */
  readonly inX: Float64Array;
  /**
   * [rows] log p_u(u) − log p_base(u) in nats, log p_u(u) = log p*(x) + log|det ∂x/∂u|; without log p* where that is not
   * known. By the way back, x = f⁻¹(u), and its own log-determinant.
   */
  readonly inU: Float64Array;
  /** [rows] largest |x − f⁻¹(f(x))| of a variable. */
  readonly wayBack: Float32Array;
  /** Rows that do not come back to themselves, of 1 and the size of x beyond what rounding of a few layers leaves. */
  readonly lost: number;
  /** Of those the ones that f does not lead to the same u again: these come back by another map than that of f. */
  readonly elsewhere: number;
  /** Rows that come back where p* has no density, by rounding; they are not among those above. */
  readonly outside: number;
  /** Whether a closer look would show no more. */
  readonly complete: boolean;
}

export interface EquivalenceTruth {
  /** Name of the generator. */
  readonly name: string;
  /** Mean of −log p* in nats over all rows of the split, over the first of them where they are very many. */
  readonly nats: number;
}
