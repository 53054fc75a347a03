/** Masks of a MADE from its degrees (Germain et al. 2015, equations 8, 9 and section 4.2). */
import type { MadeStructure } from './degrees.ts';
import type { MaskMatrix } from './matrix.ts';

/** The masks of one structure: one per weight matrix. */
export interface MadeMasks {
  /** Hidden layer l: [H_l, H_(l−1)], 1 where m^l(k') ≥ m^(l−1)(k). */
  readonly hidden: readonly MaskMatrix[];
  /** Output layer: [D, H_L], 1 where degree(d) > m^L(k). */
  readonly output: MaskMatrix;
  /** Direct connection: [D, D], 1 where degree(d') > degree(d); null without one. */
  readonly direct: MaskMatrix | null;
}

export function madeMasks({ order, hidden, direct }: MadeStructure): MadeMasks {
  const layers = [order, ...hidden];
  return {
    hidden: hidden.map((degrees, l) => degreeMask(degrees, layers[l]!, 'at least')),
    output: degreeMask(order, layers[hidden.length]!, 'above'),
    direct: direct ? strictTriangle(order) : null,
  };
}

/** What every output may depend on: [D, D], 1 where input `column` comes earlier in the order than output `row`. */
export function strictTriangle(order: Int32Array): MaskMatrix {
  return degreeMask(order, order, 'above');
}

/** 1 where the receiving unit's degree is at least the sending one's, or above it. */
function degreeMask(to: Int32Array, from: Int32Array, relation: 'at least' | 'above'): MaskMatrix {
  const [rows, columns] = [to.length, from.length];
  const cells = new Uint8Array(rows * columns);
  const less = relation === 'above' ? 1 : 0;
  let i = 0;
  // Plain loops, without a branch that no processor could foresee: fresh masks are built before every training step.
  for (let row = 0; row < rows; row++) {
    const highest = to[row]! - less;
    for (let column = 0; column < columns; column++, i++) cells[i] = (from[column]! - highest - 1) >>> 31;
  }
  return { rows, columns, cells };
}

/** Every row `times` times over, side by side: masks of outputs that have several parameters a variable. */
export function repeatRows(mask: MaskMatrix, times: number): MaskMatrix {
  if (times === 1) return mask;
  const { rows, columns } = mask;
  const cells = new Uint8Array(rows * times * columns);
  for (let r = 0; r < rows * times; r++) {
    const from = Math.floor(r / times) * columns;
    cells.set(mask.cells.subarray(from, from + columns), r * columns);
  }
  return { rows: rows * times, columns, cells };
}
