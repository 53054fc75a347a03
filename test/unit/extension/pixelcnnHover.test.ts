/** The hover of PixelCNN: what it says of the middle pixel is what the masks do. */
import { expect, it } from 'vitest';
import { hoverMarkdown, type HoverKey } from '../../../extension/hovers/modelHover.ts';
import { themeKinds } from '../../../src/figures/theme.ts';
import { modelSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';
import { models } from '../../../src/spec/models/index.ts';

type Entry = Extract<ExperimentInput['model'], { type: 'pixelcnn' }>;

const markdown = (entry: Partial<Entry>, key: string, theme: (typeof themeKinds)[number] = 'light') => {
  const model = modelSpec.parse({ type: 'pixelcnn', image: [28, 28], ...entry });
  return hoverMarkdown({ model, dimension: 784, seed: 1, contextDimension: 0 }, key as HoverKey, theme);
};
const svgOf = (text: string) => Buffer.from(/base64,([^)]+)\)/.exec(text)![1]!, 'base64').toString();

it.each(themeKinds)('has words before a self-contained picture over each of its keys, in %s', (theme) => {
  for (const stacks of ['single', 'gated'] as const) {
    for (const key of models.pixelcnn.hoverKeys) {
      const text = markdown({ stacks }, key, theme);
      expect(text.length).toBeLessThan(100_000);
      expect(svgOf(text)).toMatch(/^<svg /);
      expect(text + svgOf(text)).not.toMatch(/NaN|undefined|Infinity|var\(--/);
    }
  }
});

it('tells the blind spot of a single stack from what is merely too far', () => {
  const single = markdown({ stacks: 'single', layers: 60, image: [28, 28] }, 'stacks');
  expect(single).toContain(
    'row 15, column 14 has 405 before it; 66 lie in its blind spot, which no number of layers reaches.',
  );
  expect(markdown({ layers: 60 }, 'stacks')).toContain('has 405 before it; it sees all of them.');
  expect(markdown({}, 'stacks')).toContain('225 are beyond the reach of so few layers.');
});

it('names the masks of the kernels that are pointed at, and says what mask B makes of the first', () => {
  expect(svgOf(markdown({}, 'firstKernel'))).toContain('vertical: 4×7, rows above');
  expect(svgOf(markdown({}, 'kernel'))).toContain('horizontal: 1×2, mask B');
  expect(svgOf(markdown({ stacks: 'single' }, 'kernel'))).toContain('spatial: 2×3, mask B');
  expect(markdown({ maskType: 'B' }, 'maskType')).toContain('it sees itself: no likelihood');
  expect(markdown({ maskType: 'A' }, 'maskType')).not.toContain('no likelihood');
});
