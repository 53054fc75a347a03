/** Small words shared by the diagnostics: building outcomes, formatting evidence for people. */
import type { Pair } from '../../masks/network.ts';
import type { DiagnosticId, Finding, Outcome } from '../findings.ts';
import type { DiagnosticContext } from './context.ts';

/** One diagnostic: a judgement on a context. Pure and quick; what is costly was measured before. */
export interface Diagnostic {
  readonly id: DiagnosticId;
  judge(context: DiagnosticContext): Outcome;
}

export function ok(id: DiagnosticId): Outcome {
  return { id, state: 'ok' };
}

export function notApplicable(id: DiagnosticId, reason: string): Outcome {
  return { id, state: 'not-applicable', reason };
}

export function finding(id: DiagnosticId, context: DiagnosticContext, found: Omit<Finding, 'id' | 'step'>): Outcome {
  return { id, state: 'finding', finding: { id, step: context.step, ...found } };
}

/** 1234567 → "1,234,567". */
export function count(value: number): string {
  return value.toLocaleString('en-GB');
}

/** "1 unit", "3 units". */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

export function nats(value: number): string {
  return `${value.toFixed(Math.abs(value) < 10 ? 3 : 2)} nats`;
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
  return shown.join(', ') + (total > shown.length ? ` and ${count(total - shown.length)} more` : '');
}

const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';

/** 12 → "₁₂". */
export function subscript(value: number): string {
  return [...String(value)].map((digit) => SUBSCRIPTS[Number(digit)]).join('');
}

/** A pair in the notation of the views, counted from 1: "x̂₃ ← x₅". */
export function pairName({ output, input }: Pair): string {
  return `x̂${subscript(output + 1)} ← x${subscript(input + 1)}`;
}
