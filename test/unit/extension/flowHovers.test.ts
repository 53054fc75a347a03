/** The hovers of flows: they draw the splits and permutations that are trained, and their words are true. */
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { hoverMarkdown, hoverPlace, hoverSubject, type HoverKey } from '../../../extension/hovers/modelHover.ts';
import { composedFlow } from '../../../extension/hovers/models/flowStructures.ts';
import { MAX_SVG_BYTES } from '../../../extension/hovers/models/picture.ts';
import { themeKinds } from '../../../src/figures/theme.ts';
import type { FlowSpec } from '../../../src/masks/flowLayers.ts';
import { createModel } from '../../../src/models/index.ts';
import { modelSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';
import { models } from '../../../src/spec/models/index.ts';
import { flowEntries } from './flowEntries.ts';

type ModelInput = ExperimentInput['model'];

const markdown = (entry: ModelInput, dimension: number, key: string, image?: readonly [number, number]) =>
  hoverMarkdown(
    { model: modelSpec.parse(entry), dimension, seed: 3, contextDimension: 0, ...(image && { image }) },
    key as HoverKey,
    'light',
  );
const svgOf = (text: string) => {
  const [, data] = /\(data:image\/svg\+xml;base64,([^)]+)\)/.exec(text) ?? [];
  return Buffer.from(data ?? '', 'base64').toString();
};
const wordsOf = (text: string) => text.slice(0, text.indexOf('!['));

