/**
 * How much of its rows a frame measures while training goes on. Frames share a few per cent of the time; of a dear model a
 * whole one would take half a minute of that, and show weights long gone. One of fewer rows is coarser, and of this moment.
 */

/** What a frame should take by the clock while training goes on. */
const FRAME_MS = 2_000;
/** Of its rows at least. */
const LEAST = 1 / 32;
/** What a first frame, made in haste, takes of a whole one: about. */
const GLANCE = 1 / 2;
/** A frame may cost so much more than it should before the next one takes fewer rows: figures must not change with every noise. */
const TOLERANCE = 1.5;

export class Effort {
  /** Milliseconds that a frame of all rows would cost; null before the first one. */
  #whole: number | null = null;
  /** The part that was taken last; null after a glance. */
  #last: number | null = null;

  /** What a frame may cost in milliseconds of its own time, where so many kinds share `share` of the time. */
  static budget(share: number, kinds: number): number {
    return (FRAME_MS * share) / Math.max(1, kinds);
  }

  /**
   * The part of its rows that the next frame takes: a power of two, since backends with programs have one for each number
   * of rows.
   * @param budget what it may cost, in milliseconds
   */
  next(budget: number): number {
    if (this.#whole === null) return 1;
    const fitting = Math.min(1, Math.max(LEAST, 2 ** Math.floor(Math.log2(budget / this.#whole))));
    if (this.#last === null) return fitting;
    if (fitting > this.#last) return 2 * this.#last;
    return this.#last * this.#whole > TOLERANCE * budget ? fitting : this.#last;
  }

  /** Told what a frame has cost in milliseconds that took this part of its rows; null for one at a glance. */
  took(part: number | null, cost: number): void {
    this.#last = part;
    this.#whole = cost / (part ?? GLANCE);
  }
}

/** So much of some rows, but no fewer than `fewest`, or than all. */
export function partOf(rows: number, part: number, fewest = 1): number {
  return Math.min(rows, Math.max(fewest, Math.ceil(rows * part)));
}
