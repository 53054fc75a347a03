/** The hover of variational autoencoders: the graphical model with shapes, what is pointed at marked. */
import { describe, expect, it } from 'vitest';
import { hoverMarkdown, type HoverKey } from '../../../extension/hovers/modelHover.ts';
import { MAX_SVG_BYTES } from '../../../extension/hovers/models/picture.ts';
import { themeFor, themeKinds, type ThemeKind } from '../../../src/figures/theme.ts';
import { modelSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';
import { models } from '../../../src/spec/models/index.ts';

type ModelInput = ExperimentInput['model'];

const entries: readonly ModelInput[] = [
  { type: 'vae' },
  { type: 'vae', latent: 50, encoder: { hidden: [200, 200] }, decoder: { hidden: [200, 200] } },
  {
    type: 'vae',
    image: [28, 28],
    encoder: { channels: [16, 32], hidden: [128] },
    decoder: { channels: [16, 32], hidden: [128] },
    posterior: { type: 'iaf', steps: 4 },
  },
  {
    type: 'vae',
    encoder: { hidden: [] },
    decoder: { hidden: Array.from({ length: 9 }, () => 1000) },
    output: { type: 'gaussian' },
  },
];
const svgOf = (text: string) => {
  const [, data] = /\(data:image\/svg\+xml;base64,([^)]+)\)/.exec(text) ?? [];
  return Buffer.from(data ?? '', 'base64').toString();
};
const markdown = (entry: ModelInput, key: string, theme: ThemeKind = 'light') =>
  hoverMarkdown(
    { model: modelSpec.parse(entry), dimension: 784, seed: 3, contextDimension: 0 },
    key as HoverKey,
    theme,
  );

describe.each(entries)('the hover of %o', (entry) => {
  it.each(themeKinds)('has words before a self-contained picture, small enough, in %s', (theme) => {
    for (const key of models.vae.hoverKeys) {
      const text = markdown(entry, key, theme);
      const svg = svgOf(text);
      expect(text.indexOf('![')).toBeGreaterThan(60);
      expect(Buffer.byteLength(svg)).toBeLessThan(MAX_SVG_BYTES);
      expect(svg).toMatch(/^<svg /);
      expect(text + svg).not.toMatch(/NaN|undefined|Infinity|var\(--/);
      // In one theme the colour of marks is that of rules, too.
      const marked = /stroke-width="(2\.5|3)"/.test(svg) && svg.includes(themeFor(theme).accent);
      expect(marked, key).toBe(key !== 'type');
    }
  });
});

it('draws the layers with their sizes, the decoder’s maps from the deepest outwards', () => {
  const svg = svgOf(markdown(entries[2]!, 'encoder'));
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  expect(texts).toEqual(
    expect.arrayContaining([
      'q(z|x): Gaussian, 4 × IAF',
      'x  784',
      '16 × 14 × 14',
      '32 × 7 × 7',
      '128',
      'Bernoulli  784',
    ]),
  );
  const decoder = texts.slice(texts.indexOf('p(x|z), z from N(0, I)'));
  expect(decoder.indexOf('32 × 7 × 7')).toBeLessThan(decoder.indexOf('16 × 14 × 14'));
  expect(svgOf(markdown(entries[3]!, 'decoder'))).toContain('… 7 more');
});