describe.each(flowEntries)('the hover of %o', (entry, dimensions) => {
  const keys = models[entry.type].hoverKeys;

  it.each(themeKinds)('has words before a self-contained picture, small enough, in %s', (theme) => {
    for (const dimension of dimensions) {
      for (const key of keys) {
        const subject = { model: modelSpec.parse(entry), dimension, seed: 3, contextDimension: 0 };
        const text = hoverMarkdown(subject, key, theme);
        const svg = svgOf(text);
        expect(wordsOf(text).length).toBeGreaterThan(60);
        expect(text.length).toBeLessThan(100_000);
        expect(svg).toMatch(/^<svg /);
        expect(Buffer.byteLength(svg)).toBeLessThan(MAX_SVG_BYTES);
        expect(Number(/ height="(\d+)"/.exec(svg)![1])).toBeLessThanOrEqual(150);
        expect(text + svg).not.toMatch(/NaN|undefined|Infinity|var\(--|="-\d+"[^>]*height/);
      }
    }
  });

  it('is shown over each of its keys', () => {
    const text = JSON.stringify({ model: { ...modelSpec.parse(entry) }, data: { train: 'a.npy' } }, null, 1);
    for (const key of keys) {
      const at = text.indexOf(`"${key}":`);
      if (at !== -1) expect(hoverPlace(text, at + 2)?.key).toBe(key);
    }
  });
});

describe('the picture', () => {
  it('has the split of the model in each layer: a dot where a variable passes, a box where it moves', () => {
    const entry: ModelInput = { type: 'nice', hidden: [6], split: [1, 0, 0, 1, 0] };
    const svg = svgOf(markdown(entry, 5, 'split'));
    const passes = createModel(modelSpec.parse(entry), 5, 3)
      .flow!.layers.slice(0, 4)
      .map(({ bijector }) => bijector.moves);
    const passing = passes.reduce((sum, moves) => sum + moves.filter((one) => one === 0).length, 0);
    expect(svg.match(/<circle/g)).toHaveLength(passing);
    expect(svg.match(/rx="1.5"/g)).toHaveLength(4 * 5 - passing);
  });

  it('has the permutation of the model, which the seed decides', () => {
    const entry: ModelInput = { type: 'maf', hidden: [6], layers: 2, permutation: 'random', batchNorm: false };
    const svg = svgOf(markdown(entry, 6, 'permutation'));
    const order = createModel(modelSpec.parse(entry), 6, 3).flow!.layers[1]!.bijector.origin;
    // Lines from where a variable was to where it comes, by their heights.
    const lines = [...svg.matchAll(/d="M\d+ (\d+)L\d+ (\d+)"/g)].map(([, from, to]) => [Number(from), Number(to)]);
    const rank = (values: number[]) => values.map((own) => values.filter((other) => other < own).length);
    const [from, to] = [rank(lines.map(([own]) => own!)), rank(lines.map(([, own]) => own!))];
    expect(to).toEqual([0, 1, 2, 3, 4, 5]);
    expect(from).toEqual([...order]);
    const other = hoverMarkdown(
      { model: modelSpec.parse(entry), dimension: 6, seed: 4, contextDimension: 0 },
      'permutation',
      'light',
    );
    expect(svgOf(other)).not.toBe(svg);
  });

  it('draws a split of images as an image', () => {
    const entry: ModelInput = { type: 'nice', hidden: [6], split: 'even-odd' };
    expect(svgOf(markdown(entry, 784, 'split', [28, 28]))).toContain('28×28');
    expect(svgOf(markdown(entry, 784, 'split'))).not.toContain('28×28');
    const image: ModelInput = { type: 'realnvp', hidden: [6], image: [8, 8], scales: 2 };
    const svg = svgOf(markdown(image, 64, 'image'));
    for (const size of ['8×8', '4×4·4', '4×4']) expect(svg).toContain(`>${size}<`);
  });

  it('says what it leaves out', () => {
    expect(svgOf(markdown({ type: 'maf', hidden: [6], layers: 64 }, 6, 'layers'))).toMatch(/and \d+ more layers/);
  });

  it('says what each of its marks means, and no other', () => {
    const marks = (entry: ModelInput, dimension: number, key: string) =>
      [...svgOf(markdown(entry, dimension, key)).matchAll(/>([^<>]+ [^<>]+)<\/text>/g)]
        .map(([, text]) => text)
        .join(' / ');
    const plane = marks({ type: 'maf', hidden: [6], layers: 2, permutation: 'random' }, 2, 'permutation');
    expect(plane).toContain('wedge: each depends on those before it · ×+ scaled and shifted · | batch normalisation');
    expect(plane).toContain('grey in u ← x: row u may depend on column x · shaded: permutations');
    expect(plane).not.toMatch(/passes|squeeze|hears/);
    const nice = marks({ type: 'nice', hidden: [6] }, 4, 'layers');
    expect(nice).toContain('● passes, ■ moves · + shifted · | scaling');
    expect(nice).not.toMatch(/shaded|wedge|filled/);
    const image: ModelInput = {
      type: 'glow',
      hidden: [4],
      image: [4, 4],
      scales: 1,
      dequantise: { levels: 8, logit: 0.05 },
    };
    const glow = marks(image, 16, 'dequantise');
    expect(glow).toContain(
      'filled: moves · ×+ scaled and shifted · ⋮ levels, logit, ActNorm · ⊞ squeeze · ✕ mixes channels',
    );
    expect(glow).toContain('shaded: dequantisation');
    expect(marks({ type: 'maf', hidden: [6], base: { type: 'made' } }, 4, 'base')).toContain('base of u: MADE');
  });

  it('marks the columns that belong to what is pointed at', () => {
    const entry: ModelInput = { type: 'maf', hidden: [6], layers: 3, batchNorm: false };
    const bands = (key: string) => (svgOf(markdown(entry, 6, key)).match(/fill-opacity="0.16"/g) ?? []).length;
    expect([bands('layers'), bands('permutation'), bands('scale'), bands('hidden')]).toEqual([0, 2, 3, 3]);
  });
});

describe('the words', () => {
  const words = (entry: ModelInput, dimension: number, key: string) => wordsOf(markdown(entry, dimension, key));

  it('say what the flow is made of', () => {
    expect(words({ type: 'nice', hidden: [6] }, 4, 'layers')).toContain(
      '**NICE** of 4 variables · 4 additive couplings · diagonal scaling · logistic base',
    );
    expect(words({ type: 'maf', hidden: [6], layers: 2, base: { type: 'made' } }, 4, 'base')).toContain(
      '**MAF** of 4 variables · 2 autoregressive layers · reversed between them · batch normalisation · MADE base',
    );
  });

  it('say which variables pass and which move', () => {
    expect(words({ type: 'nice', hidden: [6] }, 6, 'split')).toContain(
      'In the first coupling x₁ … x₃ pass and decide how x₄ … x₆ move; from layer to layer the parts exchange their roles.',
    );
    expect(words({ type: 'nice', hidden: [6], layers: 1 }, 2, 'split')).toContain(
      'In the first coupling x₁ passes and decides how x₂ moves. ',
    );
  });

  it('say what is never moved, and what depends on what in the end', () => {
    const once = words({ type: 'nice', hidden: [6], layers: 1 }, 4, 'layers');
    expect(once).toContain('x₁ and x₂ are never moved, the others by 1 coupling at most.');
    expect(once).toContain(
      'After all layers 8 of 16 pairs of a u and an x may depend: u₁ and u₂ on the fewest, 1 of 4.',
    );
    expect(words({ type: 'nice', hidden: [6], layers: 4 }, 4, 'layers')).toContain(
      'After all layers every u may depend on every x. Every variable is moved by 2 couplings.',
    );
    expect(words({ type: 'maf', hidden: [6], layers: 2, permutation: 'none' }, 4, 'permutation')).toContain(
      '10 of 16 pairs of a u and an x may depend: u₁ depends on x₁ alone.',
    );
    const ring: ModelInput = { type: 'iaf', hidden: [6], permutation: [2, 3, 1], layers: 2 };
    expect(words(ring, 3, 'permutation')).toContain(
      'change places as given: before the second their order is x₂, x₃, x₁. After all layers 8 of 9 pairs of a u and an x may depend: u₁ on the fewest, 2 of 3.',
    );
  });

  it('count what the networks go from and to', () => {
    expect(words({ type: 'nice', hidden: [50, 60] }, 5, 'hidden')).toContain('the first 2 → 50 → 60 → 3.');
    expect(words({ type: 'realnvp', hidden: [50] }, 5, 'hidden')).toContain('the first 2 → 50 → 6.');
    expect(words({ type: 'maf', hidden: [50] }, 5, 'hidden')).toContain('with MADE’s masks, 5 → 50 → 10,');
    expect(words({ type: 'iaf', hidden: [50], networks: 'two' }, 5, 'hidden')).toContain(
      'two networks with MADE’s masks, 5 → 50 → 5,',
    );
  });

  it('tell of a base that is a MADE, and of scales', () => {
    expect(words({ type: 'maf', hidden: [6], base: { type: 'made', components: 7 } }, 4, 'base')).toContain(
      'a MADE with mixtures of 7 Gaussians',
    );
    expect(words({ type: 'realnvp', hidden: [6], scale: 'gate' }, 4, 'scale')).toContain('a gate that starts open');
    expect(words({ type: 'glow', hidden: [4], image: [4, 4], scales: 2 }, 16, 'scales')).toContain(
      'The layers see 2 × 2 pixels of 4 channels, then 1 × 1 pixels of 8 channels; the last ones act on 8 variables',
    );
    const single = words({ type: 'glow', hidden: [4], image: [4, 4], scales: 1 }, 16, 'scales');
    expect(single).toContain('The layers see 2 × 2 pixels of 4 channels; nothing is factored out.');
    expect(single).toContain('couplings and 1×1 convolutions.');
  });

  it('tell of couplings of images, of noise and of normalisation', () => {
    const image: ModelInput = { type: 'realnvp', hidden: [4], image: [4, 4], scales: 2, dequantise: { levels: 8 } };
    expect(words(image, 16, 'couplings')).toContain(
      'In all 7 couplings by a checkerboard of pixels and 3 by channels, behind a squeeze.',
    );
    expect(words({ type: 'realnvp', hidden: [4] }, 16, 'couplings')).toContain('Without effect here: rows are vectors');
    expect(words(image, 16, 'dequantise')).toContain('the levels 0 … 7, and the sum divided by 8. After all');
    expect(words({ ...image, dequantise: { levels: 8, logit: 0.05 } }, 16, 'dequantise')).toContain(
      'Behind it y = logit(0.05 + 0.9·x) leads from (0, 1) to all real numbers.',
    );
    expect(words({ type: 'nice', hidden: [4] }, 4, 'dequantise')).toContain('nothing is dequantised');
    expect(words({ ...image, blocks: 1 }, 16, 'blocks')).toContain(
      'With 1 residual block a network sees 4 pixels to each side',
    );
    expect(words(image, 16, 'batchNorm')).toContain('10 layers of batch normalisation bring every variable to mean 0');
    expect(words({ ...image, batchNorm: false }, 16, 'batchNorm')).toContain('There is no batch normalisation.');
    expect(words({ type: 'maf', hidden: [5], networks: 'two' }, 4, 'networks')).toContain('two networks with MADE');
  });

  it('say why a model cannot be built', () => {
    expect(markdown({ type: 'nice', hidden: [6], split: [1, 0, 1] }, 5, 'split')).toContain(
      'This model cannot be built: the split lists 3 entries, and rows have 5 variables',
    );
  });

  it('say of very many variables that the structure is not composed', () => {
    const text = markdown({ type: 'nice', hidden: [6] }, 3072, 'layers');
    expect(text).toContain('What depends on what among 3,072 variables');
    expect(svgOf(text)).not.toContain('u ← x');
  });
});

it('is composed once for all keys of a specification', () => {
  const spec = { ...modelSpec.parse({ type: 'maf', hidden: [6], permutation: 'random' }) } as FlowSpec;
  const first = composedFlow(spec, 6, 1, 0);
  expect(composedFlow(structuredClone(spec), 6, 1, 0)).toBe(first);
  for (const [dimension, seed] of [
    [6, 2],
    [5, 1],
  ] as const) {
    expect(composedFlow(spec, dimension, seed, 0).structure).not.toEqual(first.structure);
  }
});

it('the image comes from the data', () => {
  const text = JSON.stringify({ model: { type: 'nice', hidden: [6] }, data: { generate: 'bars-and-stripes' } });
  expect(hoverSubject(text, parse(text), {})).toMatchObject({ dimension: 16, image: [4, 4] });
  const plane = JSON.stringify({ model: { type: 'nice', hidden: [6] }, data: { generate: 'rings' } });
  expect(hoverSubject(plane, parse(plane), {})).not.toHaveProperty('image');
});
