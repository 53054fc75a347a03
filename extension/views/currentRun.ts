import type * as vscode from 'vscode';
import type { RunService } from '../runs/runService.ts';
import type { RunStore } from '../runs/runStore.ts';

const MEMORY_KEY = 'currentRun';

/** Keeps the current run across reloads of the window. */
export function rememberCurrentRun(
  memory: vscode.Memento,
  store: RunStore,
  runs: RunService,
  scanned: Promise<void>,
): vscode.Disposable {
  const remembered = memory.get<string>(MEMORY_KEY);
  void scanned.then(() => {
    if (remembered !== undefined && runs.current === null) runs.setCurrent(store.find(remembered));
  });
  return runs.currentChanged.event((run) => void memory.update(MEMORY_KEY, run?.path));
}
