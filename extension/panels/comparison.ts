/** The run that stands beside the one that the inspector shows: its gate, and in what the experiments differ. */
import { messageOf } from '../../src/protocol/rpc.ts';
import type { PullResult, WebviewRequests } from '../../src/protocol/webview.ts';
import { experimentDifferences, type Difference } from '../../src/spec/differences.ts';
import { engine } from '../engine.ts';
import type { RunRecord } from '../runs/runRecord.ts';
import type { RunService } from '../runs/runService.ts';
import type { Log } from '../worker/workerProcess.ts';
import { defaultGate, PullGate } from './pullGate.ts';
import { pullSource } from './runSource.ts';

export class Comparison {
  readonly #runs: RunService;
  readonly #log: Log;
  #run: RunRecord | null = null;
  #gate: PullGate | null = null;

  constructor(runs: RunService, log: Log) {
    this.#runs = runs;
    this.#log = log;
  }

  /** The other run; null while none is compared with. */
  get run(): RunRecord | null {
    return this.#run;
  }

  /** Stands on another run, or (null) on none; the worker of the one before is let go, unless it is `shown` elsewhere. */
  stand(run: RunRecord | null, shown: RunRecord | null): void {
    if (run === this.#run) return;
    const before = this.#run;
    this.close();
    this.#run = run;
    this.#gate =
      run &&
      new PullGate(pullSource({ experimentFile: run.experimentFile, run }, this.#runs), {
        ...defaultGate,
        onError: (kind, error) => this.#log('warning', `${kind}: ${messageOf(error)}`),
      });
    if (before && before !== shown) {
      this.#runs.letGo(before).catch((error: unknown) => this.#log('warning', messageOf(error)));
    }
  }

  pull(pull: WebviewRequests['pullCompared']['params']): Promise<PullResult> {
    return this.#gate ? this.#gate.pull(pull) : Promise.resolve({ revision: pull.revision });
  }

  /** In what the other run's experiment differs from a run's; null where one of them cannot be read. */
  async differences(run: RunRecord): Promise<readonly Difference[] | null> {
    if (!this.#run) return null;
    try {
      const [a, b] = await engine.experimentsOf([run.path, this.#run.path]);
      return a && b ? experimentDifferences(a, b) : null;
    } catch (error) {
      this.#log('warning', messageOf(error));
      return null;
    }
  }

  /** Answers nothing more. */
  close(): void {
    this.#gate?.close();
    this.#gate = null;
  }
}
