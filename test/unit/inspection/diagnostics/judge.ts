/** Gathers a context from a model and asks one diagnostic. */
import type { Backend } from '../../../../src/backends/backend.ts';
import type { DiagnosticContext } from '../../../../src/inspection/diagnostics/context.ts';
import { ContextGatherer, type Depth, unmeasured } from '../../../../src/inspection/diagnostics/gather.ts';
import { diagnostics } from '../../../../src/inspection/diagnostics/index.ts';
import type { DiagnosticId, Finding, Outcome } from '../../../../src/inspection/findings.ts';
import { toEnd } from '../../../../src/inspection/source.ts';
import type { Model } from '../../../../src/models/model.ts';
import type { EpochMetric, Metric } from '../../../../src/runs/metrics.ts';
import { type SourceOptions, sourceOf } from '../specimens.ts';

export async function contextOf(
  model: Model,
  backend: Backend,
  o: SourceOptions & { readonly depth?: Depth; readonly metrics?: readonly Metric[] } = {},
): Promise<DiagnosticContext> {
  const run = { metrics: o.metrics ?? [], norms: null, failure: null, over: false };
  return toEnd(new ContextGatherer(sourceOf(model, backend, o), () => run).gather(o.depth ?? 'full'));
}

/** A run of which nothing is known. */
const emptyContext: DiagnosticContext = {
  step: 0,
  epoch: 0,
  modelType: 'made',
  dimension: 4,
  flow: null,
  contextDimension: 0,
  masked: true,
  support: 'binary',
  quantity: { kind: 'exact', name: 'log-likelihood', unit: 'nats' },
  maskCount: 1,
  weightNames: [],
  metrics: [],
  norms: null,
  failure: null,
  over: false,
  ...unmeasured,
};

export function outcomeOf(id: DiagnosticId, context: Partial<DiagnosticContext>): Outcome {
  return diagnostics[id].judge({ ...emptyContext, ...context });
}

/** State of the outcome, with the finding if there is one. */
export function judge(id: DiagnosticId, context: Partial<DiagnosticContext>): string | Finding {
  const outcome = outcomeOf(id, context);
  return outcome.state === 'finding' ? outcome.finding : outcome.state;
}

export function evidenceOf(outcome: string | Finding): Record<string, string> {
  if (typeof outcome === 'string') throw new Error(`no finding: ${outcome}`);
  return Object.fromEntries(outcome.evidence.map(({ label, value }) => [label, value]));
}

/** Epochs with these training and validation NLLs. */
export function epochs(train: readonly number[], validation: readonly (number | null)[]): EpochMetric[] {
  return train.map((nats, i) => ({
    type: 'epoch',
    step: 10 * (i + 1),
    epoch: i + 1,
    seconds: i,
    train: nats,
    validation: validation[i] ?? null,
    best: false,
    rowsPerSecond: 1000,
  }));
}
