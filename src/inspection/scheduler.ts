/**
 * Computes what is asked for, and nothing else, in the pauses between batches and within a budget.
 *
 * While a model trains, credit accrues at a small share of the training time, and a chunk of work runs only while there
 * is credit; what somebody waits for (the first frame of a kind, a request by hand) runs at once, some chunks a batch.
 * Kinds share the budget evenly. While nothing trains, everything runs freely.
 */
import type { Frame, FrameKind, FrameOf } from './frames.ts';
import { frameOf } from './frameOf.ts';
import type { Chunked, InspectionSource } from './source.ts';

/** A long-polled request for a frame. */
export interface FrameRequest {
  readonly kind: FrameKind;
  /** Only a frame newer than this version will do; 0 for any. */
  readonly newerThan: number;
  /** Mask to show, or null for the one in use. */
  readonly mask: number | null;
  /** Answered with null after so long. */
  readonly waitMs: number;
}

export interface SchedulerOptions {
  readonly source: InspectionSource;
  /** Whether training is under way, so that work must keep to its budget. */
  readonly training: () => boolean;
  /** Share of the training time that inspections may take. */
  readonly share?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  /** Version of the first frame less one; the time, so that versions grow across restarts of the process. */
  readonly firstVersion?: number;
  /** Computes a frame; for tests. */
  readonly compute?: typeof frameOf;
}

const SHARE = 0.02;
/** Time for urgent work between two batches. */
const URGENT_MS = 25;
/** Credit saved up at most: a long time without requests must not buy a long stall. */
const MAX_CREDIT_MS = 50;
/** Time between two frames of a kind while training. */
const MIN_INTERVAL_MS = 125;
/** Work that nobody waits for any more is given up after so long. */
const ABANDON_MS = 10_000;

/** The run that work was for is no longer looked at. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';

  constructor() {
    super('the run was closed');
  }
}

interface Waiter {
  readonly newerThan: number;
  readonly mask: number | null;
  settle(frame: Frame | null): void;
  fail(error: unknown): void;
}

interface Task {
  /** What shares the budget: a kind of frame, or the name of other work. */
  readonly key: string;
  readonly work: Chunked<unknown>;
  /** Runs without credit and costs none. */
  readonly urgent: boolean;
  readonly finish: (value: unknown) => void;
  readonly fail: (error: unknown) => void;
}

interface KindState {
  readonly kind: FrameKind;
  latest: { readonly frame: Frame; readonly mask: number | null } | null;
  version: number;
  waiters: Waiter[];
  task: { readonly task: Task; readonly mask: number | null } | null;
  finishedAt: number;
  wantedAt: number;
}

export class Scheduler {
  readonly #source: InspectionSource;
  readonly #training: () => boolean;
  readonly #share: number;
  readonly #now: () => number;
  readonly #compute: NonNullable<SchedulerOptions['compute']>;
  readonly #firstVersion: number;
  readonly #kinds = new Map<FrameKind, KindState>();
  readonly #used = new Map<string, number>();
  #tasks: Task[] = [];
  #credit = 0;
  #trainingSince: number;
  #busy = false;
  #pumping = false;
  #woken = false;
  #closed = false;

  constructor(options: SchedulerOptions) {
    this.#source = options.source;
    this.#training = options.training;
    this.#share = options.share ?? SHARE;
    this.#now = options.now ?? (() => performance.now());
    this.#compute = options.compute ?? frameOf;
    this.#firstVersion = options.firstVersion ?? Date.now();
    this.#trainingSince = this.#now();
  }

