/** Show Backends: a page of text, drawn by the editor's own Markdown preview, so that keyboard and screen reader work. */
import * as vscode from 'vscode';
import { engine } from '../engine.ts';
import { settingIds } from '../ids.ts';
import { backendsPage } from '../views/backendsPage.ts';
import { describeReport } from '../../src/protocol/deviceWords.ts';
import type { Runtimes } from '../worker/runtime.ts';
import type { Supervisor } from '../worker/supervisor.ts';
import type { Log } from '../worker/workerProcess.ts';

const SCHEME = 'likelihood-lens-backends';
const PAGE = vscode.Uri.from({ scheme: SCHEME, path: '/Backends.md' });

export class BackendsPage implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  readonly #supervisor: Supervisor;
  readonly #runtimes: Runtimes;
  readonly #nativeRoot: string;
  readonly #log: Log;
  #text: string | null = null;

  constructor(supervisor: Supervisor, runtimes: Runtimes, nativeRoot: string, log: Log) {
    this.#supervisor = supervisor;
    this.#runtimes = runtimes;
    this.#nativeRoot = nativeRoot;
    this.#log = log;
  }

  /** Asks a worker of its own which backends there are, and shows the answer. */
  async show(): Promise<void> {
    const title = vscode.l10n.t('Trying the backends of this machine');
    const location = vscode.ProgressLocation.Window;
    this.#text = await vscode.window.withProgress({ location, title }, () => this.#ask());
    this.#changed.fire(PAGE);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', PAGE);
    } catch {
      // The Markdown extension may be switched off; the text reads well without it.
      await vscode.window.showTextDocument(PAGE, { preview: true });
    }
  }

  async provideTextDocumentContent(): Promise<string> {
    return (this.#text ??= await this.#ask());
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }

  async #ask(): Promise<string> {
    const [reports, native, { execPath }] = await Promise.all([
      this.#supervisor.devices(),
      engine.currentNative(this.#nativeRoot),
      this.#runtimes.for('auto'),
    ]);
    for (const report of reports) this.#log('info', describeReport(report));
    const asked = vscode.workspace.getConfiguration().get<string>(settingIds.backend, 'auto');
    const runtime = execPath === process.execPath ? 'the editor’s own runtime' : execPath;
    return backendsPage({ reports, asked, native, nativeRoot: this.#nativeRoot, runtime });
  }
}
