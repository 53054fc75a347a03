/** Models of text: rows that follow one another, whose states are carried from each to the next. */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../layers/parameters.ts';
import type { ReadingWeights } from '../layers/recurrent/reading.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { CellName } from '../spec/cell.ts';
import type { Conditionals, DensityInputs } from './model.ts';

/** What came of rows that were read on from a state. */
export interface ReadOn {
  /** [B] in the quantity's unit, as {@link Stream.objective} says. */
  readonly values: Tensor1D;
  /** The states after the last character of each row, all their names present. No gradient flows through them. */
  readonly state: NamedTensors;
}

/**
 * Several texts read side by side, each row from the state that the row before it in the same text has left: [B, …] by
 * name. A state holds all that a row's conditionals know of what was before it. Everything here is a pure function of tensors,
 * so that states can go with the optimiser's from step to step and into checkpoints.
 */
export interface Stream {
  /** The states before the first character of so many texts: zeros, and no character before. */
  start(streams: number): NamedArrays;
  /**
   * −log p(x | all before it) of rows x [B, T] in nats, dropout among the noise applied: [B]. Differentiable in the parameters, not
   * in the states: truncated back-propagation through time (Williams & Peng 1990) reaches T characters back.
   */
  objective(x: Tensor2D, state: NamedTensors, inputs: DensityInputs): ReadOn;
}

/** Conditionals of the characters of a text, by a recurrent network. */
export interface TextConditionals extends Conditionals {
  /** V, characters that there are. */
  readonly vocabulary: number;
  readonly cell: CellName;
  /** Units of each recurrent layer. */
  readonly hidden: readonly number[];
  /** Numbers that a character is turned into; null for one-hot. */
  readonly embedding: number | null;
  /** The parameters as they are read with in plain arrays, one character after the other; they are not copied. */
  weights(parameters: NamedArrays): ReadingWeights;
}
