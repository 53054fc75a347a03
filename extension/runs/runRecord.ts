/** One run as this window knows it: what its folder says, and while a worker is at work on it what that tells. */
import type { Finding, Outcome } from '../../src/inspection/findings.ts';
import type { RunSummary } from '../../src/protocol/webview.ts';
import type { BackendInUse } from '../../src/protocol/worker.ts';
import type { RunManifest, RunState } from '../../src/runs/manifest.ts';
import type { Metric } from '../../src/runs/metrics.ts';
import { Signal } from '../signal.ts';
import type { WorkerStatus } from '../worker/runWorker.ts';

/**
 * A run's state for people. Beyond the manifest's own: `interrupted`, it was being trained when its process was killed
 * and can be continued; `elsewhere`, a process that is not ours trains it (the command line, another window);
 * `restarting`, its worker died and is coming back; `unreadable`, there is a folder but no manifest to be had.
 */
export type DisplayState = RunState | 'interrupted' | 'elsewhere' | 'restarting' | 'unreadable';

/** What a listing of the disk says of a run. */
export interface RunOnDisk {
  readonly path: string;
  readonly manifest: RunManifest | null;
  /** Process id of the living trainer, or null. */
  readonly owner: number | null;
  /** Why the manifest cannot be read. */
  readonly problem: string | null;
}

/** What changed; of metrics also the index from which on they were added or replaced. */
export type RunChange =
  { readonly of: 'run' } | { readonly of: 'findings' } | { readonly of: 'metrics'; readonly from: number };

export class RunRecord {
  /** The run folder, absolute: what identifies a run. */
  readonly path: string;
  /** The experiment file, absolute. */
  readonly experimentFile: string;
  readonly changed = new Signal<RunChange>();

  #manifest: RunManifest | null = null;
  #owner: number | null = null;
  #unreadable: string | null = null;
  #status: WorkerStatus = { phase: 'absent', problem: null };
  #metrics: Metric[] = [];
  #metricsKnown = false;
  #findings: readonly Finding[] = [];
  #outcomes: readonly Outcome[] | null = null;
  #backend: BackendInUse | null = null;
  /** Whether a worker of this window trains it, from the request on, restarts included. */
  #trainedHere = false;
  /** Whether it was asked to train and has not told yet that it does. */
  #starting = false;
  #revision = 1;
  #processes = 0;

  constructor(path: string, experimentFile: string) {
    this.path = path;
    this.experimentFile = experimentFile;
  }

  get manifest(): RunManifest | null {
    return this.#manifest;
  }
  /** A process of this window is at work on it, or on its way. */
  get live(): boolean {
    return this.#status.phase !== 'absent';
  }
  get status(): WorkerStatus {
    return this.#status;
  }
  get metrics(): readonly Metric[] {
    return this.#metrics;
  }
  /** Whether {@link metrics} holds all that there are. */
  get metricsKnown(): boolean {
    return this.#metricsKnown;
  }
  get findings(): readonly Finding[] {
    return this.#findings;
  }
  /** What every diagnostic said when all of them were last run; null before that. */
  get outcomes(): readonly Outcome[] | null {
    return this.#outcomes;
  }
  /** What the worker last at work on it computes on, and why. */
  get backend(): BackendInUse | null {
    return this.#backend;
  }
  /** Counts changes of everything but metrics. */
  get revision(): number {
    return this.#revision;
  }
  /** Counts the worker processes that have served this run. */
  get processes(): number {
    return this.#processes;
  }

