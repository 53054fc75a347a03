/** What commands and views have in common. */
import type * as vscode from 'vscode';
import type { OutputLog } from './log.ts';
import type { BackendsPage } from './panels/backends.ts';
import type { Inspector } from './panels/inspector.ts';
import type { FileFacts } from './problems/fileFacts.ts';
import type { RunService } from './runs/runService.ts';
import type { RunStore } from './runs/runStore.ts';
import type { Runtimes } from './worker/runtime.ts';
import type { Supervisor } from './worker/supervisor.ts';

export interface App {
  readonly context: vscode.ExtensionContext;
  readonly log: OutputLog;
  readonly store: RunStore;
  readonly runs: RunService;
  readonly supervisor: Supervisor;
  /** What runs the child. */
  readonly runtimes: Runtimes;
  /** Where native TensorFlow is set up. */
  readonly nativeRoot: string;
  readonly backends: BackendsPage;
  readonly inspector: Inspector;
  readonly facts: FileFacts;
  /** Settles when the workspace was looked through for the first time. */
  readonly scanned: Promise<void>;
  /** Looks for experiments and runs anew. */
  readonly rescan: () => Promise<void>;
}
