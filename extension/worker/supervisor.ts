/** All workers of this window: one process per run that is trained or looked at. No editor in here. */
import type { DeviceReport } from '../../src/protocol/worker.ts';
import { RunWorker, type RunListener, type RunWorkerOptions } from './runWorker.ts';
import { WorkerProcess, type Log } from './workerProcess.ts';

/** Values that suit people; tests use shorter ones. */
export const defaultLimits = {
  // Reading a large text file is one long breath; only what is silent far beyond that is dead.
  silenceMs: 60_000,
  // The editor gives `deactivate` five seconds.
  graceMs: 4000,
  backOffMs: [500, 2000, 8000],
  idleMs: 5 * 60_000,
} as const satisfies Omit<RunWorkerOptions, 'file' | 'log'>;

export class Supervisor {
  readonly #options: RunWorkerOptions;
  readonly #workers = new Map<string, RunWorker>();

  constructor(o: { file: string; log: Log; limits?: Omit<RunWorkerOptions, 'file' | 'log'> }) {
    this.#options = { file: o.file, log: o.log, ...(o.limits ?? defaultLimits) };
  }

  /** The worker of a run, made at the first call; `listener` is the one of that call. */
  worker(runFolder: string, listener: RunListener): RunWorker {
    let worker = this.#workers.get(runFolder);
    if (!worker) {
      worker = new RunWorker(runFolder, this.#options, listener);
      this.#workers.set(runFolder, worker);
    }
    return worker;
  }

  /** Lets a run's worker go, before the run is deleted. */
  async release(runFolder: string, reason: string): Promise<void> {
    const worker = this.#workers.get(runFolder);
    this.#workers.delete(runFolder);
    await worker?.dispose(reason);
  }

  /** Asks a worker of its own which backends there are. */
  async devices(): Promise<readonly DeviceReport[]> {
    const process = await WorkerProcess.start(this.#options);
    try {
      return await process.connection.request('devices', {}, 120_000);
    } finally {
      void process.end('asked for the list of backends');
    }
  }

  /** Ends every worker in good order. */
  async dispose(): Promise<void> {
    const workers = [...this.#workers.values()];
    this.#workers.clear();
    await Promise.all(workers.map((worker) => worker.dispose('the editor is closing')));
  }
}
