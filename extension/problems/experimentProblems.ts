/**
 * What is wrong with the experiment files that are open, all but the syntax of JSON: that part the JSON service tells of
 * by itself. Checked anew when the text or a data file changes.
 */
import { basename, dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { DataKind, Problem } from '../../src/spec/check.ts';
import { engine } from '../engine.ts';
import { isExperimentFile } from '../../src/runs/names.ts';
import type { Log } from '../worker/workerProcess.ts';
import { messageOf } from '../../src/protocol/rpc.ts';
import type { FileFacts } from './fileFacts.ts';

const DEBOUNCE_MS = 250;

interface Watched {
  timer: ReturnType<typeof setTimeout> | null;
  watchers: readonly vscode.Disposable[];
  files: string;
}

export class ExperimentProblems implements vscode.Disposable {
  readonly #facts: FileFacts;
  readonly #log: Log;
  readonly #collection = vscode.languages.createDiagnosticCollection('likelihoodLens');
  readonly #documents = new Map<string, Watched>();
  /** Why the last start of an experiment was refused, by its file, with the text it was refused for. */
  readonly #refusals = new Map<string, { readonly message: string; readonly text: string }>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(facts: FileFacts, log: Log) {
    this.#facts = facts;
    this.#log = log;
    this.#subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => this.#request(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#request(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
    ];
    for (const document of vscode.workspace.textDocuments) this.#request(document);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const watched of this.#documents.values()) release(watched);
    this.#documents.clear();
    this.#collection.dispose();
  }

  /** Keeps in sight why a run could not start, until the experiment or its data change; null: it did. */
  async startSettled(experimentFile: string, refusal: string | null): Promise<void> {
    this.#refusals.delete(experimentFile);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(experimentFile));
    if (refusal !== null) this.#refusals.set(experimentFile, { message: refusal, text: document.getText() });
    this.#request(document);
  }

  #request(document: vscode.TextDocument): void {
    if (!isExperimentDocument(document)) return;
    const key = document.uri.toString();
    let watched = this.#documents.get(key);
    if (!watched) this.#documents.set(key, (watched = { timer: null, watchers: [], files: '' }));
    if (watched.timer !== null) clearTimeout(watched.timer);
    watched.timer = setTimeout(() => {
      this.#check(document).catch((error: unknown) => this.#log('error', messageOf(error)));
    }, DEBOUNCE_MS);
  }

  #forget({ uri }: vscode.TextDocument): void {
    const watched = this.#documents.get(uri.toString());
    if (watched) release(watched);
    this.#documents.delete(uri.toString());
    this.#collection.delete(uri);
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    const { version, uri } = document;
    const text = document.getText();
    const { checkExperiment, dataFiles, dataKind } = await engine.check();
    this.#watch(document, dataFiles(text), dataKind(text));
    const context = await this.#facts.contextOf(text, uri.fsPath);
    // Closed or typed in meanwhile: another check is on its way, or none is wanted.
    if (document.isClosed || document.version !== version) return;
    const problems = checkExperiment(text, context).filter(({ source }) => source !== 'syntax');
    const refusal = this.#refusals.get(uri.fsPath);
    if (refusal?.text === text && problems.every(({ severity }) => severity !== 'error')) {
      const { startProblem } = await engine.startProblem();
      problems.push(startProblem(text, refusal.message));
    }
    this.#collection.set(
      uri,
      problems.map((problem) => diagnosticOf(document, problem)),
    );
  }

  /** Watches the data files for changes, wherever they lie; what lies in a folder of text as well. */
  #watch(document: vscode.TextDocument, names: readonly string[], as: DataKind): void {
    const watched = this.#documents.get(document.uri.toString());
    const files = names.map((name) => resolve(dirname(document.uri.fsPath), name));
    if (!watched || watched.files === files.join('\n')) return;
    for (const watcher of watched.watchers) watcher.dispose();
    watched.files = files.join('\n');
    watched.watchers = files
      .flatMap((file) => patternsOf(file, as))
      .map((pattern) => {
        const watcher = vscode.workspace.createFileSystemWatcher(pattern);
        const again = () => {
          this.#refusals.delete(document.uri.fsPath);
          this.#request(document);
        };
        return vscode.Disposable.from(
          watcher,
          watcher.onDidChange(again),
          watcher.onDidCreate(again),
          watcher.onDidDelete(again),
        );
      });
  }
}

function patternsOf(file: string, as: DataKind): vscode.RelativePattern[] {
  const uri = vscode.Uri.file(file);
  const own = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), basename(file));
  return as === 'text' ? [own, new vscode.RelativePattern(uri, '**')] : [own];
}

export function isExperimentDocument(document: vscode.TextDocument): boolean {
  return document.uri.scheme === 'file' && isExperimentFile(document.uri.fsPath);
}

const severities: Readonly<Record<Problem['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

function diagnosticOf(document: vscode.TextDocument, problem: Problem): vscode.Diagnostic {
  const start = document.positionAt(problem.offset);
  const end = document.positionAt(problem.offset + problem.length);
  const diagnostic = new vscode.Diagnostic(new vscode.Range(start, end), problem.message, severities[problem.severity]);
  diagnostic.source = 'Likelihood Lens';
  return diagnostic;
}

function release(watched: Watched): void {
  if (watched.timer !== null) clearTimeout(watched.timer);
  for (const watcher of watched.watchers) watcher.dispose();
}
