/** Registers every command of the manifest, and those that only our own views call. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { commandIds, internalCommandIds, type CommandId } from '../ids.ts';
import { messageOf } from '../../src/protocol/rpc.ts';
import { compareRuns } from './comparing.ts';
import { createExamples } from './examples.ts';
import { deleteRun, openExperiment, openRunFolder } from './files.ts';
import { showBackends } from './information.ts';
import { explainFinding, inspect, revealFinding, runDiagnostics } from './inspecting.ts';
import { sample } from './sampling.ts';
import { setUpNative } from './setUpNative.ts';
import { askAndStep, continueTraining, pause, resume, step, stop, train } from './training.ts';

/** @param selection what else is selected in the tree that the command was called from. */
type Handler = (app: App, target: unknown, selection?: unknown) => Promise<void> | void;

const handlers: Readonly<Record<CommandId, Handler>> = {
  [commandIds.train]: train,
  [commandIds.continueTraining]: continueTraining,
  [commandIds.pause]: pause,
  [commandIds.resume]: resume,
  [commandIds.stepBatch]: (app, target) => step(app, target, 'batch'),
  [commandIds.stepEpoch]: (app, target) => step(app, target, 'epoch'),
  [commandIds.stop]: stop,
  [commandIds.sample]: sample,
  [commandIds.inspect]: inspect,
  [commandIds.compareRuns]: compareRuns,
  [commandIds.openExperiment]: openExperiment,
  [commandIds.openRunFolder]: openRunFolder,
  [commandIds.deleteRun]: deleteRun,
  [commandIds.createExamples]: createExamples,
  [commandIds.refreshExperiments]: (app) => app.rescan(),
  [commandIds.runDiagnostics]: runDiagnostics,
  [commandIds.explainFinding]: explainFinding,
  [commandIds.showBackends]: showBackends,
  [commandIds.setUpNative]: setUpNative,
  [commandIds.showOutput]: (app) => app.log.show(),
};

const internalHandlers: Readonly<Record<string, Handler>> = {
  [internalCommandIds.step]: askAndStep,
  [internalCommandIds.revealFinding]: revealFinding,
};

export function registerCommands(app: App): vscode.Disposable[] {
  return Object.entries({ ...handlers, ...internalHandlers }).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (target: unknown, selection: unknown) => {
      try {
        await handler(app, target, selection);
      } catch (error) {
        await tell(app, error);
      }
    }),
  );
}

/** Somebody asked for something that failed: that deserves a message. */
export async function tell(app: App, error: unknown): Promise<void> {
  app.log.log('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
  const show = vscode.l10n.t('Show Output');
  const answer = await vscode.window.showErrorMessage(`Likelihood Lens: ${messageOf(error)}`, show);
  if (answer === show) app.log.show();
}
