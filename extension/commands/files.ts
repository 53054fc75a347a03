/** Opening experiments and run folders, deleting runs. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { startTime, stateWord } from '../views/words.ts';
import { chooseExperiment, chooseRun } from './targets.ts';

export async function openExperiment(app: App, target: unknown): Promise<void> {
  const file = await chooseExperiment(app, target, vscode.l10n.t('Open which experiment?'));
  if (file !== undefined) await app.inspector.openFile(file);
}

export async function openRunFolder(app: App, target: unknown): Promise<void> {
  const run = await chooseRun(app, target, {
    title: vscode.l10n.t('Open the folder of which run?'),
    none: vscode.l10n.t('There are no runs yet.'),
    suits: () => true,
  });
  if (!run) return;
  const uri = vscode.Uri.file(run.path);
  // The explorer shows what lies in the workspace; the system's file manager shows the rest.
  const inWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(inWorkspace ? 'revealInExplorer' : 'revealFileInOS', uri);
}

export async function deleteRun(app: App, target: unknown): Promise<void> {
  const run = await chooseRun(app, target, {
    title: vscode.l10n.t('Delete which run?'),
    none: vscode.l10n.t('There is no run to delete; a run that is being trained is stopped first.'),
    suits: (candidate) => !candidate.training && candidate.state !== 'elsewhere',
  });
  if (!run) return;
  const name = run.manifest ? `${run.manifest.experiment}, ${startTime(run.manifest.created)}` : run.path;
  const confirm = vscode.l10n.t('Delete');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete the run “{0}” ({1})?', name, stateWord(run.state)),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Its folder with weights, metrics and samples is deleted for good: {0}',
        vscode.workspace.asRelativePath(run.path),
      ),
    },
    confirm,
  );
  if (answer !== confirm) return;
  const { experimentFile } = run;
  await app.runs.delete(run);
  await app.inspector.runDeleted(run, app.store.entry(experimentFile).runs[0] ?? null);
}
