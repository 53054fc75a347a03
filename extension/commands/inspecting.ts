/** Inspect, and what the Diagnostics view offers. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { showExplanation } from '../panels/explanation.ts';
import { chooseExperiment, chooseRun, experimentOf, runOf } from './targets.ts';
import { findingOf } from './findingTarget.ts';

export async function inspect(app: App, target: unknown): Promise<void> {
  const run = runOf(app, target);
  const file =
    run?.experimentFile ??
    experimentOf(app, target) ??
    (await chooseExperiment(app, target, vscode.l10n.t('Inspect which experiment?')));
  if (file === undefined) return;
  await app.scanned;
  const { runs } = app.store.entry(file);
  const shown = run ?? runs.find((candidate) => candidate.training) ?? runs[0] ?? null;
  await app.inspector.show({ experimentFile: file, run: shown });
}

/** Opens the inspector at the view, and the unit, that shows a finding. */
export async function revealFinding(app: App, target: unknown): Promise<void> {
  const found = findingOf(target);
  if (!found) return;
  const { run, finding } = found;
  await app.inspector.show({ experimentFile: run.experimentFile, run });
  app.inspector.reveal(finding.view, finding.select);
}

export async function explainFinding(_app: App, target: unknown): Promise<void> {
  const found = findingOf(target);
  const topic = found?.finding.id ?? outcomeId(target);
  if (topic !== null) await showExplanation(topic);
}

function outcomeId(target: unknown): string | null {
  if (typeof target !== 'object' || target === null || !('outcome' in target)) return null;
  const { outcome } = target;
  return typeof outcome === 'object' && outcome !== null && 'id' in outcome ? String(outcome.id) : null;
}

export async function runDiagnostics(app: App, target: unknown): Promise<void> {
  const run = await chooseRun(app, target ?? (app.runs.current ? 'current' : undefined), {
    title: vscode.l10n.t('Check which run?'),
    none: vscode.l10n.t('There is no run with weights to check.'),
    suits: (candidate) => candidate.hasWeights,
  });
  if (!run) return;
  app.runs.setCurrent(run);
  await vscode.window.withProgress({ location: { viewId: 'likelihoodLens.diagnostics' } }, () =>
    app.runs.diagnose(run),
  );
}
