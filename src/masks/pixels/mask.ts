/** The mask of a convolution over pixels: which cells of its kernel, between which channels, are there. */
import type { Kernel, MaskRule } from './network.ts';

/** Whether a kernel's cell leads from a channel of one colour to one of another. */
export function leads(
  rule: MaskRule,
  /** Of the cell from the pixel computed: rows up are negative, columns to the left are. */
  row: number,
  column: number,
  fromColour: number,
  toColour: number,
): boolean {
  if (row < 0) return true;
  if (rule === 'above') return false;
  if (rule === 'rows' || column < 0) return true;
  if (column > 0) return false;
  return rule === 'A' ? fromColour < toColour : fromColour <= toColour;
}

export const widthOf = ({ left, right }: Kernel): number => left + 1 + right;

/** [rows, width, from, to], entries 0 or 1. */
export function kernelMask(
  kernel: Kernel,
  rule: MaskRule,
  from: Int32Array,
  to: Int32Array,
): { readonly shape: readonly [number, number, number, number]; readonly data: Float32Array } {
  const width = widthOf(kernel);
  const data = new Float32Array(kernel.rows * width * from.length * to.length);
  let at = 0;
  for (let i = 0; i < kernel.rows; i++) {
    for (let j = 0; j < width; j++) {
      const [row, column] = [i - kernel.rows + 1, j - kernel.left];
      for (const source of from) for (const target of to) data[at++] = leads(rule, row, column, source, target) ? 1 : 0;
    }
  }
  return { shape: [kernel.rows, width, from.length, to.length], data };
}
