/** A figure as it is kept for comparison: numbers cut to three decimals, one element a line, rasters by their fingerprint. */
import { expect } from 'vitest';
import { figureSvg, type Figure } from '../../../src/figures/compose.tsx';
import type { Pixels } from '../../../src/figures/pixels.ts';
import { renderSvg } from '../../../src/figures/render.ts';
import type { Theme } from '../../../src/figures/theme.ts';

/** Pixels by size and content: a picture inside the picture would hide which of the two has changed. */
function fingerprint({ width, height, data }: Pixels): string {
  let hash = 0x811c9dc5;
  for (const byte of data) hash = Math.imul(hash ^ byte, 0x01000193);
  return `data:,${width}x${height}-${(hash >>> 0).toString(16)}`;
}

export function goldenSvg(figure: Figure, theme: Theme): string {
  const svg = renderSvg(figureSvg(figure, theme, fingerprint));
  // What is not a number was computed from something that is none.
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  return `${svg.replace(/\d+\.\d{4,}/g, (n) => String(Number(Number(n).toFixed(3)))).replaceAll('><', '>\n<')}\n`;
}
