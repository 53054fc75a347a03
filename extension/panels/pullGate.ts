/**
 * Answers the inspector's pulls: with what is newer than what the page has, as soon as there is something, else after a
 * while with nothing. One reply a pull, at most one frame in it, and of each kind the newest. The worker is asked for a
 * frame only while the page wants that kind, once per kind at a time. No editor in here.
 */
import { choiceKey, type Frame, type FrameKind } from '../../src/inspection/frames.ts';
import type { FrameParams } from '../../src/protocol/worker.ts';
import { messageOf, RemoteError } from '../../src/protocol/rpc.ts';
import type {
  CheckCounts,
  DrawnRows,
  PullResult,
  RunMasks,
  RunSummary,
  WebviewRequests,
} from '../../src/protocol/webview.ts';
import type { Drawing } from '../../src/protocol/drawing.ts';
import type { Finding } from '../../src/inspection/findings.ts';
import type { Metric } from '../../src/runs/metrics.ts';
import { type Activity, activityText } from '../../src/text/activity.ts';
import type { Subscription } from '../signal.ts';
import { withOwnBuffers } from './ownBuffers.ts';

type Pull = WebviewRequests['pull']['params'];
type Wish = Pull['frames'][number];

/** Where answers come from: one run, or an experiment that has none. */
export interface PullSource {
  /** Names the run's folder, or the experiment's file: pulls of something else are told nothing. */
  readonly standsOn: string;
  /** Counts changes of run and findings. */
  readonly revision: number;
  /** Counts the worker processes that have served the run. */
  readonly processes: number;
  /** Whether parameters change, so that newer frames may come without being asked about twice. */
  readonly training: boolean;
  readonly summary: RunSummary | null;
  /** What keeps training from its next step. */
  readonly activity?: Activity | null;
  readonly findings: readonly Finding[];
  readonly checks: CheckCounts | null;
  readonly metrics: readonly Metric[];
  readonly masks: RunMasks | null;
  readonly drawn: DrawnRows | null;
  readonly drawing: Drawing;
  /** The page has the rows drawn by hand. */
  drawnFetched(): void;
  /** The newest frame, or null when none newer came in time. */
  frame(params: FrameParams): Promise<Frame | null>;
  /** Tells of every change; of metrics with the index from which on they were added or replaced. */
  onChange(listener: (metricsFrom: number | null) => void): Subscription;
}

export interface PullGateOptions {
  /** A pull with nothing to tell is answered after so long. */
  readonly holdMs: number;
  /** Replies are at least so far apart, but for those with a frame that the page has nothing of yet. */
  readonly paceMs: number;
  /** An idle worker that has shown nothing newer for so long has nothing newer: it may only have been slow before. */
  readonly idleMs: number;
  /** How long what failed is left alone; twice as long after the next failure. */
  readonly retryMs: number;
  readonly onError: (kind: FrameKind, error: unknown) => void;
}

export const defaultGate = { holdMs: 10_000, paceMs: 33, idleMs: 60_000, retryMs: 15_000 } as const;

/** What fails again and again is tried every so often, no less. */
const MAX_RETRY_MS = 10 * 60_000;

interface Failure {
  /** What the worker could not compute; null where it was the worker that failed, whatever it was asked for. */
  readonly choice: string | null;
  readonly count: number;
  readonly process: number;
  readonly until: number;
}

/** State of one kind of frame. */
interface Channel {
  /** Asked of the worker and not yet answered. */
  asked: { readonly choice: string; readonly newerThan: number; readonly training: boolean } | null;
  /** Arrived and not yet fetched by the page. */
  ready: { readonly frame: Frame; readonly choice: string } | null;
  /** What an idle worker has nothing newer than; asking again would only keep it awake. */
  settled: { readonly choice: string; readonly newerThan: number; readonly process: number } | null;
  failure: Failure | null;
  /** A failure that the page has not been told of. */
  untold: { readonly choice: string; readonly message: string } | null;
}

export class PullGate {
  readonly #source: PullSource;
  readonly #o: PullGateOptions;
  readonly #channels = new Map<FrameKind, Channel>();
  readonly #subscription: Subscription;
  #wake: () => void = () => undefined;
  #turn = 0;
  #lastReply = -Infinity;
  #lastKind: FrameKind | null = null;
  /** Lowest index at which metrics were added or replaced since the last reply. */
  #metricsFrom = Infinity;
  #closed = false;

