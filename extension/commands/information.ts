/** Show Backends. */
import * as vscode from 'vscode';
import type { DeviceReport } from '../../src/protocol/worker.ts';
import type { App } from '../app.ts';
import { settingIds } from '../ids.ts';

export async function showBackends(app: App): Promise<void> {
  const devices = app.supervisor.devices();
  const items = devices.then((reports) => reports.map(itemOf));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Backends on this machine'),
    placeHolder: vscode.l10n.t('Choose one to open its setting; "auto" takes the fastest that works'),
    matchOnDescription: true,
  });
  if (picked) await vscode.commands.executeCommand('workbench.action.openSettings', settingIds.backend);
}

function itemOf({ name, available, version, device, reason }: DeviceReport): vscode.QuickPickItem {
  return {
    label: name,
    iconPath: new vscode.ThemeIcon(available ? 'pass' : 'circle-slash'),
    description: [available ? vscode.l10n.t('available') : vscode.l10n.t('not available'), version]
      .filter((part) => part !== null)
      .join(' · '),
    detail: (available ? device : reason) ?? '',
  };
}
