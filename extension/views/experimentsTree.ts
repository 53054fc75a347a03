/** The Experiments view: experiment files, under each its runs, under each run the samples drawn from it. */
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import * as vscode from 'vscode';
import { commandIds, treeViewIds } from '../ids.ts';
import { activityText } from '../../src/text/activity.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import type { ExperimentEntry, RunStore } from '../runs/runStore.ts';
import { Throttle } from '../throttle.ts';
import { runDetails } from './details.ts';
import { age, headline, progress, startTime, stateIcon, stateWord } from './words.ts';

export type ExperimentsNode =
  | { readonly kind: 'experiment'; readonly entry: ExperimentEntry }
  | { readonly kind: 'run'; readonly run: RunRecord }
  | { readonly kind: 'samples'; readonly run: RunRecord; readonly file: string };

const REFRESH_MS = 500;

export class ExperimentsTree implements vscode.TreeDataProvider<ExperimentsNode>, vscode.Disposable {
  readonly #store: RunStore;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #refresh = new Throttle(REFRESH_MS, () => this.#changed.fire());
  readonly #view: vscode.TreeView<ExperimentsNode>;
  readonly #subscriptions: { dispose(): void }[];

  constructor(store: RunStore, sampled: (listener: () => void) => { dispose(): void }) {
    this.#store = store;
    this.#view = vscode.window.createTreeView(treeViewIds.experiments, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#subscriptions = [store.changed.event(() => this.#refresh.request()), sampled(() => this.#refresh.request())];
  }

  getTreeItem(node: ExperimentsNode): vscode.TreeItem {
    if (node.kind === 'experiment') return experimentItem(node.entry);
    if (node.kind === 'run') return runItem(node.run);
    return samplesItem(node.file);
  }

  async getChildren(node?: ExperimentsNode): Promise<ExperimentsNode[]> {
    if (!node) return this.#store.experiments.map((entry) => ({ kind: 'experiment', entry }));
    if (node.kind === 'experiment') {
      return this.#store.entry(node.entry.file).runs.map((run) => ({ kind: 'run', run }));
    }
    if (node.kind === 'samples') return [];
    const names = await readdir(join(node.run.path, 'samples')).catch(() => []);
    return names
      .filter((name) => ['.png', '.npy'].includes(extname(name)))
      .sort()
      .map((name) => ({ kind: 'samples', run: node.run, file: join(node.run.path, 'samples', name) }));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#refresh.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }
}

function experimentItem({ file, name, runs }: ExperimentEntry): vscode.TreeItem {
  const state = runs.length > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None;
  const item = new vscode.TreeItem(name, state);
  // Another id once there are runs: an element keeps the state it was first seen in, and that was one without children.
  item.id = runs.length > 0 ? `${file}/runs` : file;
  item.resourceUri = vscode.Uri.file(file);
  item.iconPath = new vscode.ThemeIcon('beaker');
  item.description = runs.length > 0 ? countRuns(runs.length) : vscode.l10n.t('no runs yet');
  item.tooltip = vscode.workspace.asRelativePath(file);
  item.contextValue = 'experiment';
  item.command = {
    command: commandIds.openExperiment,
    title: vscode.l10n.t('Open'),
    arguments: [vscode.Uri.file(file)],
  };
  return item;
}

function countRuns(count: number): string {
  return count === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', count);
}

function runItem(run: RunRecord): vscode.TreeItem {
  const created = run.manifest?.created;
  const label = created ? startTime(created) : vscode.l10n.t('new run');
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  const moving = run.state === 'running' || run.state === 'paused' || run.state === 'interrupted';
  const parts = [
    stateWord(run.state),
    moving ? progress(run) : null,
    run.activity ? activityText(run.activity) : headline(run),
    created && !run.training ? age(created) : null,
  ];
  item.id = run.path;
  item.description = parts.filter((part) => part !== null).join(' · ');
  item.iconPath = stateIcon(run.state);
  item.tooltip = runDetails(run, label);
  item.contextValue = runContext(run).join(' ');
  item.command = { command: commandIds.inspect, title: vscode.l10n.t('Inspect'), arguments: [{ kind: 'run', run }] };
  item.accessibilityInformation = { label: `${label}, ${item.description}` };
  return item;
}

/** Words for `viewItem` in the manifest's menus. */
function runContext(run: RunRecord): string[] {
  return [
    'run',
    ...(run.state === 'running' ? ['pausable', 'stoppable'] : []),
    ...(run.state === 'paused' ? ['resumable', 'stoppable'] : []),
    ...(run.state === 'restarting' || run.state === 'preparing' ? ['stoppable'] : []),
    ...(run.continuable ? ['continuable'] : []),
    ...(run.hasWeights ? ['samplable'] : []),
    ...(run.training || run.state === 'elsewhere' ? [] : ['deletable']),
  ];
}

function samplesItem(file: string): vscode.TreeItem {
  const uri = vscode.Uri.file(file);
  const item = new vscode.TreeItem(uri);
  item.id = file;
  item.contextValue = 'samples';
  const image = extname(file) === '.png';
  item.iconPath = new vscode.ThemeIcon(image ? 'file-media' : 'file-binary');
  item.command = image
    ? { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri] }
    : { command: 'revealInExplorer', title: vscode.l10n.t('Reveal'), arguments: [uri] };
  return item;
}
