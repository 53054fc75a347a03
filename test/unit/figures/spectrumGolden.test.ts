/** The scaling spectrum as it stood when it was last looked at; its words, and what the pointer finds. */
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../../src/figures/compose.tsx';
import { spectrumFigure } from '../../../src/figures/spectrum.tsx';
import { rankText, sharesOf, sortedSpectrum, spectrumReading } from '../../../src/figures/spectrumWords.ts';
import { themeFor, themeKinds, type Theme } from '../../../src/figures/theme.ts';
import type { SpectrumFrame } from '../../../src/inspection/frames.ts';
import { goldenSvg } from './goldenSvg.ts';
import { spectrumFrame } from './spectrumFixtures.ts';

const light = themeFor('light');
const file = (name: string) => `golden/${name}.svg`;
const draw = (frame: SpectrumFrame, theme: Theme = light, width = 760, logY = true) =>
  spectrumFigure({ frame, logY, width, height: 300, theme });
const figure = (frame: SpectrumFrame, theme?: Theme, width?: number, logY?: boolean): Figure => ({
  title: 'Scaling spectrum',
  reading: spectrumReading(frame),
  ...draw(frame, theme, width, logY),
});
const pixels = { dimension: 784, image: [28, 28] } as const;

describe('the picture', () => {
  it.each(themeKinds)('of an image, %s', async (kind) => {
    const theme = themeFor(kind);
    await expect(goldenSvg(figure(spectrumFrame(pixels), theme), theme)).toMatchFileSnapshot(
      file(`spectrum-image-${kind}`),
    );
  });
  it('of a few variables, linear', async () => {
    await expect(goldenSvg(figure(spectrumFrame({ dimension: 9 }), light, 560, false), light)).toMatchFileSnapshot(
      file('spectrum-linear'),
    );
  });
  it('of coloured images in a narrow panel, without components', async () => {
    const frame = spectrumFrame({ dimension: 12 * 12 * 3, image: [12, 12], components: false });
    await expect(goldenSvg(figure(frame, light, 420), light)).toMatchFileSnapshot(file('spectrum-channels'));
  });
  it('of one variable, and of scales that ran off', async () => {
    const one = figure(spectrumFrame({ dimension: 1 }), light, 420);
    await expect(goldenSvg(one, light)).toMatchFileSnapshot(file('spectrum-single'));
    const frame = spectrumFrame({ dimension: 6 });
    const wrong = { ...frame, sigma: Float64Array.from(frame.sigma, (own, d) => (d === 2 ? Infinity : own)) };
    await expect(goldenSvg(figure(wrong, light, 560), light)).toMatchFileSnapshot(file('spectrum-ran-off'));
    expect(spectrumReading(wrong)).toContain('1 scale of 6 ran off: σ of x₃ is ∞');
  });
});

it('the ramp of the image is as wide as its values lie apart, little as that may be', () => {
  const frame = spectrumFrame({ dimension: 16, image: [4, 4] });
  const sigma = Float64Array.from({ length: 16 }, (_, d) => 0.106 + (0.009 * d) / 15);
  const ramp = draw({ ...frame, sigma }).legend.find((item) => item.mark === 'ramp');
  expect(ramp).toMatchObject({ low: '0.106', high: '0.115' });
  const { pixels } = draw({ ...frame, sigma }).drawing.rasters[0]!;
  const shades = new Set(Array.from({ length: 16 }, (_, p) => pixels.data.subarray(4 * p, 4 * p + 3).join()));
  expect(shades.size).toBe(16);
});

describe('what is under the pointer', () => {
  it.each([760, 420])('is the same rank in the spectrum and on the image, %d px wide', (width) => {
    const { boxesOf, rankAt } = draw(spectrumFrame(pixels), light, width);
    for (const rank of [0, 1, 399, 783]) {
      const [line, cell, ...more] = boxesOf(rank);
      expect(more).toHaveLength(0);
      expect(rankAt(line!.x + line!.width / 2, line!.y + 5)).toBe(rank);
      expect(rankAt(cell!.x + cell!.width / 2, cell!.y + cell!.height / 2)).toBe(rank);
    }
    expect(rankAt(2, 2)).toBeNull();
  });

  it('is the pixel of its own channel', () => {
    const frame = spectrumFrame({ dimension: 4 * 4 * 3, image: [4, 4] });
    const { boxesOf, rankAt } = draw(frame);
    for (let rank = 0; rank < 48; rank++) {
      const cell = boxesOf(rank)[1]!;
      expect(rankAt(cell.x + 1, cell.y + 1)).toBe(rank);
    }
    const { places } = sortedSpectrum(frame);
    expect(rankText(frame, places.indexOf(10))).toMatch(/^Rank \d+ of 48: x₁₁, row 1, column 4, green/);
  });

  it('names the variable that a place continues', () => {
    const frame = { ...spectrumFrame({ dimension: 3 }), variables: Int32Array.of(2, 0, 1) };
    const { places } = sortedSpectrum(frame);
    expect(rankText(frame, 0)).toContain(`x${'₃₁₂'[places[0]!]}`);
  });
});

describe('the words', () => {
  const of = (sigma: readonly number[], components: readonly number[] | null = null): SpectrumFrame => ({
    ...spectrumFrame({ dimension: sigma.length, components: false }),
    sigma: Float64Array.from(sigma),
    components: components && Float64Array.from(components),
    componentRows: 100,
    noComponents: components ? null : 'too dear',
  });

  it('count the places that have half and nine tenths of Σσ²', () => {
    expect(spectrumReading(of([2, 1, 4, 0.1]))).toBe(
      'σ = 1/S falls from 4 (x₃) to 0.1 (x₄). The first of 4 has half of Σσ², the first 2 nine tenths. 1 has fallen below the start of 1, 2 have risen above it. Principal components of the training rows are left out: too dear.',
    );
  });

  it('compare with principal components, which need as many, more or fewer', () => {
    expect(spectrumReading(of([3, 3, 0.1], [1, 1, 1]))).toContain(
      'PCA of 100 training rows has nine tenths of its variance in the first 3, 1 more',
    );
    expect(spectrumReading(of([3, 2, 3], [9, 1, 1]))).toContain('in the first 1, 2 fewer');
    expect(spectrumReading(of([3, 0.1], [9, 1]))).toContain('in the first 1, as many');
  });

  it('say that nothing is trained yet', () => {
    const frame = spectrumFrame({ dimension: 8, still: true });
    expect(spectrumReading(frame)).toMatch(
      /^Every σ is where it started, at 1: the scales have not been trained yet\./,
    );
  });

  it('say that all scales have gone together, and count nothing then', () => {
    const text = spectrumReading(of([0.106, 0.11, 0.115], [9, 1, 1]));
    expect(text).toBe(
      'The spectrum has not separated yet: all σ = 1/S have gone together from 1, to 0.106 … 0.115, within 8.5\u00a0% of each other. Logarithms of scales take steps as large as the learning rate at most, or about: more epochs or a higher rate tell the coordinates apart. PCA of 100 training rows has nine tenths of its variance in the first 1.',
    );
    expect(spectrumReading(of([0.1, 0.13, 0.11]))).toMatch(/^σ = 1\/S falls from 0\.13/);
  });

  it('sum shares of squares', () => {
    expect([...sharesOf(Float64Array.of(2, 1, 1))]).toEqual([4 / 6, 5 / 6, 1]);
  });
});
