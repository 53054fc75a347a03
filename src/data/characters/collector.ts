/** Collects the characters of a text as numbers: each code point by its place among those that occur. */
import { TooLargeError } from '../dataset.ts';

/** Bytes count places up to this many characters; beyond it floats do, which hold every place exactly. */
const PLACES_OF_BYTES = 256;

export interface CollectedText {
  /** Ascending, each once. */
  readonly characters: readonly string[];
  /** How often each occurs. */
  readonly counts: readonly number[];
  /** Of every code point of the text the place of its character. */
  readonly values: Uint8Array | Float32Array;
}

export class Collector {
  readonly #limitBytes: number;
  /** By code point: its number by first appearance, from 1; 0 where it has not come. */
  readonly #numbers = new Int32Array(0x110000);
  readonly #codePoints: number[] = [];
  readonly #counts: number[] = [];
  #values: Uint8Array | Float32Array;
  #length = 0;

  /** @param atLeast Characters to make room for at once. */
  constructor(limitBytes: number, atLeast = 1 << 16) {
    this.#limitBytes = limitBytes;
    this.#values = new Uint8Array(Math.max(1, Math.min(atLeast, limitBytes)));
  }

  /** Code points so far. */
  get length(): number {
    return this.#length;
  }

  /** Whether the last character is this one; no where there is none. */
  endsWith(character: string): boolean {
    return this.#length > 0 && this.#values[this.#length - 1] === this.#numbers[character.codePointAt(0)!]! - 1;
  }

  /**
   * @param text Well-formed; no character is cut in two at its ends.
   * @throws TooLargeError naming `where` when the text takes too much memory.
   */
  add(text: string, where: string): void {
    this.#makeRoom(this.#length + text.length, where);
    for (let i = 0; i < text.length; i++) {
      const code = text.codePointAt(i)!;
      if (code > 0xffff) i++;
      let number = this.#numbers[code]!;
      if (number === 0) {
        number = this.#numbers[code] = this.#codePoints.push(code);
        this.#counts.push(0);
        if (number > PLACES_OF_BYTES && this.#values instanceof Uint8Array) this.#widen(where);
      }
      this.#counts[number - 1]!++;
      this.#values[this.#length++] = number - 1;
    }
  }

  finish(): CollectedText {
    const order = Array.from(this.#codePoints.keys()).sort((a, b) => this.#codePoints[a]! - this.#codePoints[b]!);
    const places = new Int32Array(order.length);
    for (const [place, number] of order.entries()) places[number] = place;
    const values = this.#values.subarray(0, this.#length);
    for (let i = 0; i < values.length; i++) values[i] = places[values[i]!]!;
    return {
      characters: order.map((number) => String.fromCodePoint(this.#codePoints[number]!)),
      counts: order.map((number) => this.#counts[number]!),
      values,
    };
  }

  #makeRoom(needed: number, where: string): void {
    if (needed <= this.#values.length) return;
    this.#check(needed * this.#values.BYTES_PER_ELEMENT, where);
    const length = Math.max(needed, 2 * this.#values.length);
    const larger = this.#values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
    larger.set(this.#values.subarray(0, this.#length));
    this.#values = larger;
  }

  #widen(where: string): void {
    this.#check(this.#values.length * Float32Array.BYTES_PER_ELEMENT, where);
    this.#values = Float32Array.from(this.#values);
  }

  #check(bytes: number, where: string): void {
    if (bytes <= this.#limitBytes) return;
    const limit = (this.#limitBytes / 2 ** 30).toPrecision(3);
    throw new TooLargeError(`${where}: the text takes more than ${limit} GiB in memory; name fewer files`);
  }
}
