/** Finds experiment files in the workspace and watches them and their runs. */
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../src/protocol/rpc.ts';
import { EXPERIMENT_SUFFIX, isExperimentFile } from '../../src/runs/names.ts';
import { Throttle } from '../throttle.ts';
import type { Log } from '../worker/workerProcess.ts';
import type { RunStore } from './runStore.ts';

const EXPERIMENTS = '**/*.lens.json';
/** Copies that lie in run folders are no experiments of their own. */
const LEFT_OUT = '{**/node_modules/**,**/runs/*/*/**}';
const RUNS = '**/runs/*/*/run.json';
const RESCAN_MS = 500;

export class WorkspaceWatch implements vscode.Disposable {
  readonly #store: RunStore;
  readonly #log: Log;
  readonly #subscriptions: vscode.Disposable[];
  readonly #rescan = new Throttle(RESCAN_MS, () => void this.scan());
  readonly #stale = new Set<string>();
  readonly #reread = new Throttle(RESCAN_MS, () => this.#readStale());

  constructor(store: RunStore, log: Log) {
    this.#store = store;
    this.#log = log;
    const experiments = vscode.workspace.createFileSystemWatcher(EXPERIMENTS, false, true, false);
    const runs = vscode.workspace.createFileSystemWatcher(RUNS);
    const runSeen = (uri: vscode.Uri) => this.#runChanged(uri.fsPath);
    this.#subscriptions = [
      experiments,
      experiments.onDidCreate(() => this.#rescan.request()),
      experiments.onDidDelete(() => this.#rescan.request()),
      runs,
      runs.onDidCreate(runSeen),
      runs.onDidChange(runSeen),
      runs.onDidDelete(runSeen),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#rescan.request()),
      vscode.workspace.onDidOpenTextDocument((document) => void this.#opened(document)),
    ];
  }

  /** Looks for all experiments; those that are open count wherever they lie. */
  async scan(): Promise<void> {
    try {
      const found = await vscode.workspace.findFiles(EXPERIMENTS, LEFT_OUT);
      const open = vscode.workspace.textDocuments.filter(isOpenExperiment).map(({ uri }) => uri.fsPath);
      const files = found.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
      await this.#store.setExperiments([...new Set([...files, ...open])]);
    } catch (error) {
      this.#log('error', messageOf(error));
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#rescan.dispose();
    this.#reread.dispose();
  }

  async #opened(document: vscode.TextDocument): Promise<void> {
    if (!isOpenExperiment(document)) return;
    try {
      await this.#store.addExperiment(document.uri.fsPath);
    } catch (error) {
      this.#log('error', messageOf(error));
    }
  }

  #runChanged(manifestFile: string): void {
    // <folder>/runs/<name>/<time>/run.json belongs to <folder>/<name>.lens.json.
    const named = dirname(dirname(manifestFile));
    this.#stale.add(join(dirname(dirname(named)), basename(named) + EXPERIMENT_SUFFIX));
    this.#reread.request();
  }

  #readStale(): void {
    const files = [...this.#stale];
    this.#stale.clear();
    for (const file of files) {
      this.#store.refresh(file).catch((error: unknown) => this.#log('error', messageOf(error)));
    }
  }
}

function isOpenExperiment({ uri }: vscode.TextDocument): boolean {
  return (
    uri.scheme === 'file' && isExperimentFile(uri.fsPath) && !/[\\/]runs[\\/][^\\/]+[\\/][^\\/]+[\\/]/.test(uri.fsPath)
  );
}