  constructor(source: PullSource, options: PullGateOptions) {
    this.#source = source;
    this.#o = options;
    this.#subscription = source.onChange((metricsFrom) => {
      if (metricsFrom !== null) this.#metricsFrom = Math.min(this.#metricsFrom, metricsFrom);
      this.#wake();
    });
  }

  /** Answers one pull. A newer pull ends the wait of an older one: the page that asked it is gone. */
  async pull(pull: Pull): Promise<PullResult> {
    const turn = ++this.#turn;
    this.#wake();
    const deadline = performance.now() + this.#o.holdMs;
    for (;;) {
      if (this.#closed || turn !== this.#turn) return { revision: pull.revision };
      const now = performance.now();
      if (pull.standsOn !== this.#source.standsOn) {
        if (now >= deadline) return { revision: pull.revision };
        await this.#sleep(deadline - now);
        continue;
      }
      for (const wish of pull.frames) this.#ask(wish);
      if (this.#hasNews(pull) || now >= deadline) {
        // What somebody has just chosen and waits for is no matter of pace.
        const early = this.#awaited(pull).length > 0 ? 0 : this.#lastReply + this.#o.paceMs - now;
        if (early <= 0) return this.#reply(pull);
        await this.#sleep(early);
      } else {
        await this.#sleep(Math.min(deadline, this.#nextTry(pull)) - now);
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#subscription.dispose();
    this.#wake();
  }

  #hasNews(pull: Pull): boolean {
    return (
      pull.revision !== this.#source.revision ||
      (!pull.masks && this.#source.masks !== null) ||
      (this.#source.drawn !== null && this.#source.drawn.serial > pull.drawn) ||
      this.#source.drawing.serial !== pull.drawing ||
      this.#metricsStart(pull) < this.#source.metrics.length ||
      this.#metricsStart(pull) < pull.metrics ||
      pull.frames.some((wish) => this.#readyFor(wish) !== null || this.#problemOf(wish) !== null)
    );
  }

  #reply(pull: Pull): PullResult {
    this.#lastReply = performance.now();
    const { revision, summary, activity, findings, checks, metrics, masks, drawing } = this.#source;
    const from = this.#metricsStart(pull);
    const newer = metrics.slice(from);
    const frame = this.#nextFrame(pull);
    const changed = pull.revision !== revision;
    const frameProblem = this.#nextProblem(pull);
    this.#metricsFrom = Infinity;
    const drawn = this.#source.drawn !== null && this.#source.drawn.serial > pull.drawn ? this.#source.drawn : null;
    if (drawn) this.#source.drawnFetched();
    return {
      revision,
      ...(changed && summary && { run: summary }),
      ...(changed && { findings, checks, activity: activity ? activityText(activity) : null }),
      ...((newer.length > 0 || from < pull.metrics) && { metrics: { from, metrics: newer } }),
      ...(!pull.masks && masks && { masks }),
      ...(drawn && { drawn: withOwnBuffers(drawn) }),
      ...(drawing.serial !== pull.drawing && { drawing: withOwnBuffers(drawing) }),
      ...(frame && { frame: withOwnBuffers(frame) }),
      ...(frameProblem && { frameProblem }),
    };
  }

  /** Index of the first metric that the page lacks or has in an earlier form. */
  #metricsStart(pull: Pull): number {
    return Math.min(pull.metrics, this.#metricsFrom, this.#source.metrics.length);
  }

  /** Wishes of choices that the page has nothing of, and that can be answered. */
  #awaited(pull: Pull): Wish[] {
    return pull.frames.filter((wish) => wish.newerThan === 0 && this.#readyFor(wish) !== null);
  }

  /** One frame of those that are wanted and there: what the page has nothing of first, else kinds take turns. */
  #nextFrame(pull: Pull): Frame | null {
    const awaited = this.#awaited(pull);
    const kinds = awaited.length > 0 ? awaited : pull.frames.filter((wish) => this.#readyFor(wish) !== null);
    if (kinds.length === 0) return null;
    const after = kinds.findIndex((wish) => wish.kind === this.#lastKind) + 1;
    const { kind } = kinds[after % kinds.length]!;
    const channel = this.#channel(kind);
    const frame = channel.ready!.frame;
    channel.ready = null;
    this.#lastKind = kind;
    return frame;
  }

  #nextProblem(pull: Pull): PullResult['frameProblem'] | null {
    for (const wish of pull.frames) {
      const message = this.#problemOf(wish);
      if (message === null) continue;
      this.#channel(wish.kind).untold = null;
      return { kind: wish.kind, message };
    }
    return null;
  }

  #problemOf(wish: Wish): string | null {
    const { untold } = this.#channel(wish.kind);
    return untold?.choice === choiceKey(wish) ? untold.message : null;
  }

  #readyFor({ newerThan, ...wish }: Wish): Frame | null {
    const ready = this.#channel(wish.kind).ready;
    if (!ready || ready.frame.version <= newerThan) return null;
    return ready.choice === choiceKey(wish) ? ready.frame : null;
  }

  /** When to look again though nothing has happened: what failed may be tried again. */
  #nextTry(pull: Pull): number {
    return Math.min(Infinity, ...pull.frames.map((wish) => this.#pausedUntil(wish)));
  }

  /**
   * Until when a choice is left alone after a failure; Infinity when it is not. A new process gets a new chance, and so
   * does another choice than the one that could not be computed.
   */
  #pausedUntil(wish: Wish): number {
    const { failure } = this.#channel(wish.kind);
    if (failure === null || failure.process !== this.#source.processes) return Infinity;
    if (failure.choice !== null && failure.choice !== choiceKey(wish)) return Infinity;
    return failure.until > performance.now() ? failure.until : Infinity;
  }

  #ask(wanted: Wish): void {
    const { newerThan, ...wish } = wanted;
    const channel = this.#channel(wish.kind);
    const choice = choiceKey(wish);
    const { processes, training } = this.#source;
    if (this.#source.summary === null || this.#pausedUntil(wanted) !== Infinity) return;
    // A page that was reloaded has nothing: what its predecessor waited for may be long in coming.
    if (channel.asked?.choice === choice && channel.asked.newerThan <= newerThan) return;
    if (channel.ready && channel.ready.choice === choice && channel.ready.frame.version > newerThan) return;
    const { settled } = channel;
    if (!training && settled?.choice === choice && settled.newerThan <= newerThan && settled.process === processes)
      return;
    const asked = { choice, newerThan, training };
    channel.asked = asked;
    const waitMs = training ? this.#o.holdMs / 2 : this.#o.idleMs;
    void this.#source.frame({ ...wish, newerThan, waitMs, overtakes: true }).then(
      (frame) => this.#take(channel, asked, frame),
      (error: unknown) => this.#fail(wish.kind, channel, asked, error),
    );
  }

  #take(channel: Channel, asked: NonNullable<Channel['asked']>, frame: Frame | null): void {
    // An answer to a question that was replaced (another choice, a page that has less) is of no use.
    if (channel.asked !== asked) return;
    channel.asked = null;
    channel.failure = null;
    channel.untold = null;
    const { processes, training } = this.#source;
    if (frame === null) {
      const { choice, newerThan } = asked;
      channel.settled =
        training || asked.training || newerThan === 0 ? null : { choice, newerThan, process: processes };
    } else channel.ready = { frame, choice: asked.choice };
    this.#wake();
  }

  #fail(kind: FrameKind, channel: Channel, asked: NonNullable<Channel['asked']>, error: unknown): void {
    if (channel.asked !== asked) return;
    channel.asked = null;
    const choice = error instanceof RemoteError ? asked.choice : null;
    const count = channel.failure?.choice === choice ? channel.failure.count + 1 : 1;
    const pause = Math.min(MAX_RETRY_MS, this.#o.retryMs * 2 ** (count - 1));
    channel.failure = { choice, count, process: this.#source.processes, until: performance.now() + pause };
    // A worker that only showed the run made way for one that trains it: no news, the next will be asked.
    if (this.#source.training === asked.training) {
      channel.untold = { choice: asked.choice, message: messageOf(error) };
      this.#o.onError(kind, error);
    }
    this.#wake();
  }

  #channel(kind: FrameKind): Channel {
    let channel = this.#channels.get(kind);
    if (!channel) {
      channel = { asked: null, ready: null, settled: null, failure: null, untold: null };
      this.#channels.set(kind, channel);
    }
    return channel;
  }

  /** Settles after `ms`, or when something happens. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(ms, 2 ** 31 - 1));
      this.#wake = wake;
    });
  }
}
