/** Parameters, as layers and models declare them and take them. */
import type { Tensor } from '@tensorflow/tfjs-core';

/** Tensors by their dotted names. The caller owns them. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** One parameter: trained, unless it says otherwise. */
export interface ParameterSpec {
  /** Stable dotted name, as it stands in a checkpoint: `hidden.0.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** One line with the shape in letters: "[H₁, D] weights of hidden layer 1". */
  readonly description: string;
  /** Whether the model has a mask for it, of its own shape. */
  readonly masked: boolean;
  /** Left out: it is. Others are measured (statistics of batch normalisation), kept with the rest and never stepped. */
  readonly trainable?: false;
}
