/**
 * Long-polled requests for frames: who waits for what, and when a new frame would be news.
 *
 * A frame is news when the parameters have moved on since the last one of its choice (kind, mask, options), by a step or an
 * epoch as its kind has it, or when nothing trains and the last one was looked at in haste. Versions grow with every frame
 * of a kind, whatever was chosen.
 */
import { Effort } from './effort.ts';
import type { Look } from './frameMaker.ts';
import { frameOf, makerOf } from './frameOf.ts';
import { choiceKey, type Frame, type FrameChoice, type FrameKind, type FrameOf } from './frames.ts';
import type { InspectionSource } from './source.ts';
import { asError, giveUp, type Task } from './task.ts';

/** A long-polled request for a frame. */
export interface FrameRequest extends FrameChoice {
  /** Version of the frame that the asker has; 0 for none. */
  readonly newerThan: number;
  /** Answered with null after so long. */
  readonly waitMs: number;
  /** Nobody wants other choices of the kind any more: who waits for one is answered with null. */
  readonly overtakes?: boolean | undefined;
}

export interface FrameDeskOptions {
  readonly source: InspectionSource;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Share of the training time that frames may take. */
  readonly share: number;
  /** Version of the first frame less one; the time, so that versions grow across restarts of the process. */
  readonly firstVersion?: number;
  /** Told how much of a frame is done, 0 … 1, where that is known. */
  readonly onProgress?: (kind: FrameKind, share: number) => void;
  /** Computes a frame; for tests. */
  readonly compute?: typeof frameOf;
}

/** Time between two frames of a choice while training. */
const MIN_INTERVAL_MS = 125;
/** A frame that nobody waits for any more is given up after so long. */
const ABANDON_MS = 10_000;
/** Somebody who comes back after so long has turned to another view meanwhile, and waits for a frame as at first. */
const AWAY_MS = 3_000;
/** Frames of other choices that are remembered. */
const MAX_CHANNELS = 12;

interface Waiter {
  settle(frame: Frame | null): void;
  fail(error: unknown): void;
}

/** One choice, and who waits for it. */
interface Channel {
  readonly choice: FrameChoice;
  latest: Frame | null;
  /** How closely the latest was looked at, and at what part of its rows. */
  look: Look;
  part: number;
  readonly effort: Effort;
  waiters: Waiter[];
  task: Task | null;
  finishedAt: number;
  /** When somebody last waited. */
  wantedAt: number;
  /** Whether somebody has just turned to it: the next frame is urgent. */
  opened: boolean;
}

export class FrameDesk {
  readonly #source: InspectionSource;
  readonly #now: () => number;
  readonly #share: number;
  readonly #compute: typeof frameOf;
  readonly #onProgress: NonNullable<FrameDeskOptions['onProgress']>;
  readonly #channels = new Map<string, Channel>();
  readonly #versions = new Map<FrameKind, number>();
  readonly #firstVersion: number;

  constructor(options: FrameDeskOptions) {
    this.#source = options.source;
    this.#now = options.now;
    this.#share = options.share;
    this.#compute = options.compute ?? frameOf;
    this.#onProgress = options.onProgress ?? (() => undefined);
    this.#firstVersion = options.firstVersion ?? Date.now();
  }

