/** Metrics on their way to the host: in order, joined while the channel is congested. */
import type { Metric } from '../runs/metrics.ts';

export interface MetricsBatch {
  readonly from: number;
  readonly metrics: readonly Metric[];
}

/** Time between two messages, and at most while the channel stays congested. */
const INTERVAL_MS = 150;
const MAX_INTERVAL_MS = 2_000;

export class MetricsOutbox {
  readonly #send: (batch: MetricsBatch) => boolean;
  #from = 0;
  #waiting: Metric[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #interval = INTERVAL_MS;

  /** `send` answers false when the channel is congested: the batch has gone, the next one had better wait. */
  constructor(send: (batch: MetricsBatch) => boolean) {
    this.#send = send;
  }

  add(from: number, metrics: readonly Metric[]): void {
    // A smaller `from` than expected: the run went back to a checkpoint and begins anew from there.
    if (from !== this.#from + this.#waiting.length) {
      this.flush();
      this.#from = from;
    }
    this.#waiting.push(...metrics);
    this.#timer ??= setTimeout(() => this.flush(), this.#interval);
  }

  /** Sends what waits, at once. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    const metrics = this.#waiting;
    this.#waiting = [];
    const uncongested = this.#send({ from: this.#from, metrics });
    this.#from += metrics.length;
    this.#interval = uncongested ? INTERVAL_MS : Math.min(MAX_INTERVAL_MS, 2 * this.#interval);
  }
}
