/**
 * Tells when a process that should beat once a second has been silent for too long.
 *
 * A machine that sleeps stops both clocks: the first look after waking would find an old beat and accuse a healthy
 * process. A look that comes late by itself therefore counts as a beat.
 */
export class Watchdog {
  readonly #silenceMs: number;
  readonly #everyMs: number;
  readonly #onSilence: (silentMs: number) => void;
  readonly #now: () => number;
  #lastBeat: number;
  #lastLook: number;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(o: { silenceMs: number; onSilence: (silentMs: number) => void; now?: () => number; everyMs?: number }) {
    this.#silenceMs = o.silenceMs;
    this.#everyMs = o.everyMs ?? Math.max(20, Math.min(1000, o.silenceMs / 4));
    this.#onSilence = o.onSilence;
    this.#now = o.now ?? (() => performance.now());
    this.#lastBeat = this.#lastLook = this.#now();
  }

  start(): void {
    this.#lastBeat = this.#lastLook = this.#now();
    this.#timer ??= setInterval(() => this.look(), this.#everyMs);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  beat(): void {
    this.#lastBeat = this.#now();
  }

  /** Looks at the clock; called by the timer. */
  look(): void {
    const now = this.#now();
    const slept = now - this.#lastLook > Math.max(this.#everyMs * 4, this.#silenceMs / 2);
    this.#lastLook = now;
    if (slept) this.#lastBeat = now;
    const silent = now - this.#lastBeat;
    if (silent < this.#silenceMs) return;
    this.stop();
    this.#onSilence(silent);
  }
}
