/** What a command is meant for: what it was called on, else the experiment in view, else what the user picks. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { RunRecord } from '../runs/runRecord.ts';
import { isExperimentFile } from '../../src/runs/names.ts';
import { age, startTime, stateIcon, summaryLine } from '../views/words.ts';

/** The run that a tree node, a CodeLens or the status bar stands for. */
export function runOf(app: App, target: unknown): RunRecord | null {
  if (target === 'current') return app.runs.current;
  if (typeof target !== 'object' || target === null) return null;
  return 'run' in target && target.run instanceof RunRecord ? target.run : null;
}

/** The experiment file that an argument stands for: its address, its tree node, or one of its runs. */
export function experimentOf(app: App, target: unknown): string | null {
  if (target instanceof vscode.Uri) return isExperimentFile(target.fsPath) ? target.fsPath : null;
  const run = runOf(app, target);
  if (run) return run.experimentFile;
  if (typeof target !== 'object' || target === null || !('entry' in target)) return null;
  const { entry } = target;
  return typeof entry === 'object' && entry !== null && 'file' in entry && typeof entry.file === 'string'
    ? entry.file
    : null;
}

/** The experiment that the user looks at: the active editor's, the inspector's, or the only one to be seen. */
export function experimentInView(app: App): string | null {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active && isExperimentFile(active.fsPath)) return active.fsPath;
  if (app.inspector.experimentInFront !== null) return app.inspector.experimentInFront;
  const visible = vscode.window.visibleTextEditors.map(({ document }) => document.uri.fsPath).filter(isExperimentFile);
  return visible.length === 1 ? visible[0]! : null;
}

/** An experiment to work on; undefined when the user thought better of it. @throws Error when there is none. */
export async function chooseExperiment(app: App, target: unknown, title: string): Promise<string | undefined> {
  const file = experimentOf(app, target) ?? experimentInView(app);
  if (file !== null) return file;
  await app.scanned;
  const { experiments } = app.store;
  if (experiments.length === 0) {
    throw new Error(vscode.l10n.t('There is no experiment (*.lens.json) in this workspace.'));
  }
  if (experiments.length === 1) return experiments[0]!.file;
  const items = experiments.map(({ file: path, name, runs }) => ({
    label: name,
    iconPath: new vscode.ThemeIcon('beaker'),
    description: vscode.workspace.asRelativePath(path),
    detail: runs[0] ? summaryLine(runs[0]) : vscode.l10n.t('no runs yet'),
    path,
  }));
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  return picked?.path;
}

/** Which runs a command works on, and what to say when there is none. */
export interface RunQuestion {
  readonly title: string;
  readonly none: string;
  readonly suits: (run: RunRecord) => boolean;
}

/** A run to work on; undefined when the user thought better of it. @throws Error when none suits. */
export async function chooseRun(app: App, target: unknown, question: RunQuestion): Promise<RunRecord | undefined> {
  const { title, none, suits } = question;
  const given = runOf(app, target);
  if (given) {
    if (suits(given)) return given;
    throw new Error(none);
  }
  await app.scanned;
  const file = experimentOf(app, target) ?? experimentInView(app);
  const ofFile = file === null ? [] : app.store.entry(file).runs.filter(suits);
  const { current } = app.runs;
  if (current && ofFile.includes(current)) return current;
  if (ofFile.length > 0) return ofFile[0];
  if (target !== undefined) throw new Error(none);
  const all = app.store.runs.filter(suits);
  if (all.length === 0) throw new Error(none);
  if (all.length === 1) return all[0];
  return pickRun(all, title);
}

export async function pickRun(
  runs: readonly RunRecord[],
  title: string,
  comesFirst: (run: RunRecord) => boolean = () => true,
): Promise<RunRecord | undefined> {
  const items = [...runs]
    .sort(
      (a, b) =>
        Number(comesFirst(b)) - Number(comesFirst(a)) ||
        (b.manifest?.created ?? '').localeCompare(a.manifest?.created ?? ''),
    )
    .map((run) => ({
      label: run.manifest ? `${run.manifest.experiment}, ${startTime(run.manifest.created)}` : run.path,
      iconPath: stateIcon(run.state),
      description: run.manifest ? age(run.manifest.created) : '',
      detail: summaryLine(run),
      run,
    }));
  return (await vscode.window.showQuickPick(items, { title, matchOnDetail: true }))?.run;
}
