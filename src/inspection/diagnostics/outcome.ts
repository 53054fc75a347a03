/** Small words shared by the diagnostics: building outcomes, formatting evidence for people. */
import { measureOf, type Measure } from '../../text/measure.ts';
import { formatCount } from '../../text/numbers.ts';
import type { DiagnosticId, Finding, Outcome, Topic } from '../findings.ts';
import type { ContextOf, RunMoment } from './context.ts';
import type { MeasurementId } from './measurements/index.ts';

export { inputName, pairName } from '../../text/notation.ts';
export { formatCount as count, plural } from '../../text/numbers.ts';

/** One diagnostic: a judgement on a context. Pure and quick; what is costly was measured before. */
export interface Diagnostic<Needs extends MeasurementId = MeasurementId> {
  readonly id: DiagnosticId;
  /** Why it matters, told to somebody who meets it first. */
  readonly topic: Topic;
  /** What it judges by, beside the state of the run. Whatever could not be measured is null. */
  readonly needs: readonly Needs[];
  readonly judge: (context: ContextOf<Needs>) => Outcome;
}

/** Declares a diagnostic, which then sees no more than it says it needs. */
export function diagnostic<Needs extends MeasurementId = never>(declared: Diagnostic<Needs>): Diagnostic {
  return declared;
}

export function ok(id: DiagnosticId): Outcome {
  return { id, state: 'ok' };
}

export function notApplicable(id: DiagnosticId, reason: string): Outcome {
  return { id, state: 'not-applicable', reason };
}

/** It would apply: what it judges by has not been measured, here or yet. */
export function notMeasured(id: DiagnosticId, reason: string): Outcome {
  return { id, state: 'not-applicable', reason, unmeasured: true };
}

export function finding(
  id: DiagnosticId,
  context: Pick<RunMoment, 'step'>,
  found: Omit<Finding, 'id' | 'step'>,
): Outcome {
  return { id, state: 'finding', finding: { id, step: context.step, ...found } };
}

/** An amount of what a run reports, in its unit. */
export function amount(value: number, unit: string): string {
  return `${value.toFixed(Math.abs(value) < 10 ? 3 : 2)} ${unit}`;
}

/** What a run reports of each epoch, as findings call it: where it is an estimate they say so. */
export function epochMeasure(quantity: RunMoment['quantity']): Pick<Measure, 'name' | 'unit'> {
  const { name, unit } = measureOf(quantity);
  return { name: quantity.estimate ? `${name} (${quantity.estimate})` : name, unit };
}

export function nats(value: number): string {
  return amount(value, 'nats');
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(share !== 0 && share < 0.1 ? 1 : 0)} %`;
}

/** Three significant digits. */
export function short(value: number): string {
  return value === 0 ? '0' : Number(value.toPrecision(3)).toString();
}

const SHOWN = 5;

/** The first few of a list, and how many more there are; `total` when the list itself is only a beginning. */
export function some(items: readonly string[], total = items.length): string {
  const shown = items.slice(0, SHOWN);
  return shown.join(', ') + (total > shown.length ? ` and ${formatCount(total - shown.length)} more` : '');
}
