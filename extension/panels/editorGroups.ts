/** The editor groups as they are: which of them have a file and which the inspector. */
import * as vscode from 'vscode';
import { inspectorViewType } from '../ids.ts';
import type { EditorGroup } from './columns.ts';

export function editorGroups(file: string): EditorGroup[] {
  const isFile = (tab: vscode.Tab | undefined) =>
    tab?.input instanceof vscode.TabInputText && tab.input.uri.fsPath === file;
  return vscode.window.tabGroups.all.map(({ viewColumn, tabs, activeTab }) => ({
    column: viewColumn,
    hasFile: tabs.some(isFile),
    showsFile: isFile(activeTab),
    hasInspector: tabs.some(
      // The editor puts a prefix of its own before a panel's type.
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(inspectorViewType),
    ),
  }));
}

/** The editor has nine groups and no more. */
const { One, Two, Three, Four, Five, Six, Seven, Eight, Nine } = vscode.ViewColumn;
const columns: readonly vscode.ViewColumn[] = [One, Two, Three, Four, Five, Six, Seven, Eight, Nine];

/** Column of an editor group, counted from 1. */
export const asColumn = (column: number): vscode.ViewColumn => columns[column - 1] ?? Nine;

/** Brings a file to the front of a group, or opens it there; null leaves the group to the editor. */
export async function showFile(file: string, column: number | null, preserveFocus = false): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    preserveFocus,
    ...(column !== null && { viewColumn: asColumn(column) }),
  });
}
