/** Models whose step is thousands of operations long. */
import type { Model } from './model.ts';

/** Whether a step goes along a sequence, of characters, rows or diagonals, some operations for each of its places. */
export function isUnrolled({ stream, pixels }: Pick<Model, 'stream' | 'pixels'>): boolean {
  return stream !== undefined || (pixels?.layers.nodes.some(({ kind }) => kind === 'recurrent') ?? false);
}
