/** Calls `act` soon, once for many requests, at most every `ms`. */
export class Throttle {
  readonly #act: () => void;
  readonly #ms: number;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #last = -Infinity;

  constructor(ms: number, act: () => void) {
    this.#ms = ms;
    this.#act = act;
  }

  request(): void {
    if (this.#timer !== null) return;
    const wait = Math.max(0, this.#last + this.#ms - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#last = performance.now();
      this.#act();
    }, wait);
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
