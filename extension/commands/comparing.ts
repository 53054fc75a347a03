/** Compare Runs: two of the tree, the one that is in view and another, or two that the user picks. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import { measuredApart } from '../../src/figures/compareWords.ts';
import { pickRun, runOf } from './targets.ts';

export async function compareRuns(app: App, target: unknown, selection?: unknown): Promise<void> {
  await app.scanned;
  const selected = Array.isArray(selection) ? selection.flatMap((node: unknown) => runOf(app, node) ?? []) : [];
  if (selected.length > 2) {
    throw new Error(vscode.l10n.t('Two runs can be compared; {0} are selected.', selected.length));
  }
  const [given = runOf(app, target), second] = selected;
  const all = app.store.runs.filter(({ manifest }) => manifest !== null);
  if (all.length < 2)
    throw new Error(vscode.l10n.t('There are no two runs to compare: train an experiment once more.'));
  const run = given ?? (await first(app, all));
  if (!run) return;
  const others = all.filter((candidate) => candidate !== run);
  const other = second ?? (await pickRun(others, vscode.l10n.t('Compare with which run?'), comparedFirst(run)));
  if (other) await app.inspector.compare(run, other);
}

/** Before all others those whose scores may be compared: of as many variables, and by a likelihood. */
function comparedFirst({ manifest }: RunRecord): (candidate: RunRecord) => boolean {
  return (candidate) =>
    manifest !== null &&
    candidate.manifest !== null &&
    measuredApart({ manifest }, { manifest: candidate.manifest }) === null;
}

/** The run that is shown or was last started, else one that is picked. */
function first(app: App, runs: readonly RunRecord[]): RunRecord | undefined | Promise<RunRecord | undefined> {
  const { current } = app.runs;
  return current && runs.includes(current) ? current : pickRun(runs, vscode.l10n.t('Compare which run?'));
}
