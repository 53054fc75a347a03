/**
 * How a masked matrix is kept without most of what its mask forbids. With rows and columns sorted by degree a mask of an
 * autoregressive network is a staircase (Germain et al. 2015, equations 8 and 9): rows are cut into groups, and of each
 * group only the columns up to its last step are there.
 */
import { createHash } from 'node:crypto';

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
  mask: ArrayLike<number>,
  shape: readonly [number, number],
  { rows, columns, groups }: { readonly rows: Int32Array; readonly columns: Int32Array; readonly groups: number },
): BlockLayout {
  const [height, width] = shape;
  const at = (row: number, column: number) => mask[rows[row]! * width + columns[column]!]! !== 0;
  const blocks: Block[] = [];
  const live: Uint8Array[] = [];
  for (let group = 0; group < groups; group++) {
    const [begin, end] = [Math.round((group * height) / groups), Math.round(((group + 1) * height) / groups)];
    let extent = width;
    while (extent > 1 && !someRow(begin, end, (row) => at(row, extent - 1))) extent--;
    if (extent > NEARLY_ALL * width) extent = width;
    const kept = new Uint8Array((end - begin) * extent);
    for (let row = begin; row < end; row++) {
      for (let column = 0; column < extent; column++) if (at(row, column)) kept[(row - begin) * extent + column] = 1;
    }
    blocks.push({ begin, end, extent });
    live.push(kept);
  }
  const hash = createHash('sha256').update(JSON.stringify([shape, blocks]));
  for (const part of [rows, columns, ...live]) hash.update(part);
  return { shape, rows, columns, blocks, live, key: hash.digest('base64') };
}

function someRow(begin: number, end: number, has: (row: number) => boolean): boolean {
  for (let row = begin; row < end; row++) if (has(row)) return true;
  return false;
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

/** Whether a dense matrix is 0 wherever its mask is. */
export function isZeroOutside(layout: BlockLayout, dense: Float32Array): boolean {
  const { columns } = layout;
  let [inside, all] = [0, 0];
  for (let i = 0; i < dense.length; i++) if (dense[i] !== 0) all++;
  for (const { place, extent, live, first } of blockRows(layout)) {
    for (let c = 0; c < extent; c++) if (live[place + c] === 1 && dense[first + columns[c]!] !== 0) inside++;
  }
  return inside === all;
}
