/** Everything that can be measured for the diagnostics, in the order of measuring. Add one: its file, its line here. */
import { activationRates } from './activationRates.ts';
import { baseline } from './baseline.ts';
import { columns } from './columns.ts';
import { jacobian } from './jacobian.ts';
import type { Measurement } from './measurement.ts';
import { score } from './score.ts';
import { structures } from './structures.ts';
import { totalProbability } from './totalProbability.ts';

export const measurements = {
  structures,
  columns,
  baseline,
  activationRates,
  jacobian,
  totalProbability,
  score,
} as const;

export type MeasurementId = keyof typeof measurements;

type ResultOf<M> = M extends Measurement<infer T> ? T : never;

/** What has been measured; null what has not, or cannot be. */
export type Measured = { readonly [Id in MeasurementId]: ResultOf<(typeof measurements)[Id]> | null };
