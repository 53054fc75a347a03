/** The titles over images of conditional entropies. */
import { describe, expect, it } from 'vitest';
import { entropyFigure } from '../../../src/figures/entropy.tsx';
import { renderSvg } from '../../../src/figures/render.ts';
import { variableText } from '../../../src/figures/entropyWords.ts';
import { magnitudeRamp } from '../../../src/figures/ramps.ts';
import { textWidth } from '../../../src/figures/text.ts';
import { textSize, themeFor } from '../../../src/figures/theme.ts';
import { entropyFrame } from './probabilityFixtures.ts';

const frame = entropyFrame({ dimension: 784, image: [28, 28] });

describe('of images in colour', () => {
  const image = [4, 5, 3] as const;
  const coloured = entropyFrame({ dimension: 60, image });
  const figure = entropyFigure({
    ...{ frame: coloured, arrangement: 'image', width: 700, height: 400, theme: themeFor('light') },
  });

  it('are pixels as a whole, and each colour, of all three quantities', () => {
    const { rasters } = figure.drawing;
    expect(rasters).toHaveLength(12);
    // A variable is in the image of its colour and in that of whole pixels, three times over.
    expect(figure.boxesOf(31)).toHaveLength(6);
    const [first] = rasters;
    const cell = first!.width / 5;
    // Row 3, column 1 of the whole pixels, and of green.
    expect(figure.variableAt(first!.x + cell / 2, first!.y + 2.5 * cell)).toBe(30);
    expect(figure.variableAt(rasters[2]!.x + cell / 2, rasters[2]!.y + 2.5 * cell)).toBe(31);
  });

  it('are gone through from pixel to pixel, and from colour to colour', () => {
    expect(figure.moved(31, 1, 0)).toBe(34);
    expect(figure.moved(31, 0, -1)).toBe(16);
    expect(figure.moved(43, 1, 0), 'from the last green of a row to its first blue').toBe(32);
    expect(variableText(coloured, 31)).toContain('row 3, column 1, green');
  });

  it('sums what the colours of a pixel cost', () => {
    const surprise = new Float64Array(60);
    surprise.set([1, 2, 4], 30);
    const { drawing } = entropyFigure({
      ...{ arrangement: 'image', width: 700, height: 400, theme: themeFor('light') },
      frame: { ...coloured, surprise, entropy: null, error: null },
    });
    const shades = drawing.rasters.map(({ pixels }) => [...pixels.data.subarray(40, 43)].join());
    const ramp = magnitudeRamp();
    const shade = (nats: number) => [...ramp.subarray(3 * Math.round((nats / 7) * 255)).subarray(0, 3)].join();
    expect(shades).toEqual([7, 1, 2, 4].map(shade));
  });
});

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
