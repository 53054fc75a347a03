/** A folder with an experiment and its data, and a session to train it in. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpy } from '../../../src/data/npy.ts';
import { Connection, inProcessPair } from '../../../src/protocol/rpc.ts';
import { type HostSide, WORKER_PROTOCOL_VERSION, type WorkerNotifications } from '../../../src/protocol/worker.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { RunManifest } from '../../../src/runs/manifest.ts';
import type { ExperimentInput } from '../../../src/spec/experiment.ts';
import { Session } from '../../../src/worker/session.ts';

export const DIMENSION = 6;

export class Workplace {
  readonly folder: string;
  #runs = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Data with something to learn: each row repeats three bits, the second time with a little noise. */
  static async make(): Promise<Workplace> {
    const place = new Workplace(await mkdtemp(join(tmpdir(), 'lens-worker-')));
    const random = RandomGenerator.seeded(2, 'workplace');
    for (const [name, rows] of [
      ['train', 400],
      ['validation', 60],
      ['test', 50],
    ] as const) {
      const values = new Uint8Array(rows * DIMENSION);
      for (let row = 0; row < rows; row++) {
        for (let d = 0; d < 3; d++) {
          const bit = random.integer(0, 1);
          values[row * DIMENSION + d] = bit;
          values[row * DIMENSION + d + 3] = random.uniform() < 0.05 ? 1 - bit : bit;
        }
      }
      await writeFile(join(place.folder, `${name}.npy`), writeNpy(values, [rows, DIMENSION]));
    }
    return place;
  }

  /** Writes an experiment; answers with its file. */
  async experiment(name: string, change: Partial<ExperimentInput> = {}): Promise<string> {
    const experiment: ExperimentInput = {
      model: { type: 'made', hidden: [16, 16] },
      data: { train: 'train.npy', validation: 'validation.npy', test: 'test.npy' },
      training: { epochs: 4, batchSize: 20, optimizer: { type: 'adam', learningRate: 0.01 } },
      seed: 3,
      ...change,
    };
    const file = join(this.folder, `${name}.lens.json`);
    await writeFile(file, JSON.stringify(experiment, null, 2));
    return file;
  }

  newRunFolder(): string {
    return join(this.folder, 'runs', `run-${++this.#runs}`);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** A host and a session in one process. */
export class Bench {
  readonly host: Connection<HostSide>;
  readonly session: Session;
  readonly manifests: RunManifest[] = [];
  readonly metrics: WorkerNotifications['metrics'][] = [];
  readonly findings: WorkerNotifications['findings'][] = [];
  readonly logs: WorkerNotifications['log'][] = [];

  constructor() {
    const [host, worker] = inProcessPair();
    this.session = new Session(worker);
    this.host = new Connection<HostSide>(host);
    this.host.on('manifest', (manifest) => this.manifests.push(manifest));
    this.host.on('metrics', (metrics) => this.metrics.push(metrics));
    this.host.on('findings', (findings) => this.findings.push(findings));
    this.host.on('log', (log) => this.logs.push(log));
  }

  hello() {
    return this.host.request('hello', { version: WORKER_PROTOCOL_VERSION });
  }

  train(experimentFile: string, runFolder: string, more: { resume?: boolean; epochs?: number } = {}) {
    return this.host.request('train', { experimentFile, runFolder, backend: 'wasm', resume: false, ...more });
  }

  /** The manifest once the run is in one of these states. */
  async until(...states: RunManifest['state'][]): Promise<RunManifest> {
    for (;;) {
      const manifest = this.manifests.at(-1);
      if (manifest && states.includes(manifest.state)) return manifest;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
