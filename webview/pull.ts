/**
 * The pull loop: asks the host for what is newer than what was drawn, and asks again once that is on the screen. So one
 * frame is in flight, the newest wins, and a hidden page asks for nothing. Free of the DOM, so that tests drive it.
 */
import { messageOf } from '../src/protocol/rpc.ts';
import type { PullResult, WebviewRequests } from '../src/protocol/webview.ts';

type Pull = WebviewRequests['pull']['params'];

export interface PullerOptions {
  /** Sends one request. */
  readonly ask: (pull: Pull) => Promise<PullResult>;
  /** What to ask for now. */
  readonly wanted: () => Pull;
  /** Takes an answer; false when there was nothing new in it. */
  readonly take: (asked: Pull, result: PullResult) => boolean;
  /** Settles once what was taken has been drawn. */
  readonly drawn: () => Promise<void>;
  /** Told why the host does not answer, and null when it does again. */
  readonly onTrouble: (problem: string | null) => void;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly now?: () => number;
}

/** An empty answer that came sooner than this was no long poll. */
const QUICK_MS = 1000;
const FIRST_IDLE_MS = 100;
const MAX_IDLE_MS = 2000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;
/** One failure may be a hiccup; two in a row are told. */
const TOLD_FAILURES = 2;

export class Puller {
  readonly #o: PullerOptions;
  readonly #sleep: (ms: number) => Promise<void>;
  readonly #now: () => number;
  /** Counts loops: only the newest goes on. */
  #turn = 0;
  /** Counts runs: answers about an earlier one are dropped. */
  #run = 0;
  #stopped = true;

  constructor(options: PullerOptions) {
    this.#o = options;
    this.#sleep = options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
    this.#now = options.now ?? (() => performance.now());
  }

  /** Starts pulling, or asks anew at once because other things are wanted. */
  kick(): void {
    this.#stopped = false;
    void this.#loop(++this.#turn);
  }

  /** Like {@link kick} unless stopped. */
  change(): void {
    if (!this.#stopped) this.kick();
  }

  /** Asks for nothing more; an answer under way is still taken. */
  stop(): void {
    this.#stopped = true;
    this.#turn++;
  }

  /** The page stands on another run: answers under way belong to the old one. */
  reset(): void {
    this.#run++;
    this.change();
  }

  async #loop(turn: number): Promise<void> {
    let idle = 0;
    let failures = 0;
    while (turn === this.#turn) {
      const run = this.#run;
      const asked = this.#o.wanted();
      const began = this.#now();
      try {
        const result = await this.#o.ask(asked);
        if (run !== this.#run) return;
        const news = this.#o.take(asked, result);
        this.#o.onTrouble(null);
        failures = 0;
        if (turn !== this.#turn) return;
        if (news) {
          idle = 0;
          await this.#o.drawn();
        } else if (this.#now() - began < QUICK_MS) {
          await this.#sleep(Math.min(MAX_IDLE_MS, FIRST_IDLE_MS * 2 ** idle++));
        }
      } catch (error) {
        if (run !== this.#run || turn !== this.#turn) return;
        if (++failures >= TOLD_FAILURES) this.#o.onTrouble(messageOf(error));
        await this.#sleep(Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)));
      }
    }
  }
}

/** Settles after the next frame has been painted, or at once on a page that is not. */
export function afterPaint(): Promise<void> {
  if (document.visibilityState === 'hidden') return Promise.resolve();
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      setTimeout(resolve, 0);
    });
  });
}
