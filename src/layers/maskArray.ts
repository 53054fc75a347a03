import type { MaskMatrix } from '../masks/matrix.ts';
import type { NamedArray } from '../runs/arrays.ts';

/** A mask as numbers of the engine, entries 0 or 1. */
export function maskArray({ rows, columns, cells }: MaskMatrix): NamedArray {
  return { shape: [rows, columns], data: Float32Array.from(cells) };
}
