import type { RandomGenerator } from '../../random/generator.ts';

/** One row and the label that it has by its making, see `generators` in `spec/data.ts`. */
export interface LabelledRow {
  readonly values: ArrayLike<number>;
  readonly label: number;
}

/** Draws one row of a generated data set. */
export type RowSampler = (random: RandomGenerator) => LabelledRow;
