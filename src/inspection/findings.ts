/** Findings of the diagnostics, as plain data. The ids are those of the catalogue in each diagnostic's own file. */
import type { ViewId } from './views.ts';

export const diagnosticIds = [
  'future-leak',
  'lost-dependency',
  'blind-spot',
  'activation-growth',
  'dead-units',
  'above-baseline',
  'constant-columns',
  'overfit',
  'nan',
  'frozen',
  'not-a-likelihood',
  'wrong-split',
  'order-inverse',
  'ensemble-space',
  'ignored-condition',
  'mask-overwrites-weights',
  'degenerate-dimension',
  'log-det',
  'inverse-error',
  'batch-norm',
  'carried-state',
  'bits-per-dim',
  'scale-blow-up',
  'singular-mixing',
  'untransformed',
  'slow-direction',
  'posterior-collapse',
  'bound-violated',
  'decoder-variance',
] as const;
export type DiagnosticId = (typeof diagnosticIds)[number];

export type Severity = 'error' | 'warning' | 'info';

/** One line of evidence: what was measured and what it was. */
export interface Evidence {
  readonly label: string;
  /** Formatted for people, with its unit. */
  readonly value: string;
}

/** "Why does this matter?" */
export interface Topic {
  readonly title: string;
  /** Plain text, one entry a paragraph. */
  readonly paragraphs: readonly string[];
}

/** What to point at in a view; everything counted from 0. */
export type Selection =
  | { readonly kind: 'unit'; readonly layer: number; readonly unit: number }
  | { readonly kind: 'pair'; readonly output: number; readonly input: number }
  | { readonly kind: 'variable'; readonly variable: number }
  | { readonly kind: 'parameter'; readonly name: string };

/** Something that is wrong with a run, with the numbers that show it. */
export interface Finding {
  readonly id: DiagnosticId;
  readonly severity: Severity;
  /** One line: "3 of 120 forbidden pairs leak". */
  readonly title: string;
  /** What it means and what to do, in two or three sentences. */
  readonly explanation: string;
  readonly evidence: readonly Evidence[];
  /** The view that shows it, and what to select there. */
  readonly view: ViewId;
  readonly select?: Selection;
  /** Step at which it was last seen. */
  readonly step: number;
}

/**
 * The outcome of one diagnostic: silent (`ok`), a finding, or not applicable with its reason. `unmeasured` where it would
 * apply, and what it judges by has not been measured.
 */
export type Outcome =
  | { readonly id: DiagnosticId; readonly state: 'ok' }
  | { readonly id: DiagnosticId; readonly state: 'finding'; readonly finding: Finding }
  | {
      readonly id: DiagnosticId;
      readonly state: 'not-applicable';
      readonly reason: string;
      readonly unmeasured?: true;
    };
