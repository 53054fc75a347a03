/** Entry of the extension: puts the parts together. Nothing of the engine is evaluated before it is needed. */
import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { nativeRoot } from '../src/native/root.ts';
import { messageOf } from '../src/protocol/rpc.ts';
import type { BackendChoice } from '../src/protocol/worker.ts';
import type { App } from './app.ts';
import { registerCommands } from './commands/index.ts';
import { engine } from './engine.ts';
import { ModelHoverProvider } from './hovers/hoverProvider.ts';
import { inspectorViewType, settingIds } from './ids.ts';
import { OutputLog } from './log.ts';
import { BackendsPage } from './panels/backends.ts';
import { registerExplanations } from './panels/explanation.ts';
import { registerWrittenTexts } from './panels/writtenText.ts';
import { Inspector } from './panels/inspector.ts';
import { ExperimentProblems } from './problems/experimentProblems.ts';
import { FileFacts } from './problems/fileFacts.ts';
import { RunService } from './runs/runService.ts';
import { RunStore } from './runs/runStore.ts';
import { WorkspaceWatch } from './runs/workspaceWatch.ts';
import { ExperimentCodeLenses } from './views/codeLens.ts';
import { followContextKeys } from './views/contextKeys.ts';
import { rememberCurrentRun } from './views/currentRun.ts';
import { DiagnosticsTree } from './views/diagnosticsTree.ts';
import { ExperimentsTree } from './views/experimentsTree.ts';
import { StatusBar } from './views/statusBar.ts';
import { welcomeOnce } from './views/welcome.ts';
import { Runtimes } from './worker/runtime.ts';
import { Supervisor } from './worker/supervisor.ts';

const EXPERIMENT_FILES: vscode.DocumentSelector = { scheme: 'file', pattern: '**/*.lens.json' };

let supervisor: Supervisor | null = null;

export function activate(context: vscode.ExtensionContext): void {
  const started = performance.now();
  const log = new OutputLog();
  const file = context.asAbsolutePath('dist/worker.cjs');
  const setting = (id: string) => vscode.workspace.getConfiguration().get<string>(id, '').trim();
  const native = nativeRoot(context.globalStorageUri.fsPath);
  const runtimes = new Runtimes({
    settings: () => ({
      nodePath: setting(settingIds.nodePath),
      tensorflowPath: setting(settingIds.tensorflowPath),
      webgpuPath: setting(settingIds.webgpuPath),
      onnxruntimePath: setting(settingIds.onnxruntimePath),
    }),
    nativeRoot: native,
    file,
    findNode: engine.findNode,
    log: log.log,
  });
  const workers = new Supervisor({ file, log: log.log, runtime: (backend) => runtimes.for(backend) });
  supervisor = workers;
  const store = new RunStore({ listRuns: engine.listRuns });
  const runs = new RunService({
    store,
    supervisor: workers,
    log: log.log,
    backend: () => vscode.workspace.getConfiguration().get<BackendChoice>(settingIds.backend, 'auto'),
    trusted: () => vscode.workspace.isTrusted,
    newRunPath: engine.newRunPath,
    readMetrics: async (folder) => (await engine.openRun(folder)).readMetrics(),
    readMasks: engine.readMasks,
    writeManifest: async (folder, manifest) => (await engine.openRun(folder)).writeManifest(manifest),
  });
  const watch = new WorkspaceWatch(store, log.log);
  const scanned = watch.scan();
  const inspector = new Inspector({
    extensionUri: context.extensionUri,
    memory: context.workspaceState,
    store,
    runs,
    log: log.log,
    scanned,
  });
  const facts = new FileFacts();
  const backends = new BackendsPage(workers, runtimes, native, log.log);
  const app: App = {
    context,
    log,
    store,
    runs,
    supervisor: workers,
    runtimes,
    nativeRoot: native,
    backends,
    inspector,
    facts,
    scanned,
    rescan: () => watch.scan(),
  };
  const problems = new ExperimentProblems(facts, log.log);
  const codeLenses = new ExperimentCodeLenses(store);
  context.subscriptions.push(
    log,
    watch,
    inspector,
    codeLenses,
    new ExperimentsTree(store, runs.sampled.event),
    new DiagnosticsTree(runs),
    new StatusBar(runs),
    problems,
    runs.startSettled.event(({ experimentFile, refusal }) => {
      for (const place of [problems, inspector]) {
        place.startSettled(experimentFile, refusal).catch((error: unknown) => log.log('warning', messageOf(error)));
      }
    }),
    followContextKeys(store, runs),
    rememberCurrentRun(context.workspaceState, store, runs, scanned),
    runs.currentChanged.event((run) => void (run && inspector.follow(run))),
    registerExplanations(),
    registerWrittenTexts(),
    backends,
    vscode.window.registerWebviewPanelSerializer(inspectorViewType, inspector),
    vscode.languages.registerCodeLensProvider(EXPERIMENT_FILES, codeLenses),
    vscode.languages.registerHoverProvider(EXPERIMENT_FILES, new ModelHoverProvider(facts)),
    ...registerCommands(app),
  );
  void welcomeOnce(context, store, scanned);
  log.log('info', `activated in ${(performance.now() - started).toFixed(1)} ms`);
}

export async function deactivate(): Promise<void> {
  await supervisor?.dispose();
  supervisor = null;
}
