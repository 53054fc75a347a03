/** What one pixel of an image model sees, in words. */
import type { PixelView } from '../../../src/figures/pixelDiagram.tsx';
import { formatCount } from '../../../src/text/numbers.ts';

/** @param always pixels before it that no number of layers would reach. */
export function seenWords(view: PixelView, always: number, maskType: 'A' | 'B'): string {
  const { row, column, before, blind } = view;
  return (
    `The pixel in row ${row + 1}, column ${column + 1} has ${formatCount(before)} before it; ${missingWords(blind, always)}.` +
    (maskType === 'B' ? ' **With mask B in the first layer it sees itself: no likelihood.**' : '')
  );
}

/** @param blind those that are not seen. @param always those of them that no number of layers would reach. */
function missingWords(blind: number, always: number): string {
  if (blind === 0) return 'it sees all of them';
  const far = blind - always;
  return [
    ...(always > 0
      ? [`${formatCount(always)} ${always === 1 ? 'lies' : 'lie'} in its blind spot, which no number of layers reaches`]
      : []),
    ...(far > 0 ? [`${formatCount(far)} ${far === 1 ? 'is' : 'are'} beyond the reach of so few layers`] : []),
  ].join('; ');
}
