/** Masks of a MADE from its degrees (Germain et al. 2015, equations 8, 9 and section 4.2). */
import type { MadeStructure } from './degrees.ts';
import { maskOf, type MaskMatrix } from './matrix.ts';

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
  const last = layers[layers.length - 1]!;
  return {
    hidden: hidden.map((degrees, l) =>
      maskOf(degrees.length, layers[l]!.length, (k, below) => degrees[k]! >= layers[l]![below]!),
    ),
    output: maskOf(order.length, last.length, (d, k) => order[d]! > last[k]!),
    direct: direct ? strictTriangle(order) : null,
  };
}

/** What every output may depend on: [D, D], 1 where input `column` comes earlier in the order than output `row`. */
export function strictTriangle(order: Int32Array): MaskMatrix {
  return maskOf(order.length, order.length, (output, input) => order[output]! > order[input]!);
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
