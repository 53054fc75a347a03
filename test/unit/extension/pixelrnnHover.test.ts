/** The hover of PixelRNN: what it says of the middle pixel is what the layers do. */
import { expect, it } from 'vitest';
import { hoverMarkdown, type HoverKey } from '../../../extension/hovers/modelHover.ts';
import { themeKinds } from '../../../src/figures/theme.ts';
import { modelSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';
import { models } from '../../../src/spec/models/index.ts';

type Entry = Extract<ExperimentInput['model'], { type: 'pixelrnn' }>;

const markdown = (entry: Partial<Entry>, key: string, theme: (typeof themeKinds)[number] = 'light') => {
  const model = modelSpec.parse({ type: 'pixelrnn', image: [28, 28], ...entry });
  return hoverMarkdown({ model, dimension: 784, seed: 1, contextDimension: 0 }, key as HoverKey, theme);
};
const svgOf = (text: string) => Buffer.from(/base64,([^)]+)\)/.exec(text)![1]!, 'base64').toString();

it.each(themeKinds)('has words before a self-contained picture over each of its keys, in %s', (theme) => {
  for (const cell of ['row-lstm', 'diagonal-bilstm'] as const) {
    for (const key of models.pixelrnn.hoverKeys) {
      const text = markdown({ cell, layers: 2 }, key, theme);
      expect(text.length).toBeLessThan(100_000);
      expect(svgOf(text)).toMatch(/^<svg /);
      expect(text + svgOf(text)).not.toMatch(/NaN|undefined|Infinity|var\(--/);
    }
  }
});

it('tells that diagonals see everything, and which part of the past a Row LSTM never sees', () => {
  expect(markdown({ layers: 1 }, 'cell')).toContain(
    '55 steps along the diagonals, in two directions. The pixel in row 15, column 14 has 405 before it; it sees all of them.',
  );
  const row = markdown({ cell: 'row-lstm', layers: 1 }, 'cell');
  // Of row r above 14 + 2 + r columns are within the triangle, which begins with the first layer's kernel of 7.
  expect(row).toContain(
    '28 steps from row to row. The pixel in row 15, column 14 has 405 before it; 66 lie in its blind spot',
  );
  expect(row).toContain('beyond the reach of so few layers');
  expect(markdown({ maskType: 'B', layers: 1 }, 'maskType')).toContain('it sees itself: no likelihood');
});

it('draws which states are heard, as many as there are, and the image skewed', () => {
  const letters = (svg: string) => svg.match(/>h</g)?.length;
  const wide = svgOf(markdown({ cell: 'row-lstm', kernel: 5, layers: 1 }, 'kernel'));
  expect(wide).toContain('state-to-state: 5×1');
  expect(letters(wide)).toBe(5);
  expect(wide).not.toContain('skewed');
  const diagonals = svgOf(markdown({ layers: 1 }, 'cell'));
  expect(letters(diagonals)).toBe(4);
  expect(diagonals).toContain('skewed: 55 steps');
  expect(diagonals).toContain('shifted down');
});
