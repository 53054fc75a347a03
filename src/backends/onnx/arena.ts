/** One piece of WebAssembly memory that arrays are taken from, so that code of the engine's own can work on them. */
import { type Adam, adamIn } from '../wasm/adam.ts';

/** Of WebAssembly's memory. */
const PAGE = 65_536;
/** What 32 bits can address, less a page. */
export const MOST_BYTES = 2 ** 32 - PAGE;
/** Arrays begin where a line of the cache does. */
const LINE = 64;

export class Arena {
  readonly #memory: WebAssembly.Memory;
  /** Where arrays were given back, by their bytes. */
  readonly #free = new Map<number, number[]>();
  /** From here on nothing has been taken yet. */
  #end = LINE;
  /** On arrays of this memory; null where the processor lacks SIMD. */
  readonly adam: Adam | null;

  /** @throws RangeError where so much address space is not to be had; memory it takes only as it is written to. */
  constructor(bytes: number) {
    const pages = Math.ceil(bytes / PAGE);
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.adam = adamIn(this.#memory);
  }

  /** One with at least so many bytes; null where there is none to be had. */
  static of(bytes: number): Arena | null {
    if (bytes > MOST_BYTES) return null;
    try {
      return new Arena(bytes);
    } catch {
      return null;
    }
  }

  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Never another one: the memory does not grow. */
  get buffer(): ArrayBuffer {
    return this.#memory.buffer;
  }

  /** Bytes of arrays that were given back. */
  get spareBytes(): number {
    return [...this.#free].reduce((sum, [bytes, places]) => sum + bytes * places.length, 0);
  }

  /** Where so many bytes are, of unknown contents; null where there are none left. */
  take(bytes: number): number | null {
    const rounded = roundedUp(bytes);
    const spare = this.#free.get(rounded)?.pop();
    if (spare !== undefined) return spare;
    if (this.#end + rounded > this.bytes) return this.#joined(rounded);
    const place = this.#end;
    this.#end += rounded;
    return place;
  }

  /** Of pieces side by side that were given back in other sizes; null where there are none. */
  #joined(wanted: number): number | null {
    const pieces = [...this.#free].flatMap(([bytes, places]) => places.map((place) => ({ place, bytes })));
    pieces.sort((a, b) => a.place - b.place);
    for (let first = 0, last = 0, length = 0; last < pieces.length; last++) {
      const { place, bytes } = pieces[last]!;
      if (length === 0 || pieces[first]!.place + length !== place) [first, length] = [last, 0];
      length += bytes;
      if (length < wanted) continue;
      for (const piece of pieces.slice(first, last + 1)) {
        const places = this.#free.get(piece.bytes)!;
        places.splice(places.indexOf(piece.place), 1);
      }
      const begin = pieces[first]!.place;
      if (length > wanted) this.give(begin + wanted, length - wanted);
      return begin;
    }
    return null;
  }

  /** Back from {@link take}. */
  give(place: number, bytes: number): void {
    const rounded = roundedUp(bytes);
    const others = this.#free.get(rounded);
    if (others === undefined) this.#free.set(rounded, [place]);
    else others.push(place);
  }

  /** Whether the array lies in it. */
  has({ buffer }: { readonly buffer: ArrayBufferLike }): boolean {
    return buffer === this.buffer;
  }
}

/** Also of nothing: no two arrays lie at one place. */
function roundedUp(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / LINE)) * LINE;
}