  /** A frame that the asker does not have, at once or as soon as there is one; null when none came in time. */
  request<K extends FrameKind>(request: FrameRequest & { readonly kind: K }): Promise<FrameOf<K> | null> {
    const { kind, newerThan, mask, options, waitMs, overtakes } = request;
    const channel = this.#channel({ kind, mask, options });
    if (overtakes === true) this.#dismissOthers(channel);
    const { latest } = channel;
    if (latest && latest.version !== newerThan) {
      // What the asker has may be newer, of another choice: then this one gets a new version to be news.
      const frame = latest.version > newerThan ? latest : { ...latest, version: this.#nextVersion(kind) };
      channel.latest = frame;
      return Promise.resolve(frame as FrameOf<K>);
    }
    if (channel.waiters.length === 0 && this.#now() - channel.wantedAt > AWAY_MS) channel.opened = true;
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        channel.waiters = channel.waiters.filter((other) => other !== waiter);
        channel.wantedAt = this.#now();
      };
      const waiter: Waiter = {
        settle: (frame) => {
          leave();
          resolve(frame);
        },
        fail: (error) => {
          leave();
          reject(asError(error));
        },
      };
      const timer = setTimeout(() => waiter.settle(null), waitMs);
      channel.waiters.push(waiter);
    });
  }

  /** Their frames are not begun, or rest until they are given up. */
  #dismissOthers(channel: Channel): void {
    for (const other of this.#channels.values()) {
      if (other === channel || other.choice.kind !== channel.choice.kind) continue;
      for (const waiter of other.waiters) waiter.settle(null);
    }
  }

  /** New tasks, one for each channel in which somebody waits for a frame that would be news. */
  due(free: boolean): Task[] {
    const tasks: Task[] = [];
    for (const channel of this.#channels.values()) {
      if (channel.waiters.length === 0 || channel.task || !this.#isNews(channel, free)) continue;
      if (!free && this.#now() - channel.finishedAt < MIN_INTERVAL_MS) continue;
      channel.task = this.#taskFor(channel, free);
      tasks.push(channel.task);
    }
    return tasks;
  }

  /** Frames that nobody has come back for; they are given up. */
  abandoned(): Task[] {
    return [...this.#channels.values()].flatMap((channel) => {
      const { task, waiters, wantedAt } = channel;
      if (!task || waiters.length > 0 || this.#now() - wantedAt <= ABANDON_MS) return [];
      channel.task = null;
      giveUp(task);
      return [task];
    });
  }

  /** Answers everybody with null. */
  close(): void {
    for (const { waiters } of this.#channels.values()) for (const waiter of waiters) waiter.settle(null);
  }

  #taskFor(channel: Channel, free: boolean): Task {
    const { choice, opened, effort } = channel;
    const look = this.#lookAt(channel, free);
    const inPart = look === 'quick' && !free && makerOf(choice.kind).inPart;
    const part = inPart ? effort.next(Effort.budget(this.#share, this.#kinds)) : 1;
    const end = () => {
      channel.task = null;
      channel.opened = false;
      channel.finishedAt = this.#now();
    };
    return {
      key: choice.kind,
      work: this.#compute(choice, this.#source, {
        ...{ look, part, free },
        onProgress: (share) => this.#onProgress(choice.kind, share),
      }),
      weight: 1,
      urgent: opened,
      wanted: () => channel.waiters.length > 0,
      finish: (value, cost) => {
        end();
        if (!free) effort.took(look === 'glance' ? null : part, cost);
        const frame = { ...(value as Frame), version: this.#nextVersion(choice.kind) };
        channel.latest = frame;
        [channel.look, channel.part] = [look, part];
        for (const waiter of channel.waiters) waiter.settle(frame);
      },
      fail: (error) => {
        end();
        for (const waiter of channel.waiters) waiter.fail(error);
      },
    };
  }

  /** While nothing trains there is time to be thorough, once there is something to look at. */
  #lookAt({ latest, opened }: Channel, free: boolean): Look {
    if (!free) return opened ? 'glance' : 'quick';
    return latest?.step === this.#source.step ? 'thorough' : 'quick';
  }

  /** Kinds that somebody waits for. */
  get #kinds(): number {
    const wanted = [...this.#channels.values()].filter(({ waiters }) => waiters.length > 0);
    return new Set(wanted.map(({ choice }) => choice.kind)).size;
  }

  #isNews({ choice, latest, look, part }: Channel, free: boolean): boolean {
    if (latest === null) return true;
    const maker = makerOf(choice.kind);
    if (free && (part < 1 || maker.canBeRefined(this.#source, look))) return true;
    if (maker.renewed === 'epoch' && !free) return Math.floor(this.#source.epoch) !== Math.floor(latest.epoch);
    return this.#source.step !== latest.step;
  }

  #nextVersion(kind: FrameKind): number {
    const version = (this.#versions.get(kind) ?? this.#firstVersion) + 1;
    this.#versions.set(kind, version);
    return version;
  }

  #channel(choice: FrameChoice): Channel {
    const key = choiceKey(choice);
    const known = this.#channels.get(key);
    if (known) return known;
    const channel: Channel = {
      choice,
      latest: null,
      look: 'thorough',
      part: 1,
      effort: new Effort(),
      waiters: [],
      task: null,
      finishedAt: -Infinity,
      wantedAt: -Infinity,
      opened: false,
    };
    this.#channels.set(key, channel);
    for (const [other, { waiters, task }] of this.#channels) {
      if (this.#channels.size <= MAX_CHANNELS) break;
      if (waiters.length === 0 && !task && other !== key) this.#channels.delete(other);
    }
    return channel;
  }
}
