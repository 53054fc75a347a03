/** The line above an experiment: what can be done with it now, and how its newest run stands. */
import * as vscode from 'vscode';
import { commandIds, internalCommandIds } from '../ids.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import type { RunStore } from '../runs/runStore.ts';
import { Throttle } from '../throttle.ts';
import { age, summaryLine } from './words.ts';

/** The text moves while it is read if it changes more often. */
const REFRESH_MS = 1000;

export class ExperimentCodeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #store: RunStore;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #refresh = new Throttle(REFRESH_MS, () => this.#changed.fire());
  readonly #subscriptions: { dispose(): void }[];

  constructor(store: RunStore) {
    this.#store = store;
    this.#subscriptions = [
      store.changed.event(() => this.#refresh.request()),
      // Also of a run that has just ended: it would be called training for good.
      store.runChanged.event(() => this.#refresh.request()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#refresh.request()),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const file = document.uri.fsPath;
    const { runs } = this.#store.entry(file);
    const active = runs.find((run) => run.training);
    const commands = active ? controlsOf(active) : offersOf(file, runs);
    const top = new vscode.Range(0, 0, 0, 0);
    return commands.map((command) => new vscode.CodeLens(top, command));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#refresh.dispose();
    this.#changed.dispose();
  }
}

function controlsOf(run: RunRecord): vscode.Command[] {
  const node = { kind: 'run', run };
  const command = (id: string, title: string): vscode.Command => ({ command: id, title, arguments: [node] });
  const paused = run.state === 'paused';
  const controllable = paused || run.state === 'running';
  return [
    ...(paused ? [command(commandIds.resume, `$(debug-continue) ${vscode.l10n.t('Resume')}`)] : []),
    ...(run.state === 'running' ? [command(commandIds.pause, `$(debug-pause) ${vscode.l10n.t('Pause')}`)] : []),
    ...(controllable ? [command(internalCommandIds.step, `$(debug-step-over) ${vscode.l10n.t('Step…')}`)] : []),
    command(commandIds.stop, `$(debug-stop) ${vscode.l10n.t('Stop')}`),
    ...(controllable ? [command(commandIds.sample, `$(sparkle) ${vscode.l10n.t('Sample')}`)] : []),
    command(commandIds.inspect, `$(eye) ${vscode.l10n.t('Inspect')}`),
    command(commandIds.inspect, summaryLine(run)),
  ];
}

function offersOf(file: string, runs: readonly RunRecord[]): vscode.Command[] {
  const uri = vscode.Uri.file(file);
  const newest = runs[0];
  const lenses: vscode.Command[] = [
    vscode.workspace.isTrusted
      ? { command: commandIds.train, title: `$(play) ${vscode.l10n.t('Train')}`, arguments: [uri] }
      : {
          command: internalCommandIds.manageTrust,
          title: `$(shield) ${vscode.l10n.t('Trust this workspace to train')}`,
        },
  ];
  if (newest?.continuable && vscode.workspace.isTrusted) {
    const title = `$(debug-continue) ${vscode.l10n.t('Continue')}`;
    lenses.push({ command: commandIds.continueTraining, title, arguments: [{ kind: 'run', run: newest }] });
  }
  if (runs.some((run) => run.hasWeights) && vscode.workspace.isTrusted) {
    lenses.push({ command: commandIds.sample, title: `$(sparkle) ${vscode.l10n.t('Sample')}`, arguments: [uri] });
  }
  lenses.push({ command: commandIds.inspect, title: `$(eye) ${vscode.l10n.t('Inspect')}`, arguments: [uri] });
  if (newest) {
    const when = newest.manifest ? ` · ${age(newest.manifest.created)}` : '';
    const title = vscode.l10n.t('last run: {0}', `${summaryLine(newest)}${when}`);
    lenses.push({ command: commandIds.inspect, title, arguments: [{ kind: 'run', run: newest }] });
  }
  return lenses;
}