  /**
   * The newest frame of a kind as soon as it is newer than what the asker has; null when none came in time or the
   * scheduler closed. @throws what its computation threw.
   */
  request<K extends FrameKind>(request: FrameRequest & { readonly kind: K }): Promise<FrameOf<K> | null> {
    const { kind, newerThan, mask, waitMs } = request;
    const state = this.#kind(kind);
    const { latest } = state;
    if (latest && latest.mask === mask && latest.frame.version > newerThan) {
      return Promise.resolve(latest.frame as FrameOf<K>);
    }
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        state.waiters = state.waiters.filter((other) => other !== waiter);
        state.wantedAt = this.#now();
      };
      const waiter: Waiter = {
        newerThan,
        mask,
        settle: (frame) => {
          leave();
          resolve(frame as FrameOf<K> | null);
        },
        fail: (error) => {
          leave();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      const timer = setTimeout(() => waiter.settle(null), waitMs);
      state.waiters.push(waiter);
      this.wake();
    });
  }

  /** Other work in chunks under the same budget; urgent when a person waits for it. Rejects when the scheduler closes. */
  run<T>(key: string, work: Chunked<T>, urgency: 'urgent' | 'budgeted'): Promise<T> {
    if (this.#closed) return Promise.reject(new ClosedError());
    return new Promise((resolve, reject) => {
      this.#add({
        key,
        work,
        urgent: urgency === 'urgent',
        finish: (value) => resolve(value as T),
        fail: (error) => reject(error instanceof Error ? error : new Error(String(error))),
      });
      this.wake();
    });
  }

  /**
   * Called by the trainer between batches: runs a chunk, if there is one to run and credit for it; of urgent work as
   * many as fit into a short time.
   */
  async betweenBatches(): Promise<void> {
    const now = this.#now();
    this.#credit = Math.min(MAX_CREDIT_MS, this.#credit + this.#share * (now - this.#trainingSince));
    const free = !this.#training();
    do {
      if (!(await this.#runChunk(free))) break;
    } while (this.#tasks.some((task) => task.urgent) && this.#now() - now < URGENT_MS);
    this.#trainingSince = this.#now();
    this.wake();
  }

  /** Takes what else inspections cost (sending frames) off the credit. */
  charge(milliseconds: number): void {
    if (this.#training()) this.#credit -= milliseconds;
  }

  /** Goes on with what is asked for while nothing trains; to be called when training pauses or ends. */
  wake(): void {
    if (this.#closed || this.#training()) return;
    // Seen by a pump that is just about to find nothing to do.
    this.#woken = true;
    if (this.#pumping) return;
    this.#pumping = true;
    void this.#pump();
  }

  /** Gives up all work: frames are answered with null, other work is rejected. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const state of this.#kinds.values()) for (const waiter of state.waiters) waiter.settle(null);
    for (const task of this.#tasks) {
      void task.work.return(undefined).catch(() => undefined);
      task.fail(new ClosedError());
    }
    this.#tasks = [];
  }

  async #pump(): Promise<void> {
    while (this.#woken && !this.#training()) {
      this.#woken = false;
      while (!this.#training() && (await this.#runChunk(true))) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    this.#pumping = false;
    this.#trainingSince = this.#now();
  }

  /** Runs one chunk of the most deserving task; false when there was none. */
  async #runChunk(free: boolean): Promise<boolean> {
    if (this.#busy || this.#closed) return false;
    this.#startFrames(free);
    const task = this.#choose(free);
    if (!task) return false;
    this.#busy = true;
    const started = this.#now();
    try {
      const { done, value } = await task.work.next();
      if (done) {
        this.#drop(task);
        task.finish(value);
      }
    } catch (error) {
      this.#drop(task);
      task.fail(error);
    } finally {
      this.#busy = false;
      const cost = this.#now() - started;
      if (task.urgent) {
        // The next urgent one has its turn.
        const at = this.#tasks.indexOf(task);
        if (at >= 0) this.#tasks.push(...this.#tasks.splice(at, 1));
      } else {
        this.#used.set(task.key, (this.#used.get(task.key) ?? 0) + cost);
        if (!free) this.#credit -= cost;
      }
    }
    return true;
  }

  #choose(free: boolean): Task | null {
    const ready = this.#tasks.filter((task) => !this.#abandoned(task));
    const urgent = ready.find((task) => task.urgent);
    if (urgent) return urgent;
    if (!free && this.#credit <= 0) return null;
    let best: Task | null = null;
    for (const task of ready) if (!best || this.#usedBy(task) < this.#usedBy(best)) best = task;
    return best;
  }

  #usedBy(task: Task): number {
    return this.#used.get(task.key) ?? 0;
  }

  /** Whether a frame is being computed that nobody waits for at present; given up when nobody comes back. */
  #abandoned(task: Task): boolean {
    for (const state of this.#kinds.values()) {
      if (state.task?.task !== task) continue;
      const { mask } = state.task;
      if (state.waiters.some((waiter) => waiter.mask === mask)) return false;
      if (this.#now() - state.wantedAt > ABANDON_MS || state.waiters.length > 0) {
        state.task = null;
        this.#drop(task);
        void task.work.return(undefined).catch(() => undefined);
      }
      return true;
    }
    return false;
  }

  /** Starts a frame wherever somebody waits for one that would be news. */
  #startFrames(free: boolean): void {
    for (const state of this.#kinds.values()) {
      const waiter = state.waiters[0];
      if (!waiter || state.task) continue;
      if (!this.#isNews(state, waiter.mask, free)) continue;
      if (!free && this.#now() - state.finishedAt < MIN_INTERVAL_MS) continue;
      const { mask } = waiter;
      const task: Task = {
        key: state.kind,
        // While nothing trains there is time to be thorough.
        work: this.#compute(state.kind, this.#source, mask, state.latest === null && !free ? 'first' : 'thorough'),
        urgent: state.latest === null,
        finish: (value) => this.#deliver(state, value as Frame, mask),
        fail: (error) => {
          state.task = null;
          state.finishedAt = this.#now();
          for (const other of state.waiters) if (other.mask === mask) other.fail(error);
        },
      };
      state.task = { task, mask };
      this.#add(task);
    }
  }

  /** Whether the parameters have moved on since the last frame of this kind. Samples are drawn anew once an epoch. */
  #isNews({ kind, latest }: KindState, mask: number | null, free: boolean): boolean {
    if (latest === null || latest.mask !== mask) return true;
    if (kind === 'samples' && !free) return Math.floor(this.#source.epoch) !== Math.floor(latest.frame.epoch);
    return this.#source.step !== latest.frame.step;
  }

  #deliver(state: KindState, computed: Frame, mask: number | null): void {
    const frame: Frame = { ...computed, version: ++state.version };
    state.latest = { frame, mask };
    state.task = null;
    state.finishedAt = this.#now();
    for (const waiter of state.waiters) {
      if (waiter.mask === mask && waiter.newerThan < frame.version) waiter.settle(frame);
    }
  }

  #add(task: Task): void {
    // A newcomer starts level with the others: what it did not use while nobody asked for it is no claim.
    const others = this.#tasks.filter((other) => !other.urgent).map((other) => this.#usedBy(other));
    if (others.length > 0) this.#used.set(task.key, Math.max(this.#usedBy(task), Math.min(...others)));
    this.#tasks.push(task);
  }

  #drop(task: Task): void {
    this.#tasks = this.#tasks.filter((other) => other !== task);
  }

  #kind(kind: FrameKind): KindState {
    let state = this.#kinds.get(kind);
    if (!state) {
      state = {
        kind,
        latest: null,
        version: this.#firstVersion,
        waiters: [],
        task: null,
        finishedAt: -Infinity,
        wantedAt: -Infinity,
      };
      this.#kinds.set(kind, state);
    }
    return state;
  }
}
