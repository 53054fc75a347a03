/** What a model shows of its inner workings. */
import type { Tensor } from '@tensorflow/tfjs-core';

/** One intermediate result of an evaluation. */
export interface Activation {
  /** The layer as its parameters are named: `hidden.0`, `output`. */
  readonly layer: string;
  /**
   * `logProb`: the terms that the log-likelihood is the sum of; `loss`: those of a loss that is no likelihood; `place`:
   * where the rows stand after a layer of a flow; `residual`: what goes into the first of several residual blocks, and what
   * comes out of each, by the connection past it.
   */
  readonly role: 'preactivation' | 'activation' | 'residual' | 'place' | 'logProb' | 'loss';
  /** Of a `residual`: whether it is what goes into the first block, rather than what comes out of one. */
  readonly begins?: true;
  /** Rows first, units (or channels) last: [N, …, units]. */
  readonly value: Tensor;
}

/** `hidden.0.preactivation` */
export function activationName({ layer, role }: Pick<Activation, 'layer' | 'role'>): string {
  return `${layer}.${role}`;
}
