/**
 * The worker at work on one run: started on demand, restarted when it dies while training, ended when idle.
 *
 * A crashed training run goes on from its last checkpoint, a bounded number of times with growing waits in between;
 * then it is given up with the reason. A worker that was only open for inspection is not restarted by itself: the next
 * request starts a new one. Starting and ending go one after another: there is one process for a run at a time, and
 * what an older one still says is not heard.
 */
import type { Runtime } from '../../src/native/check.ts';
import { ConnectionError, messageOf, RemoteError } from '../../src/protocol/rpc.ts';
import type { BackendChoice, TrainParams, WorkerNotifications, WorkerRequests } from '../../src/protocol/worker.ts';
import type { RunManifest } from '../../src/runs/manifest.ts';
import { isUnderWay } from '../../src/runs/states.ts';
import { WorkerProcess, type Log, type WorkerEnd, type WorkerProcessOptions } from './workerProcess.ts';

/** What becomes of the process, for people to see. */
export type WorkerStatus =
  | { readonly phase: 'absent'; readonly problem: string | null }
  | { readonly phase: 'starting' }
  | { readonly phase: 'live' }
  | { readonly phase: 'restarting'; readonly attempt: number; readonly of: number; readonly reason: string };

/** Hears what a run's worker tells. */
export interface RunListener {
  manifest(manifest: RunManifest): void;
  metrics(metrics: WorkerNotifications['metrics']): void;
  findings(findings: WorkerNotifications['findings']): void;
  backend(backend: WorkerNotifications['backend']): void;
  /** What keeps training from its next step; null when that is over. */
  activity(activity: WorkerNotifications['activity']): void;
  sampling(progress: WorkerNotifications['sampling']): void;
  writing(progress: WorkerNotifications['writing']): void;
  status(status: WorkerStatus): void;
  /** A new process answers from now on: what the old one counted (versions of frames) begins anew. */
  restarted(): void;
  /** Training died and is not tried again. */
  gaveUp(reason: string): void;
}

export interface RunWorkerOptions extends Omit<WorkerProcessOptions, 'runtime'> {
  /** What to run a worker with that computes on a backend. */
  readonly runtime: (backend: BackendChoice) => Promise<Runtime>;
  /** Waits before each restart; as many restarts as there are entries. */
  readonly backOffMs: readonly number[];
  /** An idle worker is ended after so long. */
  readonly idleMs: number;
  readonly log: Log;
}

type Method = keyof WorkerRequests;

/** Listens to a worker that was let go. */
const deaf: RunListener = {
  manifest: () => undefined,
  metrics: () => undefined,
  findings: () => undefined,
  backend: () => undefined,
  activity: () => undefined,
  sampling: () => undefined,
  writing: () => undefined,
  status: () => undefined,
  restarted: () => undefined,
  gaveUp: () => undefined,
};

const MAKES_WAY = 'training starts in a new worker';

