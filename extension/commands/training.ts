/** Train, continue, pause, resume, step, stop. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { engine } from '../engine.ts';
import { commandIds, settingIds, treeViewIds } from '../ids.ts';
import { messageOf } from '../../src/protocol/rpc.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import { chooseExperiment, chooseRun, type RunQuestion } from './targets.ts';

export async function train(app: App, target: unknown): Promise<void> {
  const file = await chooseExperiment(app, target, vscode.l10n.t('Train which experiment?'));
  if (file === undefined || !(await readyToTrain(app, file))) return;
  const { run, started } = await app.runs.train(file);
  // An error is told once: here, and not by whoever else waits.
  const failed = started.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  await showTrained(app, file, run);
  await vscode.window.withProgress({ location: { viewId: treeViewIds.experiments } }, () => failed);
  const error = await failed;
  if (error) throw error;
}

/** Where that is wanted, the inspector of a run whose training begins or goes on. */
async function showTrained(app: App, experimentFile: string, run: RunRecord): Promise<void> {
  if (vscode.workspace.getConfiguration().get<boolean>(settingIds.openOnTrain, true)) {
    await app.inspector.show({ experimentFile, run }, { preserveFocus: true });
  }
}

/** Saves the experiment and looks for mistakes in it. */
async function readyToTrain(app: App, file: string): Promise<boolean> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === file);
  if (open?.isDirty && !(await open.save())) return false;
  const text = open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.file(file)));
  const { checkExperiment } = await engine.check();
  const errors = checkExperiment(text, await app.facts.contextOf(text, file)).filter(
    ({ severity }) => severity === 'error',
  );
  const first = errors[0];
  if (!first) return true;
  const show = vscode.l10n.t('Show Problems');
  const where = `${vscode.workspace.asRelativePath(file)}:${first.line}`;
  const more = errors.length > 1 ? ` ${vscode.l10n.t('({0} more)', errors.length - 1)}` : '';
  const answer = await vscode.window.showErrorMessage(`${where}: ${first.message}${more}`, show);
  if (answer === show) {
    const at = new vscode.Position(first.line - 1, first.column - 1);
    await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(at, at) });
    await vscode.commands.executeCommand('workbench.actions.view.problems');
  }
  return false;
}

const questions = {
  continue: (): RunQuestion => ({
    title: vscode.l10n.t('Continue which run?'),
    none: vscode.l10n.t('There is no stopped or interrupted run to continue.'),
    suits: (run) => run.continuable,
  }),
  pause: (): RunQuestion => ({
    title: vscode.l10n.t('Pause which run?'),
    none: vscode.l10n.t('No run is being trained.'),
    suits: (run) => run.state === 'running',
  }),
  resume: (): RunQuestion => ({
    title: vscode.l10n.t('Resume which run?'),
    none: vscode.l10n.t('No run is paused.'),
    suits: (run) => run.state === 'paused',
  }),
  step: (): RunQuestion => ({
    title: vscode.l10n.t('Step which run?'),
    none: vscode.l10n.t('No run is being trained.'),
    suits: (run) => run.state === 'running' || run.state === 'paused',
  }),
  stop: (): RunQuestion => ({
    title: vscode.l10n.t('Stop which run?'),
    none: vscode.l10n.t('No run is being trained.'),
    suits: (run) => run.training,
  }),
};

export async function continueTraining(app: App, target: unknown): Promise<void> {
  const run = await chooseRun(app, target, questions.continue());
  if (!run) return;
  const continued = app.runs.continueRun(run);
  // An error is told once, and not as one that nobody waited for while the page opens.
  continued.catch(() => undefined);
  await showTrained(app, run.experimentFile, run);
  await vscode.window.withProgress({ location: { viewId: treeViewIds.experiments } }, () => continued);
}

export async function pause(app: App, target: unknown): Promise<void> {
  const run = await chooseRun(app, target, questions.pause());
  if (run) await app.runs.pause(run);
}

export async function resume(app: App, target: unknown): Promise<void> {
  const run = await chooseRun(app, target, questions.resume());
  if (run) await app.runs.resume(run);
}

export async function step(app: App, target: unknown, unit: 'batch' | 'epoch'): Promise<void> {
  const run = await chooseRun(app, target, questions.step());
  if (run) await app.runs.step(run, unit);
}

/** Asks how far, for the CodeLens. */
export async function askAndStep(app: App, target: unknown): Promise<void> {
  const items = [
    { label: vscode.l10n.t('One batch'), command: commandIds.stepBatch },
    { label: vscode.l10n.t('To the end of the epoch'), command: commandIds.stepEpoch },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Step how far?') });
  if (picked) await step(app, target, picked.command === commandIds.stepBatch ? 'batch' : 'epoch');
}

export async function stop(app: App, target: unknown): Promise<void> {
  const run = await chooseRun(app, target, questions.stop());
  if (!run) return;
  try {
    await app.runs.stop(run);
  } catch (error) {
    // It ended by itself while it was asked to.
    if (run.training) throw error;
    app.log.log('info', messageOf(error));
  }
}
