/** How far a model is from the density that its rows were drawn from, for data that is generated. */
import { type Truth, truthOf } from '../data/generated/truth.ts';
import type { Matrix } from '../data/dataset.ts';
import type { Model } from '../models/model.ts';
import { type DataSpec, generators } from '../spec/data.ts';
import { minus } from '../text/numbers.ts';

/** Written by `lens evaluate --json` under `truth`; all in nats. */
export interface Gap {
  /** Mean of −log p of the same rows under the density that they were drawn from. */
  readonly nats: number;
  /** H of that density, what `nats` tends to for many rows; H given the label where the model is given it. */
  readonly entropy: number;
  readonly entropyError: number;
  /** Mean of log p(x) − log q(x) over the rows, q the model: an estimate of KL(p ‖ q). */
  readonly gap: number;
  /** s/√N of those differences row by row: far less than that of either mean. */
  readonly standardError: number;
}

type Scorer = Pick<Model, 'quantity' | 'support'>;

/**
 * @param perRow log q of every row. @returns null where the two do not compare: no exact density of the rows is known, the
 * model has none, or it has a density where the rows have probabilities.
 */
export function gapOf(spec: DataSpec, rows: Matrix, model: Scorer, perRow: Float64Array): Gap | null {
  if (!('generate' in spec) || model.quantity.kind === 'loss') return null;
  if ((generators[spec.generate].values === 'real') !== (model.support === 'real')) return null;
  const truth = truthOf(spec, rows);
  return truth && gapTo(truth, perRow);
}

function gapTo(truth: Truth, perRow: Float64Array): Gap {
  const count = perRow.length;
  const differences = truth.perRow.map((log, row) => log - perRow[row]!);
  const gap = meanOf(differences);
  const squares = differences.reduce((sum, difference) => sum + (difference - gap) ** 2, 0);
  return {
    nats: -meanOf(truth.perRow),
    entropy: truth.entropy.nats,
    entropyError: truth.entropy.error,
    gap,
    standardError: count > 1 ? Math.sqrt(squares / (count - 1) / count) : 0,
  };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Float32 cannot tell a smaller gap from none. */
const ROUNDING = 1e-4;

/** The lines below a score: what the truth scores on the same rows, and how much more the model pays. */
export function gapPairs(
  { nats, entropy, gap, standardError }: Gap,
  { kind }: Scorer['quantity'],
): readonly (readonly [string, string])[] {
  const size = `${minus(gap.toFixed(3))} ± ${standardError.toFixed(3)} nats`;
  return [
    ['True density', `${minus(nats.toFixed(3))} nats on the same rows; entropy ${minus(entropy.toFixed(3))} nats`],
    ['Gap to it', `${size}, ${meaningOf(gap, standardError, kind)}`],
  ];
}

function meaningOf(gap: number, standardError: number, kind: Scorer['quantity']['kind']): string {
  if (!Number.isFinite(gap)) return 'as the model gives some row no probability, or none that is a number';
  if (gap < -4 * standardError - ROUNDING)
    return 'further below 0 than chance allows: no density is, on rows that it was not fitted to';
  const divergence = 'KL divergence of the model from the true density';
  return kind === 'bound' ? `at least the ${divergence}: the score is a bound` : `an estimate of the ${divergence}`;
}
