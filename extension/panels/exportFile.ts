/** Saves what the page hands over, where the user says. */
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { WebviewRequests } from '../../src/protocol/webview.ts';
import { exportName } from './exportName.ts';

const labels = { svg: 'SVG', png: 'PNG', csv: 'CSV', json: 'JSON' } as const;

/** The saved file's name, or null when the user thought better of it. */
export async function saveExport(
  { name, format, content }: WebviewRequests['exportFile']['params'],
  experimentFile: string,
): Promise<string | null> {
  const uri = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(dirname(experimentFile), exportName(name, format))),
    filters: { [labels[format]]: [format] },
    title: vscode.l10n.t('Export as {0}', labels[format]),
  });
  if (!uri) return null;
  await vscode.workspace.fs.writeFile(uri, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  return basename(uri.path);
}