export class RunWorker {
  readonly runFolder: string;
  readonly #options: RunWorkerOptions;
  #listener: RunListener;
  #process: WorkerProcess | null = null;
  /** Starting and ending, one after another. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Those that have begun or wait for their turn. */
  #turns = 0;
  #training: TrainParams | null = null;
  #manifest: RunManifest | null = null;
  /** Whether the worker has answered that batches are running: from then on its death is ours to mend. */
  #batchesRun = false;
  #restarts = 0;
  #cancelWait: (() => void) | null = null;
  #idleTimer: ReturnType<typeof setTimeout> | null = null;
  /** The end of a process that was let go. */
  #leaving: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(runFolder: string, options: RunWorkerOptions, listener: RunListener) {
    this.runFolder = runFolder;
    this.#options = options;
    this.#listener = listener;
  }

  /** Whether a process is there or on its way. */
  get live(): boolean {
    return this.#process !== null || this.#turns > 0 || this.#cancelWait !== null;
  }

  /** Whether the run is being trained, pauses and restarts included. */
  get training(): boolean {
    return this.#training !== null;
  }

  /**
   * Starts or resumes training. @throws RemoteError what the worker refuses; ConnectionError when it dies before the
   * first batch (nothing is tried again then: there is nothing to go on from).
   */
  async train(params: TrainParams): Promise<RunManifest> {
    if (this.#training) throw new Error('this run is already being trained');
    this.#training = params;
    this.#restarts = 0;
    // At once: whoever waits for an answer of it, in turn before us, shall not keep training waiting.
    void this.#process?.end(MAKES_WAY);
    return this.#inTurn(async () => {
      try {
        await this.#process?.end(MAKES_WAY);
        return await this.#startTraining(params, params);
      } catch (error) {
        if (this.#training === params) this.#endTraining();
        this.#release(messageOf(error));
        throw error;
      }
    });
  }

  /** Opens the run for inspection, unless a worker is there. @throws as {@link train}. */
  async open(backend: BackendChoice): Promise<void> {
    if (this.#cancelWait) throw new ConnectionError('the worker is being restarted');
    await this.#inTurn(async () => {
      if (this.#process?.leaving === true) await this.#process.ended;
      if (this.#process) return;
      const assertWanted = () => {
        if (this.#training) throw new ConnectionError(MAKES_WAY);
      };
      try {
        assertWanted();
        const process = await this.#start(backend);
        assertWanted();
        const manifest = await process.connection.request('open', { runFolder: this.runFolder, backend }, 0);
        assertWanted();
        this.#hearManifest(manifest);
        this.#listener.status({ phase: 'live' });
        this.#touch();
      } catch (error) {
        // Training waits for its turn, and ends this process before it begins.
        if (!this.#training) this.#release(messageOf(error));
        throw error;
      }
    });
  }

  /** Asks the worker. @throws ConnectionError when there is none. */
  async request<M extends Method>(
    method: M,
    params: WorkerRequests[M]['params'],
    timeoutMs?: number,
  ): Promise<WorkerRequests[M]['result']> {
    const process = this.#process;
    if (!process) throw new ConnectionError('no worker is at work on this run');
    const result = await process.connection.request(method, params, timeoutMs);
    // A poll that brought nothing keeps nobody awake.
    if (result !== null) this.#touch();
    return result;
  }

  /** Ends training: by the worker while batches run, else by giving up its start or restart. */
  async stop(): Promise<void> {
    if (this.#training && !this.#batchesRun) {
      this.#endTraining();
      this.#cancelWait?.();
      await this.#process?.end('stopped before the first batch');
      return;
    }
    this.#hearManifest(await this.request('stop', {}, 0));
  }

  /**
   * Ends the process in good order; training is not taken up again. The listener hears at once that no worker is at work,
   * and then nothing more: when the process is gone at last, another may have been at work on the run for long.
   */
  async dispose(reason: string): Promise<void> {
    const { live } = this;
    this.#disposed = true;
    this.#endTraining();
    if (live) this.#listener.status({ phase: 'absent', problem: null });
    this.#listener = deaf;
    this.#cancelWait?.();
    this.#clearIdle();
    void this.#process?.end(reason);
    await this.#inTurn(async () => {
      await this.#process?.end(reason);
      await this.#leaving;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#turns += 1;
    const turn = this.#turn.then(work).finally(() => {
      this.#turns -= 1;
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** @param wanted what {@link train} was asked for: given up when something else is. */
  async #startTraining(params: TrainParams, wanted: TrainParams): Promise<RunManifest> {
    const assertWanted = () => {
      if (this.#training !== wanted) throw new ConnectionError('stopped before the first batch');
    };
    assertWanted();
    const process = await this.#start(params.backend);
    assertWanted();
    const manifest = await process.connection.request('train', params, 0);
    assertWanted();
    this.#batchesRun = true;
    this.#hearManifest(manifest);
    this.#listener.status({ phase: 'live' });
    return manifest;
  }

  async #start(backend: BackendChoice): Promise<WorkerProcess> {
    const assertWanted = () => {
      if (this.#disposed) throw new ConnectionError('the extension is shutting down');
    };
    await this.#leaving;
    assertWanted();
    this.#listener.status({ phase: 'starting' });
    const runtime = await this.#options.runtime(backend);
    assertWanted();
    const process = await WorkerProcess.start({ ...this.#options, runtime });
    this.#process = process;
    this.#listener.restarted();
    const { connection } = process;
    const current = <T>(hear: (value: T) => void) => {
      return (value: T) => {
        if (this.#process === process) hear(value);
      };
    };
    connection.on(
      'manifest',
      current((manifest) => this.#hearManifest(manifest)),
    );
    connection.on(
      'metrics',
      current((metrics) => this.#listener.metrics(metrics)),
    );
    connection.on(
      'findings',
      current((findings) => this.#listener.findings(findings)),
    );
    connection.on(
      'backend',
      current((inUse) => this.#listener.backend(inUse)),
    );
    connection.on(
      'activity',
      current((activity) => this.#listener.activity(activity)),
    );
    connection.on(
      'sampling',
      current((progress) => this.#listener.sampling(progress)),
    );
    connection.on(
      'writing',
      current((progress) => this.#listener.writing(progress)),
    );
    connection.on('log', ({ level, text }) => this.#options.log(level, text));
    void process.ended.then((end) => this.#hearEnd(process, end));
    assertWanted();
    return process;
  }

  #hearManifest(manifest: RunManifest): void {
    this.#manifest = manifest;
    if (this.#batchesRun && !isUnderWay(manifest.state)) {
      this.#endTraining();
      this.#touch();
    }
    this.#listener.manifest(manifest);
  }

  #hearEnd(process: WorkerProcess, end: WorkerEnd): void {
    if (this.#process !== process) return;
    this.#process = null;
    this.#clearIdle();
    const params = this.#training;
    // Before the first batch the request for training is still open and rejects; whoever made it hears the reason.
    if (end.expected || this.#disposed || params === null || !this.#batchesRun) {
      this.#listener.status({ phase: 'absent', problem: end.expected ? null : end.reason });
      return;
    }
    this.#options.log('error', `${this.runFolder}: ${end.reason}`);
    void this.#restart(params, end.reason);
  }

  async #restart(params: TrainParams, firstReason: string): Promise<void> {
    this.#batchesRun = false;
    let reason = firstReason;
    const wasPaused = this.#manifest?.state === 'paused';
    const { backOffMs } = this.#options;
    while (this.#restarts < backOffMs.length) {
      const wait = backOffMs[this.#restarts]!;
      this.#restarts += 1;
      this.#listener.status({ phase: 'restarting', attempt: this.#restarts, of: backOffMs.length, reason });
      await this.#wait(wait);
      if (this.#training !== params) {
        this.#listener.status({ phase: 'absent', problem: null });
        return;
      }
      try {
        await this.#inTurn(() => this.#startTraining({ ...params, resume: true }, params));
        // Refused where training ended meanwhile, and then there is nothing to pause.
        if (wasPaused)
          this.request('pause', {}).then(
            (m) => this.#hearManifest(m),
            () => undefined,
          );
        return;
      } catch (error) {
        reason = messageOf(error);
        await this.#process?.end(reason);
        if (this.#training !== params) {
          this.#listener.status({ phase: 'absent', problem: null });
          return;
        }
        // A refusal with words will be the same the next time; only a death is worth another try.
        if (error instanceof RemoteError) break;
      }
    }
    this.#endTraining();
    const verdict =
      this.#restarts >= backOffMs.length && backOffMs.length > 0
        ? `${reason}; given up after ${this.#restarts} restarts`
        : reason;
    this.#listener.status({ phase: 'absent', problem: verdict });
    this.#listener.gaveUp(verdict);
  }

  #endTraining(): void {
    this.#training = null;
    this.#batchesRun = false;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#cancelWait = null;
        resolve();
      };
      const timer = setTimeout(finish, ms);
      this.#cancelWait = finish;
    });
  }

  /** Lets a process go that could not do its work, and says why. */
  #release(problem: string): void {
    const process = this.#process;
    this.#process = null;
    this.#clearIdle();
    if (process) this.#leaving = process.end(problem);
    this.#listener.status({ phase: 'absent', problem });
  }

  #touch(): void {
    this.#clearIdle();
    if (this.#training || !this.#process) return;
    this.#idleTimer = setTimeout(() => {
      void this.#process?.end('ended after a while without requests; the next one starts a new worker');
    }, this.#options.idleMs);
  }

  #clearIdle(): void {
    if (this.#idleTimer) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
  }
}
