/**
 * What can be done to runs, whoever asks: commands, views, the inspector. Binds the store (what is known) to the
 * supervisor (who does the work). No editor in here.
 */
import type { Frame } from '../../src/inspection/frames.ts';
import { ConnectionError, messageOf, RemoteError } from '../../src/protocol/rpc.ts';
import { CANCELLED, type DrawingProgress } from '../../src/protocol/drawing.ts';
import type {
  BackendChoice,
  FrameParams,
  SampleParams,
  TextSampleParams,
  TrainParams,
  WorkerRequests,
} from '../../src/protocol/worker.ts';
import type { RunMasks } from '../../src/protocol/webview.ts';
import type { RunManifest } from '../../src/runs/manifest.ts';
import type { Metric } from '../../src/runs/metrics.ts';
import { activityText } from '../../src/text/activity.ts';
import { Signal } from '../signal.ts';
import type { RunListener, RunWorker } from '../worker/runWorker.ts';
import type { Supervisor } from '../worker/supervisor.ts';
import type { Log } from '../worker/workerProcess.ts';
import { describeBackend } from '../../src/protocol/deviceWords.ts';
import { deleteRunFolder } from './deletion.ts';
import type { RunRecord } from './runRecord.ts';
import type { RunStore } from './runStore.ts';

export interface RunServiceOptions {
  readonly store: RunStore;
  readonly supervisor: Supervisor;
  readonly log: Log;
  /** The setting. */
  readonly backend: () => BackendChoice;
  /** Whether processes may be started in this workspace. */
  readonly trusted: () => boolean;
  readonly newRunPath: (experimentFile: string, time: Date) => Promise<string>;
  readonly readMetrics: (runFolder: string) => Promise<readonly Metric[]>;
  /** The masks of a run's model; null if it has none. */
  readonly readMasks: (runFolder: string, dimension: number) => Promise<RunMasks | null>;
  readonly writeManifest: (runFolder: string, manifest: RunManifest) => Promise<void>;
}

/** A drawing that has not ended. */
interface UnderWay {
  readonly id: number;
  givenUp: boolean;
}

export class RunService {
  /** The run that the status bar and the diagnostics speak of has changed to another. */
  readonly currentChanged = new Signal<RunRecord | null>();
  /** A run could not start, or did after all (null), with the experiment's file. */
  readonly startSettled = new Signal<{ readonly experimentFile: string; readonly refusal: string | null }>();
  readonly #o: RunServiceOptions;
  #current: RunRecord | null = null;
  /** What is being drawn by hand, one drawing a run. */
  readonly #drawings = new Map<RunRecord, UnderWay>();
  #draws = 0;
  /** How many wait for the checks of a run. */
  readonly #checks = new Map<RunRecord, number>();
  readonly #reading = new Map<RunRecord, Promise<void>>();

  constructor(o: RunServiceOptions) {
    this.#o = o;
  }

