/** The density that an experiment's rows were drawn from, where it is known: what a model's score can be held against. */
import { type DataSpec, type GeneratorName, generators } from '../../spec/data.ts';
import { columnsTaken } from '../../spec/facts.ts';
import type { Matrix } from '../dataset.ts';
import { type Entropy, entropyOf, logDensity } from './index.ts';

export interface Truth {
  readonly name: GeneratorName;
  /** Whether it is a density of points, or the probabilities of binary rows. */
  readonly values: 'real' | 'binary';
  /** What the density is given: the row's own label for models that are conditioned on it. */
  readonly given: 'nothing' | 'label';
  /** [rows] log p of every row in nats, a probability for binary rows. */
  readonly perRow: Float64Array;
  /** Computed when it is read. */
  readonly entropy: Entropy;
}

/**
 * The truth about rows of a split of a data set. null where no exact density of them is known: rows from files, points made
 * binary, and rows some of whose columns are conditioned on.
 */
export function truthOf(spec: DataSpec, rows: Matrix): Truth | null {
  if (!('generate' in spec) || columnsTaken(spec).size > 0) return null;
  const name = spec.generate;
  if (generators[name].values === 'real' && spec.binarize !== 'none') return null;
  const perRow = Float64Array.from({ length: rows.rows }, (_, row) =>
    logDensity(name, rows.values, row * rows.columns, rows.context && labelOf(rows.context, row)),
  );
  const given = rows.context === undefined ? 'nothing' : 'label';
  return {
    name,
    values: generators[name].values,
    given,
    perRow,
    // An integral that may take seconds, the first time.
    get entropy() {
      return entropyOf(name, given);
    },
  };
}

/** Which column of a one-hot context is 1. */
function labelOf({ columns, values }: Matrix, row: number): number {
  return values.subarray(row * columns, (row + 1) * columns).indexOf(1);
}
