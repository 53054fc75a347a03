/** What the inspector stands on, and what its page needs to start from there. */
import * as vscode from 'vscode';
import { noDrawing } from '../../src/protocol/drawing.ts';
import type { Snapshot } from '../../src/protocol/webview.ts';
import { WEBVIEW_PROTOCOL_VERSION } from '../../src/protocol/webviewVersion.ts';
import { experimentName } from '../../src/runs/names.ts';
import { activityText } from '../../src/text/activity.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import type { RunService } from '../runs/runService.ts';
import { withOwnBuffers } from './ownBuffers.ts';

/** What the inspector stands on. */
export interface InspectorTarget {
  readonly experimentFile: string;
  readonly run: RunRecord | null;
}

/** Names it between the host and the page. */
export function standsOn({ experimentFile, run }: InspectorTarget): string {
  return run?.path ?? experimentFile;
}

/** @param refusal why the experiment's last start was refused for its data. */
export async function snapshotOf(
  { experimentFile, run }: InspectorTarget,
  runs: RunService,
  refusal: string | undefined,
): Promise<Snapshot> {
  if (run) await runs.readForPage(run);
  return {
    version: WEBVIEW_PROTOCOL_VERSION,
    standsOn: standsOn({ experimentFile, run }),
    ...(refusal !== undefined && { refusal }),
    run: run?.summary(vscode.workspace.asRelativePath(run.path)) ?? null,
    ...(run?.activity && { activity: activityText(run.activity) }),
    experiment: experimentName(experimentFile),
    findings: run?.findings ?? [],
    checks: run?.checks ?? null,
    metrics: run?.metrics ?? [],
    masks: run?.masks ?? null,
    drawn: run?.drawn ? withOwnBuffers(run.drawn) : null,
    drawing: withOwnBuffers(run?.drawing ?? noDrawing),
  };
}
