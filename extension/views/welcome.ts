import * as vscode from 'vscode';
import { contextKeys, walkthroughId } from '../ids.ts';
import type { RunStore } from '../runs/runStore.ts';

const MEMORY_KEY = 'welcomed';
const WANTED = 'workbench.welcomePage.walkthroughs.openOnInstall';

/**
 * Opens the walkthrough the first time that a workspace with experiments and without runs is opened, unless the user
 * does not want walkthroughs to open.
 */
export async function welcomeOnce(
  context: vscode.ExtensionContext,
  store: RunStore,
  scanned: Promise<void>,
): Promise<void> {
  const wanted = vscode.workspace.getConfiguration().get<boolean>(WANTED, true);
  if (!wanted || context.globalState.get<boolean>(MEMORY_KEY, false)) return;
  await scanned;
  if (store.experiments.length === 0 || store.runs.length > 0) return;
  // Somebody who has opened a file already is not led away from it; the next window may be the right moment.
  if (vscode.window.activeTextEditor) return;
  await context.globalState.update(MEMORY_KEY, true);
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#${walkthroughId}`);
  // A walkthrough ticks off what changes while it listens; that there are experiments was so before.
  await vscode.commands.executeCommand('setContext', contextKeys.examplesTaken, true);
}
