/**
 * Tensors that lie in arrays of their own, where ONNX Runtime reads and writes them: what a compiled step leaves behind
 * is taken in by the next one without a copy.
 *
 * Kernels of another backend that are given such a tensor have TensorFlow.js move it into their memory, once; a step
 * that is given one of theirs copies it, and takes it back for good when it comes a second time, as masks do.
 */
import { engine, KernelBackend, util, type DataId, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorType } from './program.ts';
import type { Numbers } from './trace.ts';

interface Held {
  readonly values: Numbers;
  references: number;
}

/** The part of a backend that shows what it holds without a copy. */
export interface Heap {
  typedArrayFromHeap(tensor: TensorInfo): Numbers;
}

/** Not among the registered backends, and never the current one: it has no kernels. */
export class OnnxStorage extends KernelBackend {
  readonly #heap: Heap;
  readonly #held = new Map<DataId, Held>();
  /** Arrays that nobody uses, by their bytes: those of the step before last are those of the next. */
  readonly #free = new Map<number, ArrayBuffer[]>();
  readonly #seen = new WeakSet<DataId>();
  #users = 0;

  /** @param heap the backend on which tensors lie that are not here */
  constructor(heap: Heap) {
    super();
    this.#heap = heap;
  }

  /** A program will take and give back arrays until it {@link leave}s. */
  enter(): void {
    this.#users++;
  }

  /** With the last one goes what is kept for the next step. */
  leave(): void {
    if (--this.#users === 0) this.#free.clear();
  }

  /** Bytes kept for the next step. */
  get spareBytes(): number {
    return [...this.#free].reduce((sum, [bytes, buffers]) => sum + bytes * buffers.length, 0);
  }

  /** An array of unknown contents. */
  take(type: TensorType, size: number): Numbers {
    const bytes = size * util.bytesPerElement(type);
    return over(type, this.#free.get(bytes)?.pop() ?? new ArrayBuffer(bytes), size);
  }

  /** Back from {@link take}, or from a tensor that is gone. */
  give({ buffer }: Numbers): void {
    if (this.#users === 0) return;
    const { byteLength } = buffer;
    const others = this.#free.get(byteLength);
    if (others === undefined) this.#free.set(byteLength, [buffer as ArrayBuffer]);
    else others.push(buffer as ArrayBuffer);
  }

  /** A new tensor's data: an array from {@link take} that is full now. */
  adopt(values: Numbers): DataId {
    const dataId = {};
    this.#held.set(dataId, { values, references: 1 });
    return dataId;
  }

  /**
   * The values of a tensor for the time of a call, neither to be written to nor kept.
   * @param copied told of an array that was taken for it and is to be given back after the call
   */
  valuesOf(tensor: TensorInfo, copied: (values: Numbers) => void): Numbers {
    const { dataId } = tensor;
    const held = this.#held.get(dataId);
    if (held !== undefined) return held.values;
    if (this.#seen.has(dataId)) {
      engine().moveData(this, dataId);
      return this.#get(dataId).values;
    }
    this.#seen.add(dataId);
    const values = this.take(tensor.dtype as TensorType, util.sizeFromShape(tensor.shape));
    values.set(this.#heap.typedArrayFromHeap(tensor));
    copied(values);
    return values;
  }

  #get(dataId: DataId): Held {
    const held = this.#held.get(dataId);
    if (held === undefined) throw new Error('this tensor does not lie in the storage of ONNX Runtime');
    return held;
  }

  override move(dataId: DataId, values: Numbers, _: number[], dtype: DataType, references: number): void {
    const mine = this.take(dtype as TensorType, values.length);
    mine.set(values);
    this.#held.set(dataId, { values: mine, references });
  }

  /** A copy: the array will be another tensor's. */
  override readSync(dataId: DataId): Numbers {
    return this.#get(dataId).values.slice();
  }

  override read(dataId: DataId): Promise<Numbers> {
    return Promise.resolve(this.readSync(dataId));
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const held = this.#held.get(dataId);
    if (held === undefined) return true;
    held.references--;
    if (!force && held.references > 0) return false;
    this.#held.delete(dataId);
    this.give(held.values);
    return true;
  }

  override refCount(dataId: DataId): number {
    return this.#held.get(dataId)?.references ?? 0;
  }

  override incRef(dataId: DataId): void {
    this.#get(dataId).references++;
  }

  override numDataIds(): number {
    return this.#held.size;
  }
}

function over(type: TensorType, buffer: ArrayBuffer, size: number): Numbers {
  if (type === 'float32') return new Float32Array(buffer, 0, size);
  return type === 'int32' ? new Int32Array(buffer, 0, size) : new Uint8Array(buffer, 0, size);
}
