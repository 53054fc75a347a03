/** When work that goes on for long lets others have their turn. */

/** Milliseconds after which to yield. */
const BREATH_MS = 4;

/** A clock that tells when it is time to yield. */
export class Breath {
  #last = performance.now();

  get due(): boolean {
    return performance.now() - this.#last >= BREATH_MS;
  }

  /** To be called when the caller comes back. */
  drawn(): void {
    this.#last = performance.now();
  }
}
