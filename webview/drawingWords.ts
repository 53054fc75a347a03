/** How far a drawing is, in words. */
import { formatCount, plural } from '../src/figures/text.ts';
import type { DrawingProgress } from '../src/protocol/drawing.ts';

/** "Drawing 100 rows: 37 %, 12 finished." */
export function drawingText({ finished, rows, share, frame, writing }: DrawingProgress): string {
  if (writing) return `Writing ${plural(rows, 'character')}: ${formatCount(finished)} so far.`;
  const what = `Drawing ${plural(rows, 'row')}`;
  if (frame === null) return `${what} …`;
  const done = finished === 0 ? 'none finished yet' : `${formatCount(finished)} finished`;
  return `${what}: ${Math.floor(100 * share)} %, ${done}.`;
}
