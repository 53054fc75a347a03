/** The Diagnostics view: what the checks say of the current run, with the numbers that show it. */
import * as vscode from 'vscode';
import type { Finding, Outcome } from '../../src/inspection/findings.ts';
import { countOutcomes } from '../runs/outcomeCounts.ts';
import { internalCommandIds, treeViewIds } from '../ids.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import type { RunService } from '../runs/runService.ts';
import { Throttle } from '../throttle.ts';
import { escape } from './markdown.ts';
import { severityIcon, severityWord, startTime } from './words.ts';

export type DiagnosticsNode =
  | { readonly kind: 'finding'; readonly run: RunRecord; readonly finding: Finding }
  | { readonly kind: 'evidence'; readonly label: string; readonly value: string }
  | { readonly kind: 'summary'; readonly run: RunRecord }
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

const REFRESH_MS = 300;
const severities = ['error', 'warning', 'info'] as const;

export class DiagnosticsTree implements vscode.TreeDataProvider<DiagnosticsNode>, vscode.Disposable {
  readonly #runs: RunService;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<DiagnosticsNode>;
  readonly #refresh = new Throttle(REFRESH_MS, () => this.#update());
  readonly #subscription: { dispose(): void };
  #ofRun: { dispose(): void } | null = null;

  constructor(runs: RunService) {
    this.#runs = runs;
    this.#view = vscode.window.createTreeView(treeViewIds.diagnostics, { treeDataProvider: this });
    this.#subscription = runs.currentChanged.event((run) => this.#follow(run));
    this.#follow(runs.current);
  }

  getTreeItem(node: DiagnosticsNode): vscode.TreeItem {
    switch (node.kind) {
      case 'finding':
        return findingItem(node);
      case 'evidence':
        return evidenceItem(node.label, node.value);
      case 'summary':
        return summaryItem(node.run);
      case 'outcome':
        return outcomeItem(node.outcome);
    }
  }

  getChildren(node?: DiagnosticsNode): DiagnosticsNode[] {
    const run = this.#runs.current;
    if (!node) return run ? [...findingsOf(run), { kind: 'summary', run }] : [];
    if (node.kind === 'finding') {
      return node.finding.evidence.map(({ label, value }) => ({ kind: 'evidence', label, value }));
    }
    if (node.kind !== 'summary') return [];
    return (node.run.outcomes ?? [])
      .filter((outcome) => outcome.state !== 'finding')
      .map((outcome) => ({ kind: 'outcome', outcome }));
  }

  dispose(): void {
    this.#ofRun?.dispose();
    this.#subscription.dispose();
    this.#refresh.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  #follow(run: RunRecord | null): void {
    this.#ofRun?.dispose();
    this.#ofRun = run?.changed.event((change) => change.of !== 'metrics' && this.#refresh.request()) ?? null;
    this.#refresh.request();
  }

  #update(): void {
    const run = this.#runs.current;
    this.#view.description = run?.manifest ? `${run.manifest.experiment}, ${startTime(run.manifest.created)}` : '';
    const count = run?.findings.length ?? 0;
    this.#view.badge =
      count > 0
        ? { value: count, tooltip: count === 1 ? vscode.l10n.t('1 finding') : vscode.l10n.t('{0} findings', count) }
        : undefined;
    this.#changed.fire();
  }
}

function findingsOf(run: RunRecord): DiagnosticsNode[] {
  return [...run.findings]
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
    .map((finding) => ({ kind: 'finding', run, finding }));
}

function findingItem({ run, finding }: DiagnosticsNode & { kind: 'finding' }): vscode.TreeItem {
  const item = new vscode.TreeItem(finding.title, vscode.TreeItemCollapsibleState.Expanded);
  const word = severityWord(finding.severity);
  item.id = `${run.path}/${finding.id}`;
  item.description = `${word} · ${finding.id}`;
  item.iconPath = severityIcon(finding.severity);
  item.tooltip = new vscode.MarkdownString(`**${escape(finding.title)}**\n\n${escape(finding.explanation)}`);
  item.contextValue = 'finding';
  item.command = {
    command: internalCommandIds.revealFinding,
    title: vscode.l10n.t('Show in the inspector'),
    arguments: [{ kind: 'finding', run, finding } satisfies DiagnosticsNode],
  };
  item.accessibilityInformation = { label: `${word}: ${finding.title}. ${finding.explanation}` };
  return item;
}

function evidenceItem(label: string, value: string): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.description = value;
  item.tooltip = `${label}: ${value}`;
  return item;
}

function summaryItem(run: RunRecord): vscode.TreeItem {
  const { outcomes, findings } = run;
  if (outcomes === null) {
    const text = findings.length > 0 ? vscode.l10n.t('More checks to come') : vscode.l10n.t('No findings so far');
    const item = new vscode.TreeItem(text);
    item.id = `${run.path}/summary`;
    item.iconPath = new vscode.ThemeIcon(run.training ? 'loading~spin' : 'circle-outline');
    item.description = run.training
      ? vscode.l10n.t('checked after every epoch')
      : vscode.l10n.t('not all checks were run');
    return item;
  }
  const passed = outcomes.filter((outcome) => outcome.state === 'ok').length;
  const words = passed === 1 ? vscode.l10n.t('1 check passed') : vscode.l10n.t('{0} checks passed', passed);
  const item = new vscode.TreeItem(
    findings.length === 0 ? vscode.l10n.t('No findings: {0}', words) : words,
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = `${run.path}/summary`;
  const { notApplicable, notMeasured } = countOutcomes(outcomes);
  item.description = [
    ...(notApplicable > 0 ? [vscode.l10n.t('{0} not applicable', notApplicable)] : []),
    ...(notMeasured > 0 ? [vscode.l10n.t('{0} not measured', notMeasured)] : []),
  ].join(', ');
  item.iconPath = new vscode.ThemeIcon('pass', new vscode.ThemeColor('charts.green'));
  return item;
}

function outcomeItem(outcome: Outcome): vscode.TreeItem {
  const item = new vscode.TreeItem(outcome.id);
  const passed = outcome.state === 'ok';
  item.iconPath = new vscode.ThemeIcon(passed ? 'check' : 'dash');
  item.description =
    outcome.state !== 'not-applicable'
      ? vscode.l10n.t('passed')
      : outcome.unmeasured
        ? vscode.l10n.t('not measured: {0}', outcome.reason)
        : vscode.l10n.t('not applicable: {0}', outcome.reason);
  item.contextValue = 'outcome';
  item.tooltip = item.description;
  return item;
}
