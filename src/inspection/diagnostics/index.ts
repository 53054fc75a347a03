/** Every diagnostic, in the order in which findings are listed. Add one: its file, its id, its line here, its topic. */
import type { DiagnosticId, Finding, Outcome, Severity } from '../findings.ts';
import { aboveBaseline } from './aboveBaseline.ts';
import { activationGrowth } from './activationGrowth.ts';
import { batchNorm } from './batchNorm.ts';
import { bitsPerDim } from './bitsPerDim.ts';
import { blindSpot } from './blindSpot.ts';
import { boundViolated } from './boundViolated.ts';
import { carriedState } from './carriedState.ts';
import { constantColumns } from './constantColumns.ts';
import type { DiagnosticContext } from './context.ts';
import { deadUnits } from './deadUnits.ts';
import { decoderVariance } from './decoderVariance.ts';
import { degenerateDimension } from './degenerateDimension.ts';
import { ensembleSpace } from './ensembleSpace.ts';
import { frozen } from './frozen.ts';
import { futureLeak } from './futureLeak.ts';
import { ignoredCondition } from './ignoredCondition.ts';
import { inverseError } from './inverseError.ts';
import { logDet } from './logDet.ts';
import { lostDependency } from './lostDependency.ts';
import { maskOverwritesWeights } from './maskOverwritesWeights.ts';
import { nan } from './nan.ts';
import { notALikelihood } from './notALikelihood.ts';
import { orderInverse } from './orderInverse.ts';
import type { Diagnostic } from './outcome.ts';
import { overfit } from './overfit.ts';
import { posteriorCollapse } from './posteriorCollapse.ts';
import { scaleBlowUp } from './scaleBlowUp.ts';
import { singularMixing } from './singularMixing.ts';
import { slowDirection } from './slowDirection.ts';
import { untransformed } from './untransformed.ts';
import { wrongSplit } from './wrongSplit.ts';

export const diagnostics: Readonly<Record<DiagnosticId, Diagnostic>> = {
  nan,
  'future-leak': futureLeak,
  'not-a-likelihood': notALikelihood,
  'bound-violated': boundViolated,
  'log-det': logDet,
  'order-inverse': orderInverse,
  'inverse-error': inverseError,
  'batch-norm': batchNorm,
  'carried-state': carriedState,
  'bits-per-dim': bitsPerDim,
  'scale-blow-up': scaleBlowUp,
  'singular-mixing': singularMixing,
  'ensemble-space': ensembleSpace,
  'mask-overwrites-weights': maskOverwritesWeights,
  'ignored-condition': ignoredCondition,
  'lost-dependency': lostDependency,
  'blind-spot': blindSpot,
  untransformed,
  'slow-direction': slowDirection,
  'posterior-collapse': posteriorCollapse,
  'decoder-variance': decoderVariance,
  'dead-units': deadUnits,
  'activation-growth': activationGrowth,
  'above-baseline': aboveBaseline,
  overfit,
  frozen,
  'wrong-split': wrongSplit,
  'constant-columns': constantColumns,
  'degenerate-dimension': degenerateDimension,
};

/** Outcomes of every diagnostic on one context. */
export function diagnose(context: DiagnosticContext): Outcome[] {
  return Object.values(diagnostics).map((diagnostic) => diagnostic.judge(context));
}

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** The findings among outcomes, the gravest first. */
export function findingsOf(outcomes: readonly Outcome[]): Finding[] {
  return outcomes
    .flatMap((outcome) => (outcome.state === 'finding' ? [outcome.finding] : []))
    .sort((a, b) => rank[a.severity] - rank[b.severity]);
}
