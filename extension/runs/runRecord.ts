/** One run as this window knows it: what its folder says, and while a worker is at work on it what that tells. */
import type { Finding, Outcome } from '../../src/inspection/findings.ts';
import { countOutcomes } from './outcomeCounts.ts';
import type { SamplesFrame } from '../../src/inspection/frames.ts';
import type { CheckCounts, DisplayState, DrawnRows, RunMasks, RunSummary } from '../../src/protocol/webview.ts';
import { noDrawing, type Drawing, type DrawingProgress, type WrittenText } from '../../src/protocol/drawing.ts';
import type { RunManifest } from '../../src/runs/manifest.ts';
import { isUnderWay } from '../../src/runs/states.ts';
import type { BackendInUse } from '../../src/protocol/worker.ts';
import type { Metric } from '../../src/runs/metrics.ts';
import type { Activity } from '../../src/text/activity.ts';
import { Signal } from '../signal.ts';
import type { WorkerStatus } from '../worker/runWorker.ts';
import { ShownActivity } from './shownActivity.ts';

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
  | { readonly of: 'run' | 'findings' | 'masks' | 'drawn' | 'drawing' }
  | { readonly of: 'metrics'; readonly from: number };

/** Rows drawn by hand are kept for a page that begins anew if they take no more bytes than this. */
const MAX_KEPT_ROWS = 2 ** 20;

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
  #masks: RunMasks | null = null;
  #masksKnown = false;
  #drawn: DrawnRows | null = null;
  #draws = 0;
  #drawing: Drawing = noDrawing;
  #backend: BackendInUse | null = null;
  readonly #activity = new ShownActivity(() => this.#tell({ of: 'run' }));
  /** Whether metrics have come since training was asked for. */
  #stepped = false;
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
  /** How the outcomes came out, for the page. */
  get checks(): CheckCounts | null {
    if (this.#outcomes === null) return null;
    return countOutcomes(this.#outcomes);
  }
  /** The masks in turn, once {@link masksKnown}; null for a model without masks. */
  get masks(): RunMasks | null {
    return this.#masks;
  }
  get masksKnown(): boolean {
    return this.#masksKnown;
  }
  /** The rows drawn by hand last; what is large is forgotten when it has been fetched. */
  get drawn(): DrawnRows | null {
    return this.#drawn;
  }
  /** What is being drawn by hand. */
  get drawing(): Drawing {
    return this.#drawing;
  }
  /** What the worker last at work on it computes on, and why. */
  get backend(): BackendInUse | null {
    return this.#backend;
  }
  /** What keeps training from its next step, worth telling; null while nothing does. */
  get activity(): Activity | null {
    return this.#trainedHere ? this.#activity.shown : null;
  }
  /** Counts changes of the run itself and of its findings. */
  get revision(): number {
    return this.#revision;
  }
  /** Counts the worker processes that have served this run. */
  get processes(): number {
    return this.#processes;
  }

  get state(): DisplayState {
    if (this.#status.phase === 'restarting') return 'restarting';
    if (this.#manifest === null) return this.live || this.#starting ? 'preparing' : 'unreadable';
    const { state } = this.#manifest;
    // A run that is continued has its last state on disk until the first batch.
    if (this.#starting) return 'preparing';
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
    return this.#hasCheckpoint && (state === 'interrupted' || state === 'stopped' || state === 'failed');
  }
  /** Whether there are weights to sample from: those of the worker that trains it, else those of a checkpoint. */
  get hasWeights(): boolean {
    return this.training ? this.state === 'running' || this.state === 'paused' : this.#hasCheckpoint;
  }
  /** Whether the model has a density, and so samples. Runs that do not tell of their model are of one that has. */
  get isDensity(): boolean {
    return this.#manifest?.model?.quantity.kind !== 'loss';
  }
  /** What the page may offer. */
  get #actions(): RunSummary['actions'] {
    const { state } = this;
    const paused = state === 'paused';
    return [
      ...(!this.training && state !== 'elsewhere' ? (['train'] as const) : []),
      ...(state === 'running' ? (['pause'] as const) : []),
      ...(paused ? (['resume', 'stepBatch', 'stepEpoch'] as const) : []),
      ...(this.training ? (['stop'] as const) : []),
      ...(this.continuable ? (['continue'] as const) : []),
      ...(this.hasWeights && this.isDensity ? (['sample'] as const) : []),
    ];
  }
  get #hasCheckpoint(): boolean {
    return this.#manifest !== null && this.#manifest.checkpoints.last !== null;
  }

  /** A worker of this window is about to train it. */
  beginTraining(): void {
    this.#trainedHere = true;
    this.#starting = true;
    this.#stepped = false;
    this.#activity.clear();
    this.#forgetChecks();
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
    if (moved) {
      this.#metricsKnown = false;
      this.#forgetChecks();
    }
    this.#tell({ of: 'run' });
  }

  /** Whether a manifest tells that training here is over. */
  endsTraining(manifest: RunManifest): boolean {
    return this.#trainedHere && !this.#starting && !isUnderWay(manifest.state);
  }

  setManifest(manifest: RunManifest): void {
    this.#manifest = manifest;
    this.#unreadable = null;
    if (manifest.state === 'paused') this.#activity.clear();
    // Until training has begun, a run that is continued may still be told to stand as it stood before.
    if (isUnderWay(manifest.state)) this.#starting = false;
    else if (!this.#starting) {
      // What was checked in between was of other parameters.
      if (this.#trainedHere) this.#outcomes = null;
      this.#trainedHere = false;
    }
    this.#tell({ of: 'run' });
  }

  setStatus(status: WorkerStatus): void {
    this.#status = status;
    if (status.phase === 'restarting') this.#activity.clear();
    // A worker that only showed the run ends when one that trains it starts.
    if (status.phase === 'absent' && !this.#starting) this.#trainedHere = false;
    this.#tell({ of: 'run' });
  }

  /** A new process answers. */
  countProcess(): void {
    this.#processes += 1;
    this.#tell({ of: 'run' });
  }

  setActivity(activity: Activity | null): void {
    this.#activity.set(activity, this.#stepped);
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
    this.#stepped = true;
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

  /**
   * The findings that a worker tells. While it trains they overtake what earlier outcomes said of the same diagnostics;
   * after that the parameters stay as they are, and a worker that has run only some checks knows less than all of them.
   */
  setFindings(findings: readonly Finding[]): void {
    if (this.#outcomes !== null && !this.#trainedHere) return;
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

  setMasks(masks: RunMasks | null): void {
    this.#masks = masks;
    this.#masksKnown = true;
    this.#tell({ of: 'masks' });
  }

  setDrawn(frame: SamplesFrame): void {
    this.#draws += 1;
    this.#drawn = { serial: this.#draws, frame };
    this.#tell({ of: 'drawn' });
  }

  /** How far a drawing has come; null when there is none any more. */
  setDrawing(progress: DrawingProgress | null): void {
    this.#drawing = { ...this.#drawing, serial: this.#drawing.serial + 1, progress };
    this.#tell({ of: 'drawing' });
  }

  /** A text asked for by hand is there. */
  setWritten(written: WrittenText): void {
    this.#drawing = { ...this.#drawing, serial: this.#drawing.serial + 1, written };
    this.#tell({ of: 'drawing' });
  }

  /** A page has the rows drawn by hand. */
  drawnFetched(): void {
    if (this.#drawn && bytesOf(this.#drawn.frame) > MAX_KEPT_ROWS) this.#drawn = null;
  }

  /** As the inspector's page shows it; null while there is no manifest. */
  summary(id: string): RunSummary | null {
    if (this.#manifest === null) return null;
    const { state, problem } = this;
    const owner = state === 'elsewhere' ? this.#owner : null;
    return { id, manifest: this.#manifest, state, actions: this.#actions, owner, problem };
  }

  #forgetChecks(): void {
    this.#outcomes = null;
    this.#findings = [];
  }

  #tell(change: RunChange): void {
    if (change.of === 'run' || change.of === 'findings') this.#revision += 1;
    this.changed.fire(change);
  }
}

function bytesOf(frame: SamplesFrame): number {
  return Object.values(frame).reduce(
    (sum: number, value) => sum + (ArrayBuffer.isView(value) ? value.byteLength : 0),
    0,
  );
}
