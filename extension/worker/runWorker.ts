/**
 * The worker at work on one run: started on demand, restarted when it dies while training, ended when idle.
 *
 * A crashed training run goes on from its last checkpoint, a bounded number of times with growing waits in between;
 * then it is given up with the reason. A worker that was only open for inspection is not restarted by itself: the next
 * request starts a new one.
 */
import type { Runtime } from '../../src/native/check.ts';
import { ConnectionError, RemoteError } from '../../src/protocol/rpc.ts';
import type { BackendChoice, TrainParams, WorkerNotifications, WorkerRequests } from '../../src/protocol/worker.ts';
import type { RunManifest } from '../../src/runs/manifest.ts';
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

export class RunWorker {
  readonly runFolder: string;
  readonly #options: RunWorkerOptions;
  readonly #listener: RunListener;
  #process: WorkerProcess | null = null;
  #starting: Promise<WorkerProcess> | null = null;
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
    return this.#process !== null || this.#starting !== null || this.#cancelWait !== null;
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
    try {
      await this.#process?.end('training starts in a new worker');
      return await this.#startTraining(params);
    } catch (error) {
      this.#endTraining();
      this.#release(messageOf(error));
      throw error;
    }
  }

  /** Opens the run for inspection, unless a worker is there. @throws as {@link train}. */
  async open(backend: BackendChoice): Promise<void> {
    if (this.#process) return;
    if (this.#starting) {
      await this.#starting;
      return;
    }
    if (this.#cancelWait) throw new ConnectionError('the worker is being restarted');
    try {
      const process = await this.#start(backend);
      const manifest = await process.connection.request('open', { runFolder: this.runFolder, backend }, 0);
      this.#hearManifest(manifest);
      this.#listener.status({ phase: 'live' });
      this.#touch();
    } catch (error) {
      this.#release(messageOf(error));
      throw error;
    }
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

  /** Ends training: by the worker when there is one, else by giving up its restart. */
  async stop(): Promise<void> {
    if (this.#cancelWait) {
      this.#endTraining();
      this.#cancelWait();
      return;
    }
    this.#hearManifest(await this.request('stop', {}, 0));
  }

  /** Ends the process in good order; training is not taken up again. */
  async dispose(reason: string): Promise<void> {
    this.#disposed = true;
    this.#endTraining();
    this.#cancelWait?.();
    this.#clearIdle();
    const starting = await this.#starting?.catch(() => null);
    await (this.#process ?? starting)?.end(reason);
    await this.#leaving;
  }

  async #startTraining(params: TrainParams): Promise<RunManifest> {
    const process = await this.#start(params.backend);
    const manifest = await process.connection.request('train', params, 0);
    this.#batchesRun = true;
    this.#hearManifest(manifest);
    this.#listener.status({ phase: 'live' });
    return manifest;
  }

  async #start(backend: BackendChoice): Promise<WorkerProcess> {
    if (this.#disposed) throw new ConnectionError('the extension is shutting down');
    this.#listener.status({ phase: 'starting' });
    this.#starting = this.#options
      .runtime(backend)
      .then((runtime) => WorkerProcess.start({ ...this.#options, runtime }));
    try {
      const process = await this.#starting;
      this.#process = process;
      this.#listener.restarted();
      const { connection } = process;
      connection.on('manifest', (manifest) => this.#hearManifest(manifest));
      connection.on('metrics', (metrics) => this.#listener.metrics(metrics));
      connection.on('findings', (findings) => this.#listener.findings(findings));
      connection.on('backend', (backend) => this.#listener.backend(backend));
      connection.on('log', ({ level, text }) => this.#options.log(level, text));
      void process.ended.then((end) => this.#hearEnd(process, end));
      return process;
    } finally {
      this.#starting = null;
    }
  }

  #hearManifest(manifest: RunManifest): void {
    this.#manifest = manifest;
    if (this.#batchesRun && !isActive(manifest)) {
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
        await this.#startTraining({ ...params, resume: true });
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

function isActive({ state }: RunManifest): boolean {
  return state === 'preparing' || state === 'running' || state === 'paused';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
