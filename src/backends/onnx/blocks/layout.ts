/**
 * How a masked matrix is kept without most of what its mask forbids. With rows and columns sorted by degree a mask of an
 * autoregressive network is a staircase (Germain et al. 2015, equations 8 and 9): rows are cut into groups, and of each
 * group only the columns up to its last step are there.
 */
import { createHash } from 'node:crypto';
import type { Numbers } from '../trace.ts';

/** Some rows, side by side once sorted, over the first of the sorted columns. */
export interface Block {
  /** First and last + 1 of the sorted rows. */
  readonly begin: number;
  readonly end: number;
  /** Sorted columns that are there, one at least. */
  readonly extent: number;
}

export interface BlockLayout {
  /** Of the dense matrix: [out, in]. */
  readonly shape: readonly [number, number];
  /** Which row, and which column, comes at every place of the sorted matrix. */
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly blocks: readonly Block[];
  /** For every block its part of the mask, row by row: 1 where the weight is there. */
  readonly live: readonly Uint8Array[];
  /** Equal for equal layouts. */
  readonly key: string;
}

/** A block of more of the columns than this has all of them: to cut its operands would take longer than its zeros do. */
const NEARLY_ALL = 0.95;

/** Entries of a block. */
export function blockSize({ begin, end, extent }: Block): number {
  return (end - begin) * extent;
}

export function layoutSize({ blocks }: Pick<BlockLayout, 'blocks'>): number {
  return blocks.reduce((sum, block) => sum + blockSize(block), 0);
}

/**
 * @param mask [out, in] row-major, 0 where a weight is forbidden
 * @param rows sorted so that those that hear more come later; @param columns so that those that fewer hear come later
 * @param groups of rows, as nearly equal as can be
 */
export function layoutOf(
  mask: Numbers,
  shape: readonly [number, number],
  { rows, columns, groups }: { readonly rows: Int32Array; readonly columns: Int32Array; readonly groups: number },
): BlockLayout {
  const [height, width] = shape;
  const blocks: Block[] = [];
  const live: Uint8Array[] = [];
  for (let group = 0; group < groups; group++) {
    const [begin, end] = [Math.round((group * height) / groups), Math.round(((group + 1) * height) / groups)];
    let extent = 1;
    for (let row = begin; row < end; row++) {
      const first = rows[row]! * width;
      let behind = width;
      while (behind > extent && mask[first + columns[behind - 1]!] === 0) behind--;
      extent = behind;
    }
    if (extent > NEARLY_ALL * width) extent = width;
    const kept = new Uint8Array((end - begin) * extent);
    for (let row = begin; row < end; row++) {
      const [first, place] = [rows[row]! * width, (row - begin) * extent];
      for (let c = 0; c < extent; c++) if (mask[first + columns[c]!] !== 0) kept[place + c] = 1;
    }
    blocks.push({ begin, end, extent });
    live.push(kept);
  }
  const hash = createHash('sha256').update(JSON.stringify([shape, blocks]));
  for (const part of [rows, columns, ...live]) hash.update(part);
  return { shape, rows, columns, blocks, live, key: hash.digest('base64') };
}

/** A row of a block: which it is in the dense matrix, where it begins in the block, and its part of the mask. */
interface BlockRow {
  readonly block: number;
  readonly place: number;
  readonly extent: number;
  readonly live: Uint8Array;
  /** Where it begins in the dense matrix. */
  readonly first: number;
}

/** Every row of every block. What is done with its entries stands in loops of their own: there are millions of them. */
function* blockRows({ shape: [, width], rows, blocks, live }: BlockLayout): Generator<BlockRow> {
  for (const [b, { begin, end, extent }] of blocks.entries()) {
    for (let row = begin; row < end; row++) {
      const place = (row - begin) * extent;
      yield { block: b, place, extent, live: live[b]!, first: rows[row]! * width };
    }
  }
}

/** Writes a dense matrix into blocks, 0 where its mask is. */
export function pack(layout: BlockLayout, dense: Float32Array, blocks: readonly Float32Array[]): void {
  if (isZero(dense)) {
    for (const block of blocks) block.fill(0);
    return;
  }
  const { columns } = layout;
  for (const { block, place, extent, live, first } of blockRows(layout)) {
    const values = blocks[block]!;
    for (let c = 0; c < extent; c++) values[place + c] = live[place + c] === 1 ? dense[first + columns[c]!]! : 0;
  }
}

/** Writes blocks into a dense matrix; what the mask forbids stays as it is there. */
export function unpack(layout: BlockLayout, blocks: readonly Float32Array[], dense: Float32Array): void {
  const { columns } = layout;
  for (const { block, place, extent, live, first } of blockRows(layout)) {
    const values = blocks[block]!;
    for (let c = 0; c < extent; c++) if (live[place + c] === 1) dense[first + columns[c]!] = values[place + c]!;
  }
}

/**
 * Whether a dense matrix is 0 wherever its mask is.
 * @param blocks what {@link pack} wrote of it
 */
export function isZeroOutside(dense: Float32Array, blocks: readonly Float32Array[]): boolean {
  return isZero(dense) || nonZeros(dense) === blocks.reduce((sum, block) => sum + nonZeros(block), 0);
}

/** Bytes to compare with. */
const zeros = Buffer.alloc(2 ** 14);

/** As all is that an optimiser keeps before its first step. */
function isZero({ buffer, byteOffset, byteLength }: Float32Array): boolean {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  for (let i = 0; i < byteLength; i += zeros.length) {
    const part = bytes.subarray(i, i + zeros.length);
    if (!part.equals(zeros.subarray(0, part.length))) return false;
  }
  return true;
}

/** How many entries are not 0. */
function nonZeros({ buffer, byteOffset, length }: Float32Array): number {
  const bits = new Int32Array(buffer, byteOffset, length);
  let count = 0;
  for (let i = 0; i < length; i++) {
    // Without the sign, and without a branch, which no processor could foresee: units of a mask are in no order.
    const value = bits[i]! << 1;
    count += (value | -value) >>> 31;
  }
  return count;
}
