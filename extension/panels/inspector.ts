/**
 * The inspector: one panel beside the editor that stands on one run (or on an experiment that has none yet). The page
 * asks (`pageRequests.ts` answers). What is shown survives in the host, not in the page.
 */
import * as vscode from 'vscode';
import type { Selection } from '../../src/inspection/findings.ts';
import type { ViewId } from '../../src/inspection/views.ts';
import { Connection, messageOf } from '../../src/protocol/rpc.ts';
import type { Compared, PanelSide, Snapshot } from '../../src/protocol/webview.ts';
import { experimentName } from '../../src/runs/names.ts';
import { inspectorViewType } from '../ids.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import type { RunService } from '../runs/runService.ts';
import type { RunStore } from '../runs/runStore.ts';
import type { Log } from '../worker/workerProcess.ts';
import { columnsFor, columnsForFile } from './columns.ts';
import { asColumn, editorGroups, showFile } from './editorGroups.ts';
import { Comparison } from './comparison.ts';
import { newNonce, pageHtml } from './html.ts';
import { answerPage, type PageHost } from './pageRequests.ts';
import { defaultGate, PullGate } from './pullGate.ts';
import { pullSource } from './runSource.ts';
import { snapshotOf, type InspectorTarget } from './snapshot.ts';
import { webviewTransport } from './webviewTransport.ts';

interface Reveal {
  readonly view: ViewId;
  readonly select?: Selection;
}

export interface InspectorOptions {
  readonly extensionUri: vscode.Uri;
  readonly memory: vscode.Memento;
  readonly store: RunStore;
  readonly runs: RunService;
  readonly log: Log;
  /** Settles when the workspace was looked through. */
  readonly scanned: Promise<void>;
}

const MEMORY_KEY = 'inspector';

