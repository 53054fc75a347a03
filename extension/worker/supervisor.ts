/** All workers of this window: one process per run that is trained or looked at. No editor in here. */
import type { Runtime } from '../../src/native/check.ts';
import type { BackendChoice, DeviceReport } from '../../src/protocol/worker.ts';
import { RunWorker, type RunListener, type RunWorkerOptions } from './runWorker.ts';
import { ownRuntime } from './runtime.ts';
import { WorkerProcess, type Log } from './workerProcess.ts';

/** Values that suit people; tests use shorter ones. */
export const defaultLimits = {
  // Reading a large text file is one long breath; only what is silent far beyond that is dead.
  silenceMs: 60_000,
  // The editor gives `deactivate` five seconds.
  graceMs: 4000,
  backOffMs: [500, 2000, 8000],
  idleMs: 5 * 60_000,
} as const satisfies Limits;

type Limits = Omit<RunWorkerOptions, 'file' | 'log' | 'runtime'>;

export interface SupervisorOptions {
  /** The worker's program. */
  readonly file: string;
  readonly log: Log;
  /** What runs a worker that computes on a backend; the editor's own runtime unless told. */
  readonly runtime?: (backend: BackendChoice) => Promise<Runtime>;
  readonly limits?: Limits;
}

export class Supervisor {
  readonly #options: RunWorkerOptions;
  readonly #workers = new Map<string, RunWorker>();

  constructor({ file, log, runtime = ownRuntime, limits = defaultLimits }: SupervisorOptions) {
    this.#options = { file, log, runtime, ...limits };
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
    const runtime = await this.#options.runtime('auto');
    const process = await WorkerProcess.start({ ...this.#options, runtime });
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
