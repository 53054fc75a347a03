/** Whose turn it is: what each kind of work has used of the budget so far, by its weight. */
import type { Task } from './task.ts';

/** Work that comes back later than this has been away. */
const AWAY_MS = 3_000;

export class Shares {
  readonly #now: () => number;
  readonly #used = new Map<string, number>();
  /** When the last frame of each kind ended. */
  readonly #endedAt = new Map<string, number>();
  /** What the one whose turn it was last had used by then. */
  #level = 0;

  /** @param now milliseconds of a monotonic clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts anew, nobody ahead of anybody. */
  clear(): void {
    this.#used.clear();
    this.#level = 0;
  }

  /**
   * A newcomer starts level with the others: what it did not use while nobody asked for it is no claim. One frame after the
   * other is no newcomer, or what nobody looks at would have a turn after each.
   */
  join({ key }: Task): void {
    const isBack = this.#now() - (this.#endedAt.get(key) ?? -Infinity) <= AWAY_MS;
    if (!isBack) this.#used.set(key, Math.max(this.#usedBy(key), this.#level));
  }

  charge({ key, weight }: Task, milliseconds: number): void {
    this.#used.set(key, this.#usedBy(key) + milliseconds * weight);
  }

  frameEnded({ key }: Task): void {
    this.#endedAt.set(key, this.#now());
  }

  /**
   * Whose turn it is; null where it is nobody's. What nobody looks at (of another weight than 1) does not fill the gap between
   * a frame and the next of its kind, which is asked for again in a moment, unless that has used more.
   */
  next(tasks: readonly Task[]): Task | null {
    const least = this.least(tasks);
    const chosen = least && least.weight !== 1 && this.#isAwaited(least) ? this.least(tasks.filter(isFrame)) : least;
    if (chosen) this.#level = Math.max(this.#level, this.#usedBy(chosen.key));
    return chosen;
  }

  /** Whoever has used least. */
  least(tasks: readonly Task[]): Task | null {
    let best: Task | null = null;
    for (const task of tasks) if (!best || this.#usedBy(task.key) < this.#usedBy(best.key)) best = task;
    return best;
  }

  #isAwaited(background: Task): boolean {
    const used = this.#usedBy(background.key);
    return [...this.#endedAt].some(([key, at]) => this.#now() - at < AWAY_MS && this.#usedBy(key) < used);
  }

  #usedBy(key: string): number {
    return this.#used.get(key) ?? 0;
  }
}

function isFrame({ weight }: Task): boolean {
  return weight === 1;
}