  /** The run last started or looked at. */
  get current(): RunRecord | null {
    return this.#current;
  }
  setCurrent(run: RunRecord | null): void {
    if (run === this.#current) return;
    this.#current = run;
    this.currentChanged.fire(run);
  }

  /** Starts a new run. Settles with it as soon as its worker is asked; `started` settles with the first batch. */
  async train(experimentFile: string): Promise<{ run: RunRecord; started: Promise<void> }> {
    this.#assertTrusted();
    const path = await this.#o.newRunPath(experimentFile, new Date());
    const run = this.#o.store.record(path, experimentFile);
    run.setMetrics([]);
    return { run, started: this.#train(run, false) };
  }

  /** Takes training up again from the last checkpoint. */
  async continueRun(run: RunRecord): Promise<void> {
    this.#assertTrusted();
    await this.loadMetrics(run);
    await this.#train(run, true);
  }

  async #train(run: RunRecord, resume: boolean): Promise<void> {
    this.setCurrent(run);
    const params: TrainParams = {
      experimentFile: run.experimentFile,
      runFolder: run.path,
      backend: this.#o.backend(),
      resume,
    };
    run.beginTraining();
    try {
      await this.#worker(run).train(params);
      this.startSettled.fire({ experimentFile: run.experimentFile, refusal: null });
    } catch (error) {
      run.trainingFailed();
      await this.#afterFailure(run);
      const refused = error instanceof RemoteError && error.remoteName === 'DataError';
      if (refused) this.startSettled.fire({ experimentFile: run.experimentFile, refusal: error.message });
      throw error;
    }
  }

  async pause(run: RunRecord): Promise<void> {
    run.setManifest(await this.#worker(run).request('pause', {}, 0));
  }

  async resume(run: RunRecord): Promise<void> {
    run.setManifest(await this.#worker(run).request('resume', {}, 0));
  }

  /** One batch, or to the end of the epoch; a run that is under way is paused first. */
  async step(run: RunRecord, unit: 'batch' | 'epoch'): Promise<void> {
    const worker = this.#worker(run);
    if (run.manifest?.state !== 'paused') run.setManifest(await worker.request('pause', {}, 0));
    run.setManifest(await worker.request('step', { unit }, 0));
  }

  async stop(run: RunRecord): Promise<void> {
    await this.#worker(run).stop();
    await this.refresh(run);
  }

  /**
   * Draws rows: they stand in the record to be shown, and in the run's samples folder; until then how far it is.
   * @throws RemoteError what the worker refuses; one named CANCELLED when it was given up.
   */
  sample(run: RunRecord, params: Omit<SampleParams, 'from' | 'id'>): Promise<{ frame: Frame; file: string }> {
    const begun = { finished: 0, rows: params.rows, share: 0, frame: null };
    return this.#draw(run, begun, async (worker, whose) => {
      // Long rows take long; the heartbeat tells a slow worker from a dead one.
      const drawn = await worker.request('sample', { ...params, ...whose }, 0);
      if (drawn.frame.kind === 'samples') run.setDrawn(drawn.frame);
      return drawn;
    });
  }

  /** Has a model of text write one, as {@link sample} draws rows; what there is of it stands in the record's drawing. */
  sampleText(
    run: RunRecord,
    params: Omit<TextSampleParams, 'from' | 'id'>,
  ): Promise<WorkerRequests['sampleText']['result']> {
    const { prime, length, seed, temperature, topK } = params;
    const begun = { finished: 0, rows: length, share: 0, frame: null, writing: { prime, text: '' } };
    return this.#draw(run, begun, async (worker, whose) => {
      const written = await worker.request('sampleText', { ...params, ...whose }, 0);
      const { text, step, nats } = written;
      run.setWritten({ prime, text, seed, temperature, topK, step, nats });
      return written;
    });
  }

  /** One drawing a run: told of, and to be given up. */
  async #draw<T>(
    run: RunRecord,
    begun: DrawingProgress,
    ask: (worker: RunWorker, whose: { from: 'current' | 'best'; id: number }) => Promise<T>,
  ): Promise<T> {
    if (this.#drawings.has(run)) throw new Error('rows are being drawn from this run already; wait, or give them up');
    const drawing: UnderWay = { id: ++this.#draws, givenUp: false };
    this.#drawings.set(run, drawing);
    run.setDrawing(begun);
    try {
      await this.#open(run);
      if (drawing.givenUp) throw new RemoteError('the drawing was given up', CANCELLED);
      const drawn = await ask(this.#worker(run), { from: run.training ? 'current' : 'best', id: drawing.id });
      this.sampled.fire();
      return drawn;
    } finally {
      this.#drawings.delete(run);
      run.setDrawing(null);
    }
  }

  /** Gives up what is being drawn from a run: its `sample` fails. */
  cancelSample(run: RunRecord): void {
    const drawing = this.#drawings.get(run);
    if (!drawing) return;
    drawing.givenUp = true;
    // Not answered where the worker is not there yet, or has just gone: then nothing is drawn, either.
    this.#worker(run)
      .request('cancelSample', { id: drawing.id }, 0)
      .catch((error: unknown) => this.#o.log('info', messageOf(error)));
  }
  readonly sampled = new Signal<void>();

  /** The next frame, from a worker that is started if need be. */
  async frame(run: RunRecord, params: FrameParams): Promise<Frame | null> {
    await this.#open(run);
    return this.#worker(run).request('frame', params, params.waitMs + FRAME_PATIENCE_MS);
  }

  /** Runs every diagnostic where that costs nobody anything: nothing is training, a process may be started. */
  async diagnoseQuietly(run: RunRecord): Promise<void> {
    if (run.training || run.outcomes !== null || !run.hasWeights || !this.#o.trusted()) return;
    try {
      await this.#diagnose(run);
    } catch (error) {
      this.#o.log('warning', `diagnostics: ${messageOf(error)}`);
    }
  }

  /** Runs every diagnostic for somebody who waits for them. */
  async diagnose(run: RunRecord): Promise<void> {
    const count = (by: number) => this.#checks.set(run, (this.#checks.get(run) ?? 0) + by);
    count(1);
    try {
      await this.#diagnose(run);
    } finally {
      count(-1);
      if (this.#checks.get(run) === 0) this.#checks.delete(run);
    }
  }

  async #diagnose(run: RunRecord): Promise<void> {
    await this.#open(run);
    run.setOutcomes(await this.#worker(run).request('diagnose', {}, 0));
  }

  /** Deletes the run's folder. @throws Error when it is being trained, or not recognised as a run of its experiment. */
  async delete(run: RunRecord): Promise<void> {
    if (run.training) throw new Error('the run is being trained; stop it first');
    if (run.state === 'elsewhere') throw new Error('another process trains the run; stop it first');
    await this.#o.supervisor.release(run.path, 'the run is deleted');
    await deleteRunFolder(run);
    this.#o.store.remove(run);
    if (this.#current === run) this.setCurrent(null);
  }

  /** Lets the worker of a run go that nobody looks at any more, unless it trains, draws or checks. */
  async letGo(run: RunRecord): Promise<void> {
    if (run.training || this.#drawings.has(run) || this.#checks.has(run)) return;
    await this.#o.supervisor.release(run.path, 'nobody looks at the run any more');
  }

  /** Makes sure that what a page shows of a run, and its folder alone tells, is known; again as the folder changes. */
  async readForPage(run: RunRecord): Promise<void> {
    const before = this.#reading.get(run);
    if (before) return before;
    const reading = Promise.all([this.#loadMasks(run), this.loadMetrics(run)]).then(() => undefined);
    this.#reading.set(run, reading);
    await reading;
    this.#reading.delete(run);
  }

  /** Of a run that has not begun there is nothing to read yet. */
  async #loadMasks(run: RunRecord): Promise<void> {
    if (run.masksKnown || run.manifest === null) return;
    const { dimension } = run.manifest;
    const failed = (error: unknown) => {
      this.#o.log('warning', `masks: ${messageOf(error)}`);
      return null;
    };
    run.setMasks(await this.#o.readMasks(run.path, dimension).catch(failed));
  }

  /** Makes sure that all metrics of a run are known. */
  async loadMetrics(run: RunRecord): Promise<void> {
    if (run.metricsKnown) return;
    try {
      run.setMetrics(await this.#o.readMetrics(run.path));
    } catch (error) {
      this.#o.log('warning', messageOf(error));
    }
  }

  async refresh(run: RunRecord): Promise<void> {
    await this.#o.store.refresh(run.experimentFile);
  }

  async #open(run: RunRecord): Promise<void> {
    const worker = this.#worker(run);
    if (run.training || worker.live) {
      if (!run.training) await worker.open(this.#o.backend());
      return;
    }
    this.#assertTrusted();
    if (!run.hasWeights) throw new ConnectionError('the run has no weights yet: no epoch of it was finished');
    await worker.open(this.#o.backend());
  }

  #worker(run: RunRecord): RunWorker {
    return this.#o.supervisor.worker(run.path, this.#listener(run));
  }

  #listener(run: RunRecord): RunListener {
    return {
      manifest: (manifest) => {
        const over = run.endsTraining(manifest);
        run.setManifest(manifest);
        if (over) void this.diagnoseQuietly(run);
      },
      metrics: ({ from, metrics }) => {
        if (!run.addMetrics(from, metrics)) void this.loadMetrics(run);
      },
      findings: (findings) => run.setFindings(findings),
      backend: (backend) => {
        run.setBackend(backend);
        for (const line of describeBackend(backend)) this.#o.log('info', line);
      },
      activity: (activity) => {
        run.setActivity(activity);
        if (activity) this.#o.log('info', activityText(activity));
      },
      status: (status) => {
        run.setStatus(status);
        // Who owns the folder and how far it got, only the disk knows now.
        if (status.phase === 'absent') void this.refresh(run);
      },
      sampling: ({ id, ...progress }) => {
        if (this.#drawings.get(run)?.id === id) run.setDrawing(progress);
      },
      writing: ({ id, text, written, length }) => {
        const { progress } = run.drawing;
        if (this.#drawings.get(run)?.id !== id || !progress?.writing) return;
        const { prime, text: before } = progress.writing;
        const writing = { prime, text: before + text };
        run.setDrawing({ finished: written, rows: length, share: written / length, frame: null, writing });
      },
      restarted: () => run.countProcess(),
      gaveUp: (reason) => void this.#markFailed(run, reason),
    };
  }

  /** A run whose training could not start: on disk it is failed, if it got as far as a folder; else there is none. */
  async #afterFailure(run: RunRecord): Promise<void> {
    await this.refresh(run);
    if (run.manifest === null || this.#o.store.find(run.path) === null) {
      this.#o.store.remove(run);
      if (this.#current === run) this.setCurrent(this.#o.store.entry(run.experimentFile).runs[0] ?? null);
    } else if (run.state === 'interrupted' && run.problem !== null) {
      await this.#markFailed(run, run.problem);
    }
  }

  /** Writes into the run's folder that it failed; its worker is not there to do so. */
  async #markFailed(run: RunRecord, reason: string): Promise<void> {
    if (run.manifest === null) return;
    const manifest: RunManifest = { ...run.manifest, state: 'failed', reason };
    try {
      await this.#o.writeManifest(run.path, manifest);
    } catch (error) {
      this.#o.log('error', messageOf(error));
    }
    // What was read from the disk before may still be on its way into the record: read once more, after that.
    await this.refresh(run);
    run.setManifest(manifest);
  }

  #assertTrusted(): void {
    if (!this.#o.trusted()) {
      throw new Error(
        'this workspace is not trusted: training, sampling and measuring start a process and wait for trust',
      );
    }
  }
}

/** Time to compute a frame, over and above the time to wait for a newer one. */
const FRAME_PATIENCE_MS = 60_000;