export class Inspector implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #o: InspectorOptions;
  #panel: vscode.WebviewPanel | null = null;
  #connection: Connection<PanelSide> | null = null;
  #target: InspectorTarget | null = null;
  #gate: PullGate | null = null;
  readonly #comparison: Comparison;
  #pageReady = false;
  /** What the page was last told to show: what its user does is meant of that. */
  #shown: InspectorTarget | null = null;
  /** Counts changes of what the page is to show. */
  #changes = 0;
  /** What the page has yet to be told: everything, or which run stands beside. */
  #untold: 'reset' | 'compared' | null = null;
  #reveal: Reveal | null = null;
  /** Why the last start of an experiment was refused, by its file. */
  readonly #refusals = new Map<string, string>();

  readonly #answers: PageHost;

  constructor(options: InspectorOptions) {
    this.#o = options;
    this.#comparison = new Comparison(options.runs, options.log);
    this.#answers = {
      runs: options.runs,
      log: options.log,
      target: () => this.#shown ?? this.#standing(),
      begin: () => this.#begin(),
      pull: (pull) => this.#gate?.pull(pull) ?? Promise.resolve({ revision: pull.revision }),
      pullCompared: (pull) => this.#comparison.pull(pull),
      stopComparing: () => this.#compareWith(null),
    };
  }

  /** The experiment shown, while the inspector is the active editor. */
  get experimentInFront(): string | null {
    return this.#panel?.active ? (this.#target?.experimentFile ?? null) : null;
  }

  /** Opens the panel, or brings it forward, on a run or an experiment. */
  async show(target: InspectorTarget, { preserveFocus = false } = {}): Promise<void> {
    const columns = columnsFor(editorGroups(target.experimentFile));
    if (this.#panel) {
      this.#panel.reveal(columns.inspector === null ? undefined : asColumn(columns.inspector), preserveFocus);
      if (columns.file !== null) await this.#showFile(target.experimentFile, columns.file, preserveFocus);
      await this.#switch(target);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      inspectorViewType,
      '',
      {
        viewColumn: columns.inspector === null ? vscode.ViewColumn.Beside : asColumn(columns.inspector),
        preserveFocus,
      },
      this.#webviewOptions(),
    );
    this.#stand(target);
    this.#adopt(panel);
    if (columns.file !== null) await this.#showFile(target.experimentFile, columns.file, preserveFocus);
  }

  /** Opens the panel on two runs side by side. */
  async compare(run: RunRecord, other: RunRecord): Promise<void> {
    await this.show({ experimentFile: run.experimentFile, run });
    await this.#compareWith(other);
    this.reveal('compare');
  }

  async #compareWith(other: RunRecord | null): Promise<void> {
    this.#comparison.stand(other, this.#target?.run ?? null);
    this.#remember();
    await this.#tell('compared');
  }

  /** Opens an experiment's file in a group that is not the inspector's. */
  async openFile(file: string): Promise<void> {
    const columns = columnsForFile(editorGroups(file));
    if (columns.inspector !== null) this.#panel?.reveal(asColumn(columns.inspector), true);
    await showFile(file, columns.file);
  }

  /** Brings the file into sight; the focus goes, or stays, where it is to be. */
  async #showFile(file: string, column: number, preserveFocus: boolean): Promise<void> {
    await showFile(file, column, true);
    if (!preserveFocus) this.#panel?.reveal(undefined, false);
  }

  /** Brings a view forward, now or as soon as the page is there. */
  reveal(view: ViewId, select?: Reveal['select']): void {
    this.#reveal = select ? { view, select } : { view };
    this.#tellReveal();
  }

  /** Moves on to a run that began, if the panel stands on its experiment. */
  async follow(run: RunRecord): Promise<void> {
    if (this.#panel && this.#target?.experimentFile === run.experimentFile) {
      await this.#switch({ experimentFile: run.experimentFile, run });
    }
  }

  /** Keeps why a run could not start (null: it did), and tells the page where there is no run to show instead. */
  async startSettled(experimentFile: string, refusal: string | null): Promise<void> {
    if (refusal === null) this.#refusals.delete(experimentFile);
    else this.#refusals.set(experimentFile, refusal);
    const standsThere = this.#target?.experimentFile === experimentFile && !this.#target.run?.manifest;
    if (standsThere) await this.#tell('reset');
  }

  /** Leaves a run that is no more. */
  async runDeleted(run: RunRecord, next: RunRecord | null): Promise<void> {
    if (this.#comparison.run === run) await this.#compareWith(null);
    if (this.#target?.run === run) await this.#switch({ experimentFile: run.experimentFile, run: next });
  }

  /** Brings the panel back after the window was reloaded. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    await this.#o.scanned;
    const target = this.#remembered();
    if (this.#panel || !target) {
      panel.dispose();
      return;
    }
    panel.webview.options = this.#webviewOptions();
    this.#stand(target);
    const other = this.#o.store.find(this.#o.memory.get<Remembered>(MEMORY_KEY)?.other ?? '');
    if (other && other !== target.run) this.#comparison.stand(other, target.run);
    this.#adopt(panel);
  }

  dispose(): void {
    this.#gate?.close();
    this.#comparison.close();
    // Not the panel: the editor keeps it for the next window.
    this.#connection?.close('the extension was deactivated');
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const { extensionUri } = this.#o;
    const { webview } = panel;
    this.#panel = panel;
    this.#pageReady = false;
    this.#shown = null;
    const connection = new Connection<PanelSide>(webviewTransport(panel), (text) => this.#o.log('error', text));
    this.#connection = connection;
    answerPage(connection, this.#answers);
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media/icons/inspector-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media/icons/inspector-dark.svg'),
    };
    panel.onDidDispose(() => {
      if (this.#panel !== panel) return;
      this.#panel = null;
      this.#connection = null;
      this.#gate?.close();
      this.#gate = null;
      this.#comparison.stand(null, null);
      this.#target = null;
      this.#shown = null;
      this.#changes += 1;
      void this.#o.memory.update(MEMORY_KEY, undefined);
    });
    panel.onDidChangeViewState(() => {
      // A hidden page is thrown away; the next one asks for everything again.
      if (!panel.visible) this.#pageReady = false;
    });
    const file = (name: string) =>
      webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist/webview', name)).toString();
    this.#retitle();
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      script: file('inspector.js'),
      style: file('inspector.css'),
      title: panel.title,
      nonce: newNonce(),
    });
  }

  /** What a page that is there now starts from. */
  async #begin(): Promise<Snapshot> {
    const connection = this.#connection;
    for (;;) {
      const change = this.#changes;
      const target = this.#standing();
      const [snapshot, compared] = await Promise.all([this.#snapshotOf(target), this.#compared(target)]);
      if (connection !== this.#connection) throw closed();
      if (change !== this.#changes) continue;
      this.#pageReady = true;
      this.#told(target, snapshot, compared);
      setTimeout(() => this.#tellReveal());
      return { ...snapshot, compared };
    }
  }

  #standing(): InspectorTarget {
    if (!this.#target) throw closed();
    return this.#target;
  }

  /** Stands on another run, and tells the page. */
  async #switch(target: InspectorTarget): Promise<void> {
    const { experimentFile, run } = this.#standing();
    if (experimentFile === target.experimentFile && run === target.run) return;
    this.#stand(target);
    this.#retitle();
    await this.#tell('reset');
  }

  /**
   * Tells the page on what the inspector stands, once that was read. Where that has changed meanwhile, what was read is of
   * no use: the last who changed it tells all that is untold.
   */
  async #tell(what: 'reset' | 'compared'): Promise<void> {
    const change = ++this.#changes;
    const untold = this.#untold === 'reset' ? 'reset' : what;
    this.#untold = untold;
    if (!this.#pageReady) return;
    const target = this.#standing();
    const [snapshot, compared] = await Promise.all([
      untold === 'reset' ? this.#snapshotOf(target) : null,
      this.#compared(target),
    ]);
    if (!this.#isUntold(change)) return;
    if (snapshot) this.#connection?.notify('reset', { ...snapshot, compared });
    else this.#connection?.notify('compared', compared);
    this.#told(target, snapshot, compared);
  }

  /** Whether a page waits for what was read for a change: no other came after, nor a page that began with it. */
  #isUntold(change: number): boolean {
    return change === this.#changes && this.#pageReady && this.#untold !== null;
  }

  /** The page has all that there is to tell. */
  #told(target: InspectorTarget, snapshot: Snapshot | null, compared: Compared | null): void {
    this.#untold = null;
    this.#shown = target;
    forgetFetched(target.run, snapshot);
    forgetFetched(this.#comparison.run, compared?.snapshot ?? null);
  }

  #stand(target: InspectorTarget): void {
    this.#target = target;
    this.#gate?.close();
    this.#gate = new PullGate(pullSource(target, this.#o.runs), {
      ...defaultGate,
      onError: (kind, error) => this.#o.log('warning', `${kind}: ${messageOf(error)}`),
    });
    if (target.run) {
      this.#o.runs.setCurrent(target.run);
      void this.#o.runs.diagnoseQuietly(target.run);
    }
    // A run is not compared with itself.
    if (this.#comparison.run === target.run) this.#comparison.stand(null, target.run);
    this.#remember();
  }

  #remember(): void {
    if (!this.#target) return;
    void this.#o.memory.update(MEMORY_KEY, {
      experimentFile: this.#target.experimentFile,
      run: this.#target.run?.path ?? null,
      other: this.#comparison.run?.path ?? null,
    } satisfies Remembered);
  }

  #retitle(): void {
    if (!this.#panel || !this.#target) return;
    this.#panel.title = vscode.l10n.t('Inspect {0}', experimentName(this.#target.experimentFile));
  }

  /** The run beside the one that is shown. */
  async #compared({ run }: InspectorTarget): Promise<Compared | null> {
    const other = this.#comparison.run;
    if (!other || !run) return null;
    const [snapshot, differences] = await Promise.all([
      this.#snapshotOf({ experimentFile: other.experimentFile, run: other }),
      this.#comparison.differences(run),
    ]);
    return { snapshot, differences };
  }

  #snapshotOf(target: InspectorTarget): Promise<Snapshot> {
    return snapshotOf(target, this.#o.runs, this.#refusals.get(target.experimentFile));
  }

  #tellReveal(): void {
    if (!this.#reveal || !this.#pageReady) return;
    this.#connection?.notify('reveal', this.#reveal);
    this.#reveal = null;
  }

  /** What the panel stood on before the window was reloaded. */
  #remembered(): InspectorTarget | null {
    const memory = this.#o.memory.get<Remembered>(MEMORY_KEY);
    if (!memory) return null;
    const { runs } = this.#o.store.entry(memory.experimentFile);
    const run = runs.find(({ path }) => path === memory.run) ?? runs[0] ?? null;
    return { experimentFile: memory.experimentFile, run };
  }

  #webviewOptions(): vscode.WebviewOptions {
    return {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.#o.extensionUri, 'dist/webview')],
    };
  }
}

/** Rows drawn by hand that are large are kept until a page has them. */
function forgetFetched(run: RunRecord | null, snapshot: Snapshot | null): void {
  if (snapshot?.drawn && snapshot.drawn.serial === run?.drawn?.serial) run.drawnFetched();
}

function closed(): Error {
  return new Error(vscode.l10n.t('The inspector was closed.'));
}

interface Remembered {
  /** The run beside it. */
  readonly other?: string | null;
  readonly experimentFile: string;
  readonly run: string | null;
}
