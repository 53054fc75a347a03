/** Drawing from a model under a notification: its progress is seen there, and it can be given up. */
import * as vscode from 'vscode';
import { CANCELLED } from '../../src/protocol/drawing.ts';
import { RemoteError } from '../../src/protocol/rpc.ts';
import type { App } from '../app.ts';
import type { RunRecord } from '../runs/runRecord.ts';

/** What was drawn of the run, or null where it was given up. @throws what `draw` throws otherwise */
export async function withProgress<T>(
  app: App,
  run: RunRecord,
  title: string,
  draw: () => Promise<T>,
): Promise<T | null> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    let told = 0;
    const following = run.changed.event(({ of }) => {
      const share = of === 'drawing' ? run.drawing.progress?.share : undefined;
      if (share === undefined) return;
      progress.report({ increment: 100 * (share - told), message: `${Math.floor(100 * share)} %` });
      told = share;
    });
    const cancelling = token.onCancellationRequested(() => app.runs.cancelSample(run));
    try {
      return await draw();
    } catch (error) {
      if (error instanceof RemoteError && error.remoteName === CANCELLED) return null;
      throw error;
    } finally {
      following.dispose();
      cancelling.dispose();
    }
  });
}
