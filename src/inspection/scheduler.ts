/**
 * Computes what is asked for, and nothing else, in the pauses between batches and within a budget.
 *
 * While a model trains, credit accrues at a small share of the training time, and a chunk of work runs only while there
 * is credit; what somebody waits for (the first frame of a kind, a request by hand) runs at once, some chunks a batch.
 * Kinds of frames share the budget evenly; what nobody waits for has a smaller part. While nothing trains, everything runs freely.
 */
import { type CompiledPasses, passesOn } from '../backends/compiledPasses.ts';
import { FrameDesk, type FrameDeskOptions, type FrameRequest } from './frameDesk.ts';
import type { FrameKind, FrameOf } from './frames.ts';
import { Shares } from './shares.ts';
import type { Chunked } from './source.ts';
import { asError, giveUp, type Task } from './task.ts';

export interface SchedulerOptions extends Omit<FrameDeskOptions, 'now' | 'share'> {
  /** Whether training is under way, so that work must keep to its budget. */
  readonly training: () => boolean;
  /** Share of the training time that inspections may take. */
  readonly share?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

const SHARE = 0.03;
/** What nobody looks at (diagnostics) counts so many times, so that it gets that much less of the budget. */
const BACKGROUND_WEIGHT = 4;
/** Time for urgent work between two batches; as much as a batch takes where that is longer, or somebody would wait for many. */
const URGENT_MS = 25;
/** Credit saved up at most: a long time without requests must not buy a long stall. */
const MAX_CREDIT_MS = 50;

/** The run that work was for is no longer looked at. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';

  constructor() {
    super('the run was closed');
  }
}

export class Scheduler {
  readonly #desk: FrameDesk;
  readonly #training: () => boolean;
  readonly #share: number;
  readonly #now: () => number;
  /** Those that chunks are computed by. */
  readonly #passes: Pick<CompiledPasses, 'makingMs'>;
  /** What each task has cost so far, in milliseconds. */
  readonly #spent = new WeakMap<Task, number>();
  readonly #shares: Shares;
  #tasks: Task[] = [];
  #credit = 0;
  /** Whether nothing trained at the last chunk. */
  #wasFree = false;
  #trainingSince: number;
  #busy = false;
  #pumping = false;
  #woken = false;
  #closed = false;

  constructor(options: SchedulerOptions) {
    this.#training = options.training;
    this.#share = options.share ?? SHARE;
    this.#now = options.now ?? (() => performance.now());
    this.#shares = new Shares(this.#now);
    this.#passes = passesOn(options.source.backend);
    this.#desk = new FrameDesk({ ...options, now: this.#now, share: this.#share });
    this.#trainingSince = this.#now();
  }

  /**
   * A frame that the asker does not have, as soon as there is one; null when none came in time or the scheduler closed.
   * @throws what its computation threw.
   */
  request<K extends FrameKind>(request: FrameRequest & { readonly kind: K }): Promise<FrameOf<K> | null> {
    if (this.#closed) return Promise.resolve(null);
    const answer = this.#desk.request(request);
    this.wake();
    return answer;
  }

  /** Other work in chunks under the same budget; urgent when a person waits for it. Rejects when the scheduler closes. */
  run<T>(key: string, work: Chunked<T>, urgency: 'urgent' | 'budgeted'): Promise<T> {
    if (this.#closed) return Promise.reject(new ClosedError());
    return new Promise((resolve, reject) => {
      this.#add({
        key,
        work,
        weight: BACKGROUND_WEIGHT,
        urgent: urgency === 'urgent',
        wanted: () => true,
        finish: (value) => resolve(value as T),
        fail: (error) => reject(asError(error)),
      });
      this.wake();
    });
  }

  /**
   * Called by the trainer between batches: runs a chunk, if there is one to run and credit for it; of urgent work as
   * many as fit into a short time, or into that of a batch.
   */
  async betweenBatches(): Promise<void> {
    const now = this.#now();
    this.#credit = Math.min(MAX_CREDIT_MS, this.#credit + this.#share * (now - this.#trainingSince));
    const free = !this.#training();
    const patience = Math.max(URGENT_MS, now - this.#trainingSince);
    do {
      if (!(await this.#runChunk(free))) break;
    } while (this.#tasks.some((task) => task.urgent && task.wanted()) && this.#now() - now < patience);
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
    this.#desk.close();
    for (const task of this.#tasks) {
      giveUp(task);
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
    for (const task of this.#desk.abandoned()) this.#drop(task);
    for (const task of this.#desk.due(free)) this.#add(task);
    // What was used while nothing trained took nobody's turn.
    if (!free && this.#wasFree) this.#shares.clear();
    this.#wasFree = free;
    const task = this.#choose(free);
    if (!task) return false;
    this.#busy = true;
    const [started, makingBefore] = [this.#now(), this.#passes.makingMs];
    // A program is made once, and what it gains is everybody's.
    const cost = () => Math.max(0, this.#now() - started - (this.#passes.makingMs - makingBefore));
    try {
      const { done, value } = await task.work.next();
      const spent = (this.#spent.get(task) ?? 0) + cost();
      this.#spent.set(task, spent);
      if (done) {
        this.#drop(task);
        if (task.weight === 1) this.#shares.frameEnded(task);
        task.finish(value, spent);
      }
    } catch (error) {
      this.#drop(task);
      task.fail(error);
    } finally {
      this.#busy = false;
      this.#account(task, cost(), free);
    }
    return true;
  }

  #account(task: Task, cost: number, free: boolean): void {
    if (!task.urgent) {
      this.#shares.charge(task, cost);
      if (!free) this.#credit -= cost;
      return;
    }
    // The next urgent one has its turn.
    const at = this.#tasks.indexOf(task);
    if (at >= 0) this.#tasks.push(...this.#tasks.splice(at, 1));
  }

  #choose(free: boolean): Task | null {
    const wanted = this.#tasks.filter((task) => task.wanted());
    const urgent = wanted.find((task) => task.urgent);
    if (urgent) return urgent;
    if (!free && this.#credit <= 0) return null;
    return free ? this.#shares.least(wanted) : this.#shares.next(wanted);
  }

  #add(task: Task): void {
    this.#shares.join(task);
    this.#tasks.push(task);
  }

  #drop(task: Task): void {
    this.#tasks = this.#tasks.filter((other) => other !== task);
  }
}
