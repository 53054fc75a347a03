/** The one status bar item: the current run's state and its NLL, or loss. */
import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import type { RunService } from '../runs/runService.ts';
import { Throttle } from '../throttle.ts';
import { runDetails } from './details.ts';
import { stateCodicon, summaryLine } from './words.ts';

const REFRESH_MS = 500;

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('likelihoodLens.run', vscode.StatusBarAlignment.Left, 10);
  readonly #runs: RunService;
  readonly #refresh = new Throttle(REFRESH_MS, () => this.#update());
  readonly #subscription: { dispose(): void };
  #ofRun: { dispose(): void } | null = null;

  constructor(runs: RunService) {
    this.#runs = runs;
    this.#item.name = vscode.l10n.t('Likelihood Lens: current run');
    this.#item.command = { command: commandIds.inspect, title: vscode.l10n.t('Inspect'), arguments: ['current'] };
    this.#subscription = runs.currentChanged.event((run) => this.#follow(run));
    this.#follow(runs.current);
  }

  dispose(): void {
    this.#ofRun?.dispose();
    this.#subscription.dispose();
    this.#refresh.dispose();
    this.#item.dispose();
  }

  #follow(run: RunRecord | null): void {
    this.#ofRun?.dispose();
    this.#ofRun = run?.changed.event(() => this.#refresh.request()) ?? null;
    this.#refresh.request();
  }

  #update(): void {
    const run = this.#runs.current;
    if (!run) {
      this.#item.hide();
      return;
    }
    const name = run.manifest?.experiment ?? vscode.l10n.t('new run');
    this.#item.text = `${stateCodicon(run.state)} ${name}: ${summaryLine(run)}`;
    this.#item.tooltip = runDetails(run, name);
    this.#item.accessibilityInformation = { label: `${name}: ${summaryLine(run)}`, role: 'button' };
    this.#item.backgroundColor =
      run.state === 'failed' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.#item.show();
  }
}
