/** The hover of the char-RNN: shapes in words, and the network unrolled along a word. */
import { expect, it } from 'vitest';
import { hoverMarkdown, type HoverKey } from '../../../extension/hovers/modelHover.ts';
import { themeKinds } from '../../../src/figures/theme.ts';
import { modelSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';
import { models } from '../../../src/spec/models/index.ts';

type Entry = Extract<ExperimentInput['model'], { type: 'char-rnn' }>;

const markdown = (entry: Partial<Entry>, key: string, theme: (typeof themeKinds)[number] = 'light') => {
  const model = modelSpec.parse({ type: 'char-rnn', hidden: [128, 64], ...entry });
  return hoverMarkdown({ model, dimension: 50, seed: 1, contextDimension: 0 }, key as HoverKey, theme);
};
const svgOf = (text: string) => Buffer.from(/base64,([^)]+)\)/.exec(text)![1]!, 'base64').toString();

it.each(themeKinds)('has words before a self-contained picture over each of its keys, in %s', (theme) => {
  for (const cell of ['rnn', 'lstm', 'gru'] as const) {
    for (const key of models['char-rnn'].hoverKeys) {
      const text = markdown({ cell }, key, theme);
      expect(text.length).toBeLessThan(100_000);
      expect(svgOf(text)).toMatch(/^<svg /);
      expect(text + svgOf(text)).not.toMatch(/NaN|undefined|Infinity|var\(--/);
    }
  }
});

it('tells the shapes of the weights, by cell, layer and embedding', () => {
  expect(markdown({ cell: 'lstm' }, 'hidden')).toContain(
    'W [512, V] and U [512, 128]; W [256, 128] and U [256, 64], V being how many characters the text has',
  );
  expect(markdown({ cell: 'gru', embedding: 32, hidden: [10] }, 'hidden')).toContain(
    'Shapes of the layer: W [30, 32] and U [30, 10].',
  );
  expect(markdown({ cell: 'gru', embedding: 32 }, 'hidden')).not.toContain('V being');
  expect(markdown({ hidden: [9, 8, 7, 6, 5] }, 'hidden')).toMatch(/; …; W \[20, 6\] and U \[20, 5\], V/);
  expect(markdown({}, 'cell')).toContain('Gradients reach 50 characters back');
});

it('has an accessible name, and marks what is pointed at', () => {
  expect(markdown({}, 'cell')).toContain('![The network unrolled along “hello”: the same cell at every step');
  const weights = (key: string) => (svgOf(markdown({}, key)).match(/font-weight="600"/g) ?? []).length;
  expect([weights('cell'), weights('hidden'), weights('embedding'), weights('dropout')]).toEqual([1, 2, 1, 0]);
});
