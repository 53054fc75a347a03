/** Create Example Workspace: the shipped experiments with their data, copied to a folder of the user's. */
import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../app.ts';

const FOLDER = 'likelihood-lens-examples';
const FIRST = 'digits-made.lens.json';

export async function createExamples(app: App): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Where should the examples go?'),
    openLabel: vscode.l10n.t('Create Here'),
    canSelectFolders: true,
    canSelectFiles: false,
    canSelectMany: false,
  });
  const uri = chosen?.[0];
  if (!uri) return;
  if (uri.scheme !== 'file') throw new Error(vscode.l10n.t('The examples can only be created in a folder on disk.'));
  const target = (await isEmpty(uri.fsPath)) ? uri.fsPath : join(uri.fsPath, FOLDER);
  await mkdir(target, { recursive: true });
  // Files that are there already may be the user's by now.
  await cp(app.context.asAbsolutePath('dist/examples'), target, {
    recursive: true,
    force: false,
    filter: (source) => !source.endsWith('.made-from'),
  });
  if (vscode.workspace.getWorkspaceFolder(vscode.Uri.file(target))) {
    await vscode.window.showTextDocument(vscode.Uri.file(join(target, FIRST)));
    return;
  }
  const forceNewWindow = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(target), { forceNewWindow });
}

async function isEmpty(folder: string): Promise<boolean> {
  return (await readdir(folder)).every((name) => name.startsWith('.'));
}
