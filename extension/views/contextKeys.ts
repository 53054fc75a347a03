/** Keeps the `when` clauses' context keys up to date. */
import * as vscode from 'vscode';
import { contextKeys } from '../ids.ts';
import type { RunService } from '../runs/runService.ts';
import type { RunStore } from '../runs/runStore.ts';

export function followContextKeys(store: RunStore, runs: RunService): vscode.Disposable {
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  const update = () => {
    const all = store.runs;
    set(contextKeys.hasExperiments, store.experiments.length > 0);
    set(contextKeys.hasRuns, all.length > 0);
    set(
      contextKeys.anyRunning,
      all.some((run) => run.training && run.state !== 'paused'),
    );
    set(
      contextKeys.anyPaused,
      all.some((run) => run.state === 'paused'),
    );
    set(
      contextKeys.anyContinuable,
      all.some((run) => run.continuable),
    );
    set(contextKeys.hasCurrentRun, runs.current !== null);
    if (all.some((run) => run.metrics.length > 0 || (run.manifest?.step ?? 0) > 0)) set(contextKeys.hasTrained, true);
  };
  const subscriptions = [store.changed.event(update), runs.currentChanged.event(update)];
  update();
  return { dispose: () => subscriptions.forEach((subscription) => subscription.dispose()) };
}
