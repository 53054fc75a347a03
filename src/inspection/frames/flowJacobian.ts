/** The Jacobian of a flow, or of one of its layers: what may depend on what, what does, and by how much volume changes. */
import type { FlowLayerKind } from '../../flows/flow.ts';
import type { BitMatrix } from '../../masks/bits.ts';
import type { BlockForm } from '../../masks/blocks.ts';
import type { FrameBase } from '../frames.ts';
import type { JacobianCoding } from '../jacobianCodes.ts';

/** Asks for all layers together. */
export const WHOLE_FLOW = -1;

/** What may be chosen of it. */
export interface FlowJacobianChoice {
  /** The layer, counted from 0 at the data, or {@link WHOLE_FLOW}. */
  readonly layer: number;
}

/** A pair of places, counted from 0, and the mean |∂y_output / ∂x_input| between them. */
export interface PairValue {
  readonly output: number;
  readonly input: number;
  readonly value: number;
}

export interface FlowJacobianFrame extends FrameBase {
  readonly kind: 'flowJacobian';
  readonly dimension: number;
  /** What is shown: a layer, counted from 0, or {@link WHOLE_FLOW}. */
  readonly layer: number;
  /** All layers of the flow, from the data to the base. */
  readonly layers: readonly { readonly kind: FlowLayerKind; readonly title: string }[];
  /** Why there is no matrix; null where there is one. */
  readonly reason: string | null;
  /** [D, D] where a derivative may differ from 0, outputs as rows: of the whole flow the product of its layers'. */
  readonly structure: BitMatrix;
  /** [D] the place before that each place after continues. */
  readonly origin: Int32Array;
  /** [D] the variable of the data that stands at each place before, and after. */
  readonly variables: { readonly before: Int32Array; readonly after: Int32Array };
  readonly form: BlockForm;
  readonly split: 'train' | 'validation';
  /** Rows of data that were measured. */
  readonly dataRows: number;
  /** [D, D] row-major, mean over rows of |∂y_i/∂x_j|, outputs as rows; bytes where {@link coding} says what they mean. */
  readonly values: Float32Array | Uint8Array;
  readonly coding: JacobianCoding | null;
  /** Entries that are NaN or infinite. */
  readonly notFinite: number;
  /** Pairs that differ from 0 where the structure has nothing; the largest of them, largest first. */
  readonly leaks: number;
  readonly largestLeaks: readonly PairValue[];
  /** [rows] log|det ∂y/∂x| in nats, as the layers state it. */
  readonly stated: Float64Array;
  /** [rows] the same of the measured Jacobian of each row, by elimination in float64; empty where none was measured. */
  readonly numeric: Float64Array;
}
