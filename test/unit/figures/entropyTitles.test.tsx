/** The titles over images of conditional entropies. */
import { expect, it } from 'vitest';
import { entropyFigure } from '../../../src/figures/entropy.tsx';
import { renderSvg } from '../../../src/figures/render.ts';
import { textWidth } from '../../../src/figures/text.ts';
import { textSize, themeFor } from '../../../src/figures/theme.ts';
import { entropyFrame } from './probabilityFixtures.ts';

const frame = entropyFrame({ dimension: 784, image: [28, 28] });

it.each([340, 500, 540, 900])('are whole, and none runs into the next picture, at %i px', (width) => {
  const { drawing } = entropyFigure({ frame, arrangement: 'image', width, height: 400, theme: themeFor('light') });
  const svg = renderSvg(<g>{drawing.marks}</g>);
  const lines = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]+)</g)].map(([, x, y, text]) => ({
    ...{ x: Number(x), y: Number(y), text: text!, end: Number(x) + textWidth(text!, textSize.label) },
  }));
  expect(lines.map(({ text }) => text).join(' ')).toContain('difference: over- or underconfident');
  for (const { x, y, end } of lines) {
    expect(end).toBeLessThanOrEqual(width);
    expect(y).toBeGreaterThanOrEqual(textSize.label);
    for (const next of lines) if (next.y === y && next.x > x) expect(end).toBeLessThan(next.x);
  }
  for (const { x, y, width: wide } of drawing.rasters) {
    for (const line of lines) if (line.x === x && wide > 0) expect(line.y).not.toBe(y);
  }
});
