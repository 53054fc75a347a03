/** What a run tells: metrics and manifest, into its folder and to whoever listens. */
import type { RunManifest } from '../runs/manifest.ts';
import type { Metric } from '../runs/metrics.ts';
import type { RunFolder } from '../runs/runFolder.ts';

export interface JournalListeners {
  readonly onMetrics?: (from: number, metrics: readonly Metric[]) => void;
  readonly onManifest?: (manifest: RunManifest) => void;
}

/** Metrics are handed on so often; the manifest of a run whose state stays is written so often. */
const METRICS_MS = 250;
const MANIFEST_MS = 1_000;

export class Journal {
  readonly #folder: RunFolder;
  readonly #listeners: JournalListeners;
  #manifest: RunManifest;
  #told: number;
  #pending: Metric[] = [];
  #flushedAt = performance.now();
  #writtenAt = -Infinity;

  /** @param told metrics that the folder already has. */
  constructor(folder: RunFolder, told: number, listeners: JournalListeners, manifest: RunManifest) {
    this.#folder = folder;
    this.#told = told;
    this.#listeners = listeners;
    this.#manifest = manifest;
  }

  get manifest(): RunManifest {
    return this.#manifest;
  }

  add(metric: Metric): void {
    this.#pending.push(metric);
  }

  get isDue(): boolean {
    return this.#pending.length > 0 && performance.now() - this.#flushedAt > METRICS_MS;
  }

  /** Hands the pending metrics on. */
  async flush(): Promise<void> {
    this.#flushedAt = performance.now();
    const metrics = this.#pending;
    if (metrics.length === 0) return;
    this.#pending = [];
    const from = this.#told;
    this.#told += metrics.length;
    this.#listeners.onMetrics?.(from, metrics);
    await this.#folder.appendMetrics(metrics);
  }

  /**
   * Changes the manifest and tells it; writes it first when the state has changed or the last writing was a while ago,
   * so that whoever hears of a state finds it on disk.
   */
  async update(changes: Partial<RunManifest>): Promise<void> {
    const before = this.#manifest;
    this.#manifest = { ...before, ...changes };
    const changed = this.#manifest.state !== before.state;
    try {
      if (changed || performance.now() - this.#writtenAt > MANIFEST_MS) await this.write();
    } finally {
      this.#listeners.onManifest?.(this.#manifest);
    }
  }

  async write(): Promise<void> {
    this.#writtenAt = performance.now();
    await this.#folder.writeManifest(this.#manifest);
  }
}
