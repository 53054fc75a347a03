/**
 * Tensors that lie in arrays of their own, where ONNX Runtime reads and writes them: what a compiled step leaves behind
 * is taken in by the next one without a copy.
 *
 * Kernels of another backend that are given such a tensor have TensorFlow.js move it into their memory, once; a step
 * that is given one of theirs copies it, and takes it back for good when it comes a second time, as masks do.
 *
 * A masked matrix may lie in blocks, without what its mask forbids; it is made whole when somebody looks at it. A tensor may lie
 * on a device, and is copied here when somebody looks at it.
 */
import { engine, KernelBackend, util, type DataId, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { canStay, type DeviceMemory, type Resident } from './device.ts';
import { blockSize, type BlockLayout, isZeroOutside, pack, unpack } from './blocks/layout.ts';
import type { TensorType } from './program.ts';
import { bytesOf, Room } from './room.ts';
import type { Numbers } from './trace.ts';

/** A matrix in blocks. */
export interface Packed {
  readonly layout: BlockLayout;
  readonly blocks: readonly Float32Array[];
  /** What it is where its mask is, a whole matrix of which nothing else counts; null where it is zero there. */
  readonly outside: Float32Array | null;
}

/** Where the data of a tensor are: in an array, in blocks of a matrix, or on a device. */
export type TensorData = Numbers | Packed | Resident;

/** A class for its speed: of records put together of others, a small network's step took 120 µs more of its 400. */
class Held {
  /** The whole tensor; null until somebody wants it of one that lies in blocks, or on a device. */
  values: Numbers | null;
  device: Resident | null;
  readonly packed: Packed | null;
  /** Blocks of a whole matrix that were asked for: they will be again, by the next batch of a score. */
  cut: Pick<Packed, 'layout' | 'blocks'> | null = null;
  references: number;

  constructor(contents: TensorData | null, references: number) {
    const elsewhere = contents === null || ArrayBuffer.isView(contents) ? null : contents;
    this.values = elsewhere === null ? (contents as Numbers | null) : null;
    this.packed = elsewhere !== null && 'layout' in elsewhere ? elsewhere : null;
    this.device = elsewhere !== null && 'read' in elsewhere ? elsewhere : null;
    this.references = references;
  }
}

/** The part of a backend that shows what it holds without a copy. */
export interface Heap {
  typedArrayFromHeap(tensor: TensorInfo): Numbers;
}

/** A matrix that must be zero where its mask is has other numbers there. */
export class NotZeroOutside extends Error {
  override readonly name = 'NotZeroOutside';
}

/** How a tensor is wanted in blocks. */
export interface Wanted {
  readonly layout: BlockLayout;
  /** Whether it must be zero where its mask is. */
  readonly zeroOutside: boolean;
  /** Whether somebody will ask what it is there. */
  readonly keepsOutside: boolean;
}

/** Bytes of the inputs of one program, of the 4 GiB of the memory in which it is computed once. */
const MUCH = 2 ** 29;

/** Not among the registered backends, and never the current one: it has no kernels. */
export class OnnxStorage extends KernelBackend {
  readonly #heap: Heap;
  readonly #much: number;
  readonly #held = new Map<DataId, Held>();
  /** Where its arrays are taken from. */
  readonly room = new Room();
  readonly #seen = new WeakSet<DataId>();

  /**
   * @param heap the backend on which tensors lie that are not here
   * @param much bytes there that are worth moving away for ({@link takeIn})
   */
  constructor(heap: Heap, much = MUCH) {
    super();
    this.#heap = heap;
    this.#much = much;
  }

  /** Whether a tensor's arrays, as {@link valuesOf} or {@link blocksOf} gave them, are its own alone, and lie here. */
  canTakeOver(dataId: DataId, contents: Numbers | Packed): boolean {
    const held = this.#held.get(dataId);
    if (held === undefined || held.references !== 1 || held.cut !== null || held.device !== null) return false;
    const { values, packed } = held;
    if (ArrayBuffer.isView(contents)) return packed === null && values === contents;
    return packed?.blocks === contents.blocks;
  }

  /** Takes such arrays away from a tensor, for the caller: it has no values from here on, and waits to be disposed of. */
  takeOver(dataId: DataId): void {
    const { values, packed } = this.#get(dataId);
    // What was made whole of the blocks goes with them.
    if (packed !== null && values !== null) this.room.give(values);
    this.#held.set(dataId, new Held(null, 1));
  }

  /** A new tensor's data: an array from {@link take} that is full now, blocks of such arrays, or what lies on a device. */
  adopt(contents: TensorData): DataId {
    const dataId = {};
    this.#held.set(dataId, new Held(contents, 1));
    return dataId;
  }

  /** Takes tensors in that would come soon, where they take up so much memory elsewhere that others might lack it. */
  takeIn(tensors: readonly TensorInfo[]): void {
    const elsewhere = tensors.filter(({ dataId }) => !this.#held.has(dataId));
    const sizes = new Map(elsewhere.map(({ dataId, shape, dtype }) => [dataId, bytesOf(shape, dtype as TensorType)]));
    if ([...sizes.values()].reduce((sum, bytes) => sum + bytes, 0) < this.#much) return;
    for (const dataId of sizes.keys()) {
      engine().moveData(this, dataId);
      this.room.forget(this.#get(dataId).values!);
    }
  }

  /**
   * Where a tensor lies on a device, there to stay as long as the tensor; null of one that comes for the first time, from elsewhere,
   * or cannot stay there.
   */
  residentOf(tensor: TensorInfo, memory: DeviceMemory): Resident | null {
    const { dataId } = tensor;
    if (!this.#held.has(dataId) && this.#seen.has(dataId)) engine().moveData(this, dataId);
    const held = this.#held.get(dataId);
    if (held === undefined || !canStay(tensor.dtype, tensor.shape)) return null;
    return (held.device ??= memory.upload(tensor.dtype as TensorType, this.#whole(held)));
  }

  /**
   * The values of a tensor for the time of a call, neither to be written to nor kept.
   * @param copied told of an array that was taken for it and is to be given back after the call
   */
  valuesOf(tensor: TensorInfo, copied: (values: Numbers) => void): Numbers {
    const { dataId } = tensor;
    const held = this.#held.get(dataId);
    if (held !== undefined) return this.#whole(held);
    if (this.#seen.has(dataId)) {
      engine().moveData(this, dataId);
      return this.#whole(this.#get(dataId));
    }
    this.#seen.add(dataId);
    const values = this.room.take(tensor.dtype as TensorType, util.sizeFromShape(tensor.shape));
    values.set(this.#heap.typedArrayFromHeap(tensor));
    copied(values);
    return values;
  }

  /** The same in blocks. @throws NotZeroOutside */
  blocksOf(tensor: TensorInfo, wanted: Wanted, copied: (values: Numbers) => void): Packed {
    const { layout, zeroOutside, keepsOutside } = wanted;
    const packed = this.#held.get(tensor.dataId)?.packed;
    if (packed?.layout.key === layout.key && !(zeroOutside && packed.outside !== null)) return packed;
    const whole = this.valuesOf(tensor, copied) as Float32Array;
    const held = this.#held.get(tensor.dataId);
    const cut = held?.cut?.layout.key === layout.key ? held.cut.blocks : null;
    const blocks = cut ?? layout.blocks.map((block) => this.room.take('float32', blockSize(block)) as Float32Array);
    if (cut === null) pack(layout, whole, blocks);
    if (zeroOutside && !isZeroOutside(whole, blocks)) {
      if (cut === null) for (const block of blocks) this.room.give(block);
      throw new NotZeroOutside();
    }
    if (held === undefined) for (const block of blocks) copied(block);
    else if (cut === null) {
      for (const block of held.cut?.blocks ?? []) this.room.give(block);
      held.cut = { layout, blocks };
    }
    return { layout, blocks, outside: keepsOutside ? whole.slice() : null };
  }

  #whole(held: Held): Numbers {
    if (held.values !== null) return held.values;
    if (held.device !== null) {
      const values = this.room.take(held.device.type, held.device.size);
      try {
        held.device.read(values);
      } catch (error) {
        this.room.give(values);
        throw error;
      }
      return (held.values = values);
    }
    if (held.packed === null) throw new Error('this tensor was given up: another stands in its place');
    const { layout } = held.packed;
    const [rows, columns] = layout.shape;
    const values = this.room.take('float32', rows * columns) as Float32Array;
    return (held.values = madeWhole(held.packed, values));
  }

  #get(dataId: DataId): Held {
    const held = this.#held.get(dataId);
    if (held === undefined) throw new Error('this tensor does not lie in the storage of ONNX Runtime');
    return held;
  }

  /** Nothing is allocated here that could fail: TensorFlow.js has given up where they were. */
  override move(dataId: DataId, values: Numbers, _: number[], dtype: DataType, references: number): void {
    this.#held.set(dataId, new Held(this.room.owned(dtype as TensorType, values), references));
  }

  /** A copy: the array will be another tensor's. */
  override readSync(dataId: DataId): Numbers {
    const held = this.#get(dataId);
    const { values, packed } = held;
    if (values !== null || packed === null) return this.#whole(held).slice();
    const [rows, columns] = packed.layout.shape;
    return madeWhole(packed, new Float32Array(rows * columns));
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
    if (held.values !== null) this.room.give(held.values);
    held.device?.release();
    for (const of of [held.packed, held.cut]) for (const block of of?.blocks ?? []) this.room.give(block);
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

function madeWhole({ layout, blocks, outside }: Packed, values: Float32Array): Float32Array {
  if (outside === null) values.fill(0);
  else values.set(outside);
  unpack(layout, blocks, values);
  return values;
}
