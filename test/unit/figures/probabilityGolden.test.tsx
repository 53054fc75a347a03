/** The pictures of probabilities as they stood when they were last looked at; see `golden.test.tsx`. */
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../../src/figures/compose.tsx';
import { ensembleCurve } from '../../../src/figures/ensembleCurve.tsx';
import { ensembleReading } from '../../../src/figures/ensembleCurveWords.ts';
import { type EntropyArrangement, entropyFigure } from '../../../src/figures/entropy.tsx';
import { entropyReading } from '../../../src/figures/entropyWords.ts';
import { probabilityFigure } from '../../../src/figures/probability.tsx';
import { probabilityReading } from '../../../src/figures/probabilityWords.ts';
import { themeFor, themeKinds, type Theme } from '../../../src/figures/theme.ts';
import type { EntropyFrame, ProbabilityFrame } from '../../../src/inspection/frames.ts';
import { goldenSvg } from './goldenSvg.ts';
import { densityFrame, ensembleFrame, entropyFrame, probabilityFrame } from './probabilityFixtures.ts';

const light = themeFor('light');
const file = (name: string) => `golden/${name}.svg`;

describe('total probability', () => {
  const figure = (frame: ProbabilityFrame, theme: Theme = light, width = 760): Figure => ({
    title: 'Total probability',
    reading: probabilityReading(frame),
    ...probabilityFigure({ frame, width, theme }),
  });

  it.each(themeKinds)('of an ensemble over images, %s', async (kind) => {
    const theme = themeFor(kind);
    const frame = probabilityFrame({ dimension: 16, image: [4, 4], maskCount: 3 });
    await expect(goldenSvg(figure(frame, theme), theme)).toMatchFileSnapshot(file(`probability-images-${kind}`));
  });
  it('of rows that are no images, narrow', async () => {
    const frame = probabilityFrame({ dimension: 8 });
    await expect(goldenSvg(figure(frame, light, 360), light)).toMatchFileSnapshot(file('probability-narrow'));
  });
  it('of pieces of text, which can be read', async () => {
    const frame = { ...probabilityFrame({ dimension: 10 }), characters: ['e', ' '] };
    const svg = goldenSvg(figure(frame), light);
    expect(svg).toContain('>␣<');
    expect(svg).not.toContain('<image');
    await expect(svg).toMatchFileSnapshot(file('probability-text'));
  });
  it('of a leak', async () => {
    const frame = probabilityFrame({ dimension: 9, image: [3, 3], total: 1.84 });
    await expect(goldenSvg(figure(frame), light)).toMatchFileSnapshot(file('probability-leak'));
  });
  it('of an autoencoder', async () => {
    const frame = probabilityFrame({ dimension: 9, image: [3, 3], total: 37.21, kind: 'loss' });
    await expect(goldenSvg(figure(frame), light)).toMatchFileSnapshot(file('probability-loss'));
  });
  it('of some variables, the others held fast', async () => {
    const frame = probabilityFrame({ dimension: 784, image: [28, 28] });
    await expect(goldenSvg(figure(frame), light)).toMatchFileSnapshot(file('probability-held'));
  });
  it.each([1, 2] as const)('as an integral over real variables: %d', async (sides) => {
    await expect(goldenSvg(figure(densityFrame(sides)), light)).toMatchFileSnapshot(
      file(`probability-density-${sides}`),
    );
  });
});

describe('ensemble curve', () => {
  const figure = (masks: number, logX = false, theme: Theme = light): Figure => {
    const frame = ensembleFrame(masks);
    const o = { frame, unit: 'nats', dimension: 784, logX, width: 640, height: 320, theme } as const;
    return { title: 'Ensemble curve', reading: ensembleReading(frame, 'nats', 784), ...ensembleCurve(o) };
  };
  it.each(themeKinds)('of 32 masks, %s', async (kind) => {
    const theme = themeFor(kind);
    await expect(goldenSvg(figure(32, false, theme), theme)).toMatchFileSnapshot(file(`ensemble-${kind}`));
  });
  it('of many masks, logarithmic', async () => {
    await expect(goldenSvg(figure(200, true), light)).toMatchFileSnapshot(file('ensemble-log'));
  });
});

describe('conditional entropy', () => {
  const figure = (frame: EntropyFrame, arrangement: EntropyArrangement, theme: Theme = light, width = 640): Figure => ({
    title: 'Conditional entropy',
    reading: entropyReading(frame),
    ...entropyFigure({ frame, arrangement, width, height: 300, theme }),
  });
  const order = Int32Array.of(3, 1, 2, 6, 5, 4, 9, 8, 7, 10, 12, 11, 16, 15, 14, 13);

  it.each(themeKinds)('of a few variables in the order, %s', async (kind) => {
    const theme = themeFor(kind);
    const frame = entropyFrame({ dimension: 16, order });
    await expect(goldenSvg(figure(frame, 'order', theme), theme)).toMatchFileSnapshot(file(`entropy-order-${kind}`));
  });
  it('of a few variables, the dearest first', async () => {
    await expect(goldenSvg(figure(entropyFrame({ dimension: 16, order }), 'sorted'), light)).toMatchFileSnapshot(
      file('entropy-sorted'),
    );
  });
  it('of many variables in the order', async () => {
    const frame = entropyFrame({ dimension: 784, image: [28, 28] });
    await expect(goldenSvg(figure(frame, 'order'), light)).toMatchFileSnapshot(file('entropy-many'));
  });
  it('of real variables', async () => {
    await expect(goldenSvg(figure(entropyFrame({ dimension: 6, real: true }), 'order'), light)).toMatchFileSnapshot(
      file('entropy-real'),
    );
  });
  it('of a text by place and by character', async () => {
    const frame = entropyFrame({ dimension: 16, text: true });
    await expect(goldenSvg(figure(frame, 'order'), light)).toMatchFileSnapshot(file('entropy-text-places'));
    await expect(goldenSvg(figure(frame, 'characters'), light)).toMatchFileSnapshot(file('entropy-text-characters'));
  });
  it.each(['light', 'dark'] as const)('as an image, %s', async (kind) => {
    const theme = themeFor(kind);
    const frame = entropyFrame({ dimension: 784, image: [28, 28] });
    await expect(goldenSvg(figure(frame, 'image', theme, 760), theme)).toMatchFileSnapshot(
      file(`entropy-image-${kind}`),
    );
  });
});
