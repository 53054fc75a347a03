/** What the inspector's page may ask for. Every question is checked before anything is done. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Connection, RemoteError } from '../../src/protocol/rpc.ts';
import type {
  PanelSide,
  PullResult,
  RunAction,
  Snapshot,
  WebviewRequests,
  webviewRequestSpecs,
} from '../../src/protocol/webview.ts';
import { WEBVIEW_PROTOCOL_VERSION } from '../../src/protocol/webviewVersion.ts';
import { engine } from '../engine.ts';
import { commandIds, type CommandId } from '../ids.ts';
import type { RunService } from '../runs/runService.ts';
import type { Log } from '../worker/workerProcess.ts';
import { showExplanation } from './explanation.ts';
import { saveExport } from './exportFile.ts';
import type { InspectorTarget } from './snapshot.ts';

type Pull = WebviewRequests['pull']['params'];

/** The inspector, as those who answer its page see it. */
export interface PageHost {
  readonly runs: RunService;
  readonly log: Log;
  /** What it stands on. @throws Error once it was closed. */
  target(): InspectorTarget;
  /** The page is there, and starts from what is answered. */
  begin(): Promise<Snapshot>;
  pull(pull: Pull): Promise<PullResult>;
  pullCompared(pull: Pull): Promise<PullResult>;
  stopComparing(): Promise<void>;
}

const commandOfAction: Readonly<Record<RunAction, CommandId>> = {
  train: commandIds.train,
  pause: commandIds.pause,
  resume: commandIds.resume,
  stepBatch: commandIds.stepBatch,
  stepEpoch: commandIds.stepEpoch,
  stop: commandIds.stop,
  continue: commandIds.continueTraining,
};

/** Answers all that a page asks. */
export function answerPage(connection: Connection<PanelSide>, host: PageHost): void {
  const { runs, log } = host;
  const checked = <M extends keyof typeof webviewRequestSpecs>(method: M, params: unknown) =>
    checkedParams(method, params, log);
  connection.handle('ready', async (params) => {
    const { version } = await checked('ready', params);
    if (version !== WEBVIEW_PROTOCOL_VERSION) {
      throw new Error(vscode.l10n.t('The page is of another version than the extension: reload the window.'));
    }
    return host.begin();
  });
  connection.handle('pull', async (params) => host.pull(await checked('pull', params)));
  connection.handle('pullCompared', async (params) => host.pullCompared(await checked('pullCompared', params)));
  connection.handle('compare', async (params) => {
    await checked('compare', params);
    const { run } = host.target();
    await vscode.commands.executeCommand(commandIds.compareRuns, run && { kind: 'run', run });
    return null;
  });
  connection.handle('stopComparing', async (params) => {
    await checked('stopComparing', params);
    await host.stopComparing();
    return null;
  });
  connection.handle('action', async (params) => {
    const { action } = await checked('action', params);
    const { run, experimentFile } = host.target();
    const target = action === 'train' || run === null ? vscode.Uri.file(experimentFile) : { kind: 'run', run };
    await vscode.commands.executeCommand(commandOfAction[action], target);
    return null;
  });
  connection.handle('sample', async (params) => {
    const { run } = host.target();
    if (!run) throw new Error(vscode.l10n.t('There is no run to sample from yet.'));
    const { file } = await runs.sample(run, await checked('sample', params)).catch(namedAsRemote);
    vscode.window.setStatusBarMessage(`$(sparkle) ${vscode.l10n.t('Samples written: {0}', basename(file))}`, 10_000);
    return null;
  });
  connection.handle('sampleText', async (params) => {
    const { run } = host.target();
    if (!run) throw new Error(vscode.l10n.t('There is no run to sample from yet.'));
    const { file } = await runs.sampleText(run, await checked('sampleText', params)).catch(namedAsRemote);
    vscode.window.setStatusBarMessage(`$(sparkle) ${vscode.l10n.t('Text written: {0}', basename(file))}`, 10_000);
    return null;
  });
  connection.handle('cancelSample', async (params) => {
    await checked('cancelSample', params);
    const { run } = host.target();
    if (run) runs.cancelSample(run);
    return null;
  });
  connection.handle('exportFile', async (params) =>
    saveExport(await checked('exportFile', params), host.target().experimentFile),
  );
  connection.handle('explain', async (params) => {
    await showExplanation((await checked('explain', params)).topic);
    return null;
  });
}

/** What the page sent, if it is what that request takes. @throws Error otherwise. */
async function checkedParams<M extends keyof typeof webviewRequestSpecs>(method: M, params: unknown, log: Log) {
  const specs: typeof webviewRequestSpecs = await engine.webviewRequests();
  const parsed = specs[method].safeParse(params);
  if (!parsed.success) {
    const where = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    log('error', `the inspector's page sent a bad "${method}": ${where}`);
    throw new Error(`bad "${method}": ${where}`);
  }
  return parsed.data as WebviewRequests[M]['params'];
}

/** Passes an error of the worker on under the name that it had there. */
function namedAsRemote(error: unknown): never {
  throw error instanceof RemoteError ? Object.assign(new Error(error.message), { name: error.remoteName }) : error;
}
