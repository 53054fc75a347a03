/**
 * Structures of square matrices brought into block-triangular form: what may depend on what, of maps y = f(x) whose y_i
 * continues x_{origin[i]} (the layers of a flow).
 */
import { forEachBit, wordsOf, type BitMatrix } from './bits.ts';
import { inversePermutation } from './sorting.ts';

/** Rows and columns in an order in which nothing stands above the diagonal blocks. */
export interface BlockForm {
  /** [D] the column at each place. */
  readonly columns: Int32Array;
  /** [D] the row at each place: the one that continues its column. */
  readonly rows: Int32Array;
  /** Sizes of the diagonal blocks: variables that depend on each other, in a ring; most are of one variable. */
  readonly blocks: Int32Array;
  /**
   * Sizes of the levels, each of whole blocks: a variable depends on its own block and on earlier levels, never on others
   * of its level. Of a coupling two: what passes, and what moves. Of an autoregressive layer as many as variables.
   */
  readonly levels: Int32Array;
}

/** Whether i depends on j by `after` of something that depends on j by `before`: the boolean product after · before. */
export function booleanProduct(after: BitMatrix, before: BitMatrix): BitMatrix {
  const stride = wordsOf(before.columns);
  const words = new Uint32Array(after.rows * stride);
  for (let row = 0; row < after.rows; row++) {
    forEachBit(after, row, (k) => {
      for (let w = 0; w < stride; w++) words[row * stride + w]! |= before.words[k * stride + w]!;
    });
  }
  return { rows: after.rows, columns: before.columns, words };
}

/** @param structure [D, D], bit (i, j) where y_i may depend on x_j. @param origin [D], a permutation. */
export function blockForm(structure: BitMatrix, origin: Int32Array): BlockForm {
  const dimension = origin.length;
  const rowOf = inversePermutation(origin);
  /** What the continuation of each x depends on, itself left out. */
  const heard = Array.from({ length: dimension }, (_, variable) => {
    const others: number[] = [];
    forEachBit(structure, rowOf[variable]!, (column) => {
      if (column !== variable) others.push(column);
    });
    return others;
  });
  const rings = ringsOf(heard);
  const ringOf = new Int32Array(dimension);
  for (const [r, ring] of rings.entries()) for (const variable of ring) ringOf[variable] = r;
  // Rings come after all that they depend on.
  const level = new Int32Array(rings.length);
  for (const [r, ring] of rings.entries()) {
    for (const variable of ring) {
      for (const other of heard[variable]!) {
        if (ringOf[other] !== r) level[r] = Math.max(level[r]!, level[ringOf[other]!]! + 1);
      }
    }
  }
  const first = rings.map((ring) => Math.min(...ring));
  const arranged = Array.from(rings.keys()).sort((a, b) => level[a]! - level[b]! || first[a]! - first[b]!);
  const columns = Int32Array.from(arranged.flatMap((r) => rings[r]!.toSorted((a, b) => a - b)));
  const levels = new Int32Array(rings.length === 0 ? 0 : Math.max(...level) + 1);
  for (const r of arranged) levels[level[r]!]! += rings[r]!.length;
  return {
    columns,
    rows: columns.map((column) => rowOf[column]!),
    blocks: Int32Array.from(arranged, (r) => rings[r]!.length),
    levels,
  };
}

/**
 * Strongly connected components of the graph in which each variable leads to those that it hears (Tarjan 1972): each comes
 * after all that can be reached from it. Without recursion, which a thousand variables in a row would be too deep for.
 */
function ringsOf(heard: readonly (readonly number[])[]): number[][] {
  const UNSEEN = -1;
  const count = heard.length;
  const number = new Int32Array(count).fill(UNSEEN);
  const lowest = new Int32Array(count);
  const next = new Int32Array(count);
  const isOpen = new Uint8Array(count);
  const open: number[] = [];
  const rings: number[][] = [];
  let seen = 0;
  for (let start = 0; start < count; start++) {
    if (number[start] !== UNSEEN) continue;
    const path = [start];
    while (path.length > 0) {
      const own = path.at(-1)!;
      if (number[own] === UNSEEN) {
        number[own] = lowest[own] = seen++;
        open.push(own);
        isOpen[own] = 1;
      }
      const other = heard[own]![next[own]!++];
      if (other === undefined) {
        path.pop();
        const above = path.at(-1);
        if (above !== undefined) lowest[above] = Math.min(lowest[above]!, lowest[own]!);
        if (lowest[own] !== number[own]) continue;
        const ring = open.splice(open.lastIndexOf(own));
        for (const variable of ring) isOpen[variable] = 0;
        rings.push(ring);
      } else if (number[other] === UNSEEN) path.push(other);
      else if (isOpen[other] === 1) lowest[own] = Math.min(lowest[own]!, number[other]!);
    }
  }
  return rings;
}
