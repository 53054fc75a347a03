/** Arrays that compiled steps take and give back, and what is computed on them: those of one step are those of the next. */
import { util } from '@tensorflow/tfjs-core';
import { type AdamArrays, type AdamConstants, adamOneByOne, boundedOneByOne } from '../wasm/adam.ts';
import { Arena, MOST_BYTES } from './arena.ts';
import type { TensorType } from './program.ts';
import type { Numbers } from './trace.ts';
import { clearBehind } from './updates.ts';

/** Entries of each of the seven arrays of an update that is cut into rows. */
const AT_ONCE = 4096;

/**
 * Room that a program's state gets, in its own size: for several generations of it, a trial's, another program's; less where 32 bits
 * cannot address so much, or the machine does not give it. With the least there is this step's, the one before, and the gradients.
 */
const GENERATIONS = [16, 8, 4];
/** And at least, in bytes. */
const LEAST_ROOM = 2 ** 26;

export class Room {
  /** Arrays that nobody uses, by their bytes: those of one step are those of the next. */
  readonly #free = new Map<number, ArrayBuffer[]>();
  #arena: Arena | null = null;
  /** Memories that are not kept for a next step: of arenas that have had their time, in which arrays may live on, and forgotten ones. */
  readonly #left = new WeakSet<ArrayBufferLike>();
  #users = 0;

  /** A program will take and give back arrays until it {@link leave}s. */
  enter(): void {
    this.#users++;
  }

  /** With the last one goes what is kept for the next step. */
  leave(): void {
    if (--this.#users > 0) return;
    this.#free.clear();
    this.#leaveArena();
  }

  /**
   * Makes room for a state of so many bytes to be updated where it lies ({@link adam}), until the last program has left.
   * @returns whether there is
   */
  makeRoom(stateBytes: number): boolean {
    const least = GENERATIONS.at(-1)! * stateBytes;
    for (const generations of GENERATIONS) {
      const wanted = Math.min(Math.max(generations * stateBytes, LEAST_ROOM), MOST_BYTES);
      if (wanted < least) continue;
      if (this.#arena === null || this.#arena.bytes < wanted) {
        const arena = Arena.of(wanted);
        if (arena === null) continue;
        this.#leaveArena();
        this.#arena = arena;
      }
      return this.#arena.adam !== null;
    }
    return false;
  }

  #leaveArena(): void {
    if (this.#arena !== null) this.#left.add(this.#arena.buffer);
    this.#arena = null;
  }

  /**
   * One step of Adam; the same bits, but slower, on arrays for which there was no room.
   * @param reach of each row of the gradient how many entries count; it is written over behind them. Null where all do.
   */
  adam(arrays: AdamArrays, constants: AdamConstants, reach: Int32Array | null): void {
    const arena = this.#arena;
    const step = arena?.adam && arrays.every((array) => arena.has(array)) ? arena.adam.step : adamOneByOne;
    if (reach === null) {
      step(arrays, constants);
      return;
    }
    // Some rows after the other, so that what was written over is still in the fast caches.
    const columns = arrays[0].length / reach.length;
    const most = Math.max(1, Math.floor(AT_ONCE / columns));
    for (let row = 0; row < reach.length; row += most) {
      const end = Math.min(reach.length, row + most);
      clearBehind(arrays[1], reach, row, end);
      step(arrays, constants, row * columns, end * columns);
    }
  }

  /** Whether the absolute values are all below a limit; NaN is not. */
  bounded(values: Float32Array, limit: number): boolean {
    const arena = this.#arena;
    return arena?.adam && arena.has(values) ? arena.adam.bounded(values, limit) : boundedOneByOne(values, limit);
  }

  /** Bytes kept for the next step. */
  get spareBytes(): number {
    const arrays = [...this.#free].reduce((sum, [bytes, buffers]) => sum + bytes * buffers.length, 0);
    return arrays + (this.#arena?.spareBytes ?? 0);
  }

  /** An array of unknown contents. */
  take(type: TensorType, size: number): Numbers {
    const bytes = bytesOf([size], type);
    const place = this.#arena?.take(bytes) ?? null;
    if (place !== null) return over(type, this.#arena!.buffer, size, place);
    return over(type, this.#free.get(bytes)?.pop() ?? new ArrayBuffer(bytes), size);
  }

  /** These values, which are the caller's own, in an array of the room if there is one to be had at no cost, else as they are. */
  owned(type: TensorType, values: Numbers): Numbers {
    const place = this.#arena?.take(values.byteLength) ?? null;
    if (place === null) return values;
    const mine = over(type, this.#arena!.buffer, values.length, place);
    mine.set(values);
    return mine;
  }

  /** Does not keep an array for another step when it comes back: none will have use for it. */
  forget({ buffer }: Numbers): void {
    if (this.#arena?.has({ buffer }) !== true) this.#left.add(buffer);
  }

  /** Back from {@link take}, or from a tensor that is gone. */
  give({ buffer, byteOffset, byteLength: bytes }: Numbers): void {
    if (this.#users === 0 || this.#left.has(buffer)) return;
    if (this.#arena?.has({ buffer })) {
      this.#arena.give(byteOffset, bytes);
      return;
    }
    const { byteLength } = buffer;
    const others = this.#free.get(byteLength);
    if (others === undefined) this.#free.set(byteLength, [buffer as ArrayBuffer]);
    else others.push(buffer as ArrayBuffer);
  }
}

function over(type: TensorType, buffer: ArrayBuffer, size: number, place = 0): Numbers {
  if (type === 'float32') return new Float32Array(buffer, place, size);
  return type === 'int32' ? new Int32Array(buffer, place, size) : new Uint8Array(buffer, place, size);
}

/** Bytes of a tensor. */
export function bytesOf(shape: readonly number[], type: TensorType): number {
  return util.sizeFromShape([...shape]) * util.bytesPerElement(type);
}