  get state(): DisplayState {
    if (this.#status.phase === 'restarting') return 'restarting';
    if (this.#manifest === null) return this.live ? 'preparing' : 'unreadable';
    const { state } = this.#manifest;
    if (!isUnderWay(state)) return state;
    if (this.#trainedHere) return state;
    return this.#owner !== null ? 'elsewhere' : 'interrupted';
  }

  /** Whether a worker of ours trains it, pauses included. */
  get training(): boolean {
    return this.#trainedHere;
  }
  /** Whether training can be taken up again. */
  get continuable(): boolean {
    const { state } = this;
    return state === 'interrupted' || state === 'stopped' || (state === 'failed' && this.#hasCheckpoint);
  }
  /** Whether there are weights to sample from. */
  get hasWeights(): boolean {
    return this.training || this.#hasCheckpoint;
  }
  get #hasCheckpoint(): boolean {
    return this.#manifest !== null && this.#manifest.checkpoints.last !== null;
  }

  /** A worker of this window is about to train it. */
  beginTraining(): void {
    this.#trainedHere = true;
    this.#starting = true;
    this.#tell({ of: 'run' });
  }

  /** It could not. */
  trainingFailed(): void {
    this.#trainedHere = false;
    this.#starting = false;
    this.#tell({ of: 'run' });
  }

  /** What went wrong, in words; null when nothing did. */
  get problem(): string | null {
    if (this.#unreadable !== null) return this.#unreadable;
    if (this.#status.phase === 'absent') return this.#status.problem;
    if (this.#status.phase !== 'restarting') return null;
    const { reason, attempt, of } = this.#status;
    return `${reason}; restarting from the last checkpoint (${attempt} of ${of})`;
  }

  /** Takes what the disk says, unless a worker of ours trains the run and knows better. */
  setFromDisk(found: RunOnDisk): void {
    if (this.#trainedHere) return;
    const same =
      this.#owner === found.owner &&
      this.#unreadable === found.problem &&
      JSON.stringify(this.#manifest) === JSON.stringify(found.manifest);
    if (same) return;
    const moved = this.#manifest?.step !== found.manifest?.step;
    this.#manifest = found.manifest;
    this.#owner = found.owner;
    this.#unreadable = found.problem;
    if (moved) this.#metricsKnown = false;
    this.#tell({ of: 'run' });
  }

  /** Whether a manifest tells that training here is over. */
  endsTraining(manifest: RunManifest): boolean {
    return this.#trainedHere && !this.#starting && !isUnderWay(manifest.state);
  }

  setManifest(manifest: RunManifest): void {
    this.#manifest = manifest;
    this.#unreadable = null;
    // Until training has begun, a run that is continued may still be told to stand as it stood before.
    if (isUnderWay(manifest.state)) this.#starting = false;
    else if (!this.#starting) this.#trainedHere = false;
    this.#tell({ of: 'run' });
  }

  setStatus(status: WorkerStatus): void {
    this.#status = status;
    // A worker that only showed the run ends when one that trains it starts.
    if (status.phase === 'absent' && !this.#starting) this.#trainedHere = false;
    this.#tell({ of: 'run' });
  }

  /** A new process answers. */
  countProcess(): void {
    this.#processes += 1;
    this.#tell({ of: 'run' });
  }

  setBackend(backend: BackendInUse): void {
    this.#backend = backend;
    this.#tell({ of: 'run' });
  }

  /** All metrics of the run, as its folder has them. */
  setMetrics(metrics: readonly Metric[]): void {
    this.#metrics = [...metrics];
    this.#metricsKnown = true;
    this.#tell({ of: 'metrics', from: 0 });
  }

  /**
   * Metrics from index `from` on; those that stood there before (a resumed run repeats steps) are replaced. False when
   * earlier ones are missing: then they have to be read from the folder.
   */
  addMetrics(from: number, metrics: readonly Metric[]): boolean {
    if (from > this.#metrics.length) {
      this.#metricsKnown = false;
      return false;
    }
    if (from === 0) this.#metricsKnown = true;
    this.#metrics.length = from;
    for (const metric of metrics) this.#metrics.push(metric);
    this.#tell({ of: 'metrics', from });
    return true;
  }

  /** The findings that stand now. What earlier outcomes said of the same diagnostics is overtaken. */
  setFindings(findings: readonly Finding[]): void {
    this.#findings = findings;
    this.#outcomes =
      this.#outcomes?.map((outcome) => {
        const finding = findings.find(({ id }) => id === outcome.id);
        if (finding) return { id: outcome.id, state: 'finding', finding };
        return outcome.state === 'finding' ? { id: outcome.id, state: 'ok' } : outcome;
      }) ?? null;
    this.#tell({ of: 'findings' });
  }

  setOutcomes(outcomes: readonly Outcome[]): void {
    this.#outcomes = outcomes;
    this.#findings = outcomes.flatMap((outcome) => (outcome.state === 'finding' ? [outcome.finding] : []));
    this.#tell({ of: 'findings' });
  }

  /** As the inspector's page shows it; null while there is no manifest. */
  summary(id: string): RunSummary | null {
    if (this.#manifest === null) return null;
    const elsewhere =
      this.state === 'elsewhere'
        ? `another process (${this.#owner}) trains this run: the command line or another window`
        : null;
    return {
      id,
      manifest: this.#manifest,
      live: this.#trainedHere && this.live,
      problem: this.problem ?? elsewhere,
    };
  }

  #tell(change: RunChange): void {
    if (change.of !== 'metrics') this.#revision += 1;
    this.changed.fire(change);
  }
}

function isUnderWay(state: RunState): boolean {
  return state === 'preparing' || state === 'running' || state === 'paused';
}
