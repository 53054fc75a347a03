/** Everything that can be measured for the diagnostics, in the order of measuring. Add one: its file, its line here. */
import { activationRates } from './activationRates.ts';
import { baseline } from './baseline.ts';
import { carriedState } from './carriedState.ts';
import { columns } from './columns.ts';
import { contextDependence } from './contextDependence.ts';
import { ensemble } from './ensemble.ts';
import { flowCoverage } from './flowCoverage.ts';
import { flowLogDet } from './flowLogDet.ts';
import { flowMovement } from './flowMovement.ts';
import { flowParameters } from './flowParameters.ts';
import { flowTotal } from './flowTotal.ts';
import { jacobian } from './jacobian.ts';
import { latentBound } from './latentBound.ts';
import { maskSwitch } from './maskSwitch.ts';
import type { Measurement } from './measurement.ts';
import { passes } from './passes.ts';
import { residualGrowth } from './residualGrowth.ts';
import { roundTrip } from './roundTrip.ts';
import { rowsAlone } from './rowsAlone.ts';
import { samplerAgreement } from './samplerAgreement.ts';
import { score } from './score.ts';
import { smallest } from './smallest.ts';
import { splits } from './splits.ts';
import { structures } from './structures.ts';
import { totalProbability } from './totalProbability.ts';
import { uniformBits } from './uniformBits.ts';
import { values } from './values.ts';

export const measurements = {
  structures,
  columns,
  values,
  splits,
  baseline,
  residualGrowth,
  smallest,
  flowCoverage,
  uniformBits,
  passes,
  activationRates,
  jacobian,
  contextDependence,
  samplerAgreement,
  flowParameters,
  flowMovement,
  roundTrip,
  rowsAlone,
  carriedState,
  flowLogDet,
  flowTotal,
  latentBound,
  maskSwitch,
  ensemble,
  totalProbability,
  score,
} as const;

export type MeasurementId = keyof typeof measurements;

type ResultOf<M> = M extends Measurement<infer T> ? T : never;

/** What has been measured; null what has not, or cannot be. */
export type Measured = { readonly [Id in MeasurementId]: ResultOf<(typeof measurements)[Id]> | null };
