/** The pictures of latent variables as they stood when they were last looked at; see `golden.test.tsx`. */
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../../src/figures/compose.tsx';
import { latentUnitsFigure } from '../../../src/figures/latentUnits.tsx';
import { byDivergence, latentUnitsReading } from '../../../src/figures/latentUnitsWords.ts';
import { manifoldFigure } from '../../../src/figures/manifold.tsx';
import { manifoldReading } from '../../../src/figures/manifoldWords.ts';
import { posteriorsFigure } from '../../../src/figures/posteriors.tsx';
import { leadingCoordinates, posteriorsReading, priorHoles } from '../../../src/figures/posteriorsWords.ts';
import { reconstructionsFigure } from '../../../src/figures/reconstructions.tsx';
import { reconstructionsReading } from '../../../src/figures/reconstructionsWords.ts';
import { themeFor, themeKinds, type Theme } from '../../../src/figures/theme.ts';
import type {
  LatentUnitsFrame,
  ManifoldFrame,
  ManifoldPointFrame,
  PosteriorsFrame,
  ReconstructionsFrame,
} from '../../../src/inspection/frames.ts';
import { goldenSvg } from './goldenSvg.ts';
import {
  latentUnitsFrame,
  manifoldFrame,
  manifoldPointFrame,
  posteriorsFrame,
  reconstructionsFrame,
} from './latentVariableFixtures.ts';

const light = themeFor('light');
const file = (name: string) => `golden/${name}.svg`;

const manifold = (
  frame: ManifoldFrame,
  point: ManifoldPointFrame | null,
  theme: Theme = light,
  width = 720,
): Figure => ({
  title: 'Latent manifold',
  reading: manifoldReading(frame),
  ...manifoldFigure({ frame, point, width, theme }),
});
const posteriors = (frame: PosteriorsFrame, theme: Theme = light): Figure => ({
  title: 'Posteriors',
  reading: posteriorsReading(frame),
  ...posteriorsFigure({ frame, across: 0, down: 1, width: 640, height: 520, theme }),
});
const units = (frame: LatentUnitsFrame, theme: Theme = light, width = 760): Figure => ({
  title: 'Latent units',
  reading: latentUnitsReading(frame),
  ...latentUnitsFigure({ frame, order: byDivergence(frame), marked: null, width, theme }),
});
const reconstructions = (frame: ReconstructionsFrame, theme: Theme = light): Figure => ({
  title: 'Reconstructions',
  reading: reconstructionsReading(frame),
  ...reconstructionsFigure(frame, 640, theme),
});

describe('latent variables', () => {
  it.each(themeKinds)('in %s', async (kind) => {
    const theme = themeFor(kind);
    await expect(
      goldenSvg(manifold(manifoldFrame(), manifoldPointFrame({ u: 1, v: 0.5 }), theme), theme),
    ).toMatchFileSnapshot(file(`manifold-${kind}`));
    await expect(goldenSvg(posteriors(posteriorsFrame({ rows: 60, labels: 10 }), theme), theme)).toMatchFileSnapshot(
      file(`posteriors-${kind}`),
    );
    await expect(goldenSvg(units(latentUnitsFrame(), theme), theme)).toMatchFileSnapshot(file(`latent-units-${kind}`));
    await expect(goldenSvg(reconstructions(reconstructionsFrame(), theme), theme)).toMatchFileSnapshot(
      file(`reconstructions-${kind}`),
    );
  });
  it('of one latent variable, narrow, of rows that are no images', async () => {
    const o = { latent: 1, image: null, dimension: 5 } as const;
    await expect(goldenSvg(manifold(manifoldFrame(o), manifoldPointFrame(o), light, 380), light)).toMatchFileSnapshot(
      file('manifold-line'),
    );
    const one = posteriorsFrame({ latent: 1, rows: 40, labels: null });
    await expect(goldenSvg(posteriors(one), light)).toMatchFileSnapshot(file('posteriors-one'));
    await expect(goldenSvg(reconstructions(reconstructionsFrame(o)), light)).toMatchFileSnapshot(
      file('reconstructions-rows'),
    );
  });
  it('of many units at the first look, and of an IAF posterior', async () => {
    const frame = latentUnitsFrame({ latent: 60, moments: 1, posterior: 'iaf' });
    await expect(goldenSvg(units(frame, light, 400), light)).toMatchFileSnapshot(file('latent-units-many'));
  });
});

describe('words', () => {
  it('of the manifold tell what changes along each coordinate, and where nothing does', () => {
    expect(manifoldReading(manifoldFrame())).toMatch(
      /^8 × 8 places of z₁ and z₂ decoded\. They differ by [\d.]+\u00a0% of the range from their mean; along z₁ alone by [\d.]+\u00a0%, along z₂ alone by/,
    );
    expect(manifoldReading(manifoldFrame({ deaf: true }))).toContain(
      'All of them look alike (they differ by 0.0\u00a0% of the range): the decoder does not listen here.',
    );
    expect(manifoldReading(manifoldFrame({ latent: 5, across: 4, down: 1 }))).toContain(
      'z₅ and z₂ decoded, the other 3 latents at 0.',
    );
    expect(manifoldReading(manifoldFrame({ latent: 3, row: 17 }))).toContain(
      'the other 1 latent where the encoder puts validation row 18',
    );
  });
  it('of the posteriors tell how far they are from the prior all together', () => {
    expect(posteriorsReading(posteriorsFrame({ narrow: true, rows: 400 }))).toMatch(
      /^400 validation rows encoded into 2 latent variables\. All of them together are off the prior along both; furthest z[₁₂], by/,
    );
    expect(posteriorsReading(posteriorsFrame({ labels: null, rows: 400 }))).toContain(
      'All of them together, coordinate by coordinate, are like the prior: ',
    );
  });
  it('of the posteriors go by the size of the gap, whatever the number of rows', () => {
    const off = (distance: number, rows: number) =>
      posteriorsReading({
        ...posteriorsFrame({ labels: null, rows }),
        distance: Float32Array.of(distance, 0.01),
        histogram: posteriorsFrame({ labels: null, rows: 4000 }).histogram,
      });
    for (const rows of [400, 4000]) {
      expect(off(0.15, rows)).toContain('off the prior along 1 of 2; furthest z₁, by 0.15');
      expect(off(0.15, rows)).toContain('told from 0.1 on');
      expect(off(0.09, rows)).toContain('are like the prior');
    }
    // Of few rows a gap of that size is nothing.
    expect(off(0.15, 60)).toContain('cannot be told from the prior with 60 rows');
    // Whatever is said, with the moments that say how far.
    expect(off(0.15, 60)).toMatch(/, with mean -?[−\d.]+, variance [\d.]+\./);
    expect(off(0.15, 60)).toContain('told from 0.21 on, less being chance with so few rows');
  });
  it('of the posteriors tell coordinates that go together, which one by one are the prior', () => {
    const frame = posteriorsFrame({ labels: null, rows: 400 });
    const line = (slope: number) => {
      const mean = Float32Array.from(frame.mean, (_, i) => {
        const u = (Math.floor(i / 2) - 199.5) / 115.5;
        return i % 2 === 0 ? u : slope * u;
      });
      return { ...frame, mean, distance: Float32Array.of(0.01, 0.01), aggregateVariance: Float32Array.of(1, 1) };
    };
    expect(posteriorsReading(line(1))).toContain('z₁ and z₂ have a correlation of 1.00.');
    expect(posteriorsReading(line(-0.5))).toMatch(/z₁ and z₂ have a correlation of .0\.50\./);
    // Of chance's size with so many rows.
    expect(posteriorsReading(line(0.15))).not.toContain('correlation');
  });
  it('of the posteriors begin with the coordinates of largest KL', () => {
    const of = (latent: number, ...told: number[]) => {
      const frame = posteriorsFrame({ latent, rows: 50 });
      const scale = (at: number) => (told.includes(at % latent) ? 1 : 0);
      return leadingCoordinates({
        ...frame,
        mean: frame.mean.map((value, at) => scale(at) * value),
        deviation: frame.deviation.map((value, at) => (scale(at) === 1 ? value : 1)),
      });
    };
    expect(of(5, 3, 1)).toEqual([1, 3]);
    expect(of(5)).toEqual([0, 1]);
    expect([of(2, 1), of(1, 0)]).toEqual([
      [0, 1],
      [0, 0],
    ]);
  });
  it('of the posteriors tell where the prior has no rows', () => {
    const frame = posteriorsFrame({ labels: null, rows: 4000 });
    expect(priorHoles(frame, 0)).toBe(0);
    expect(posteriorsReading(frame)).not.toContain('hardly any row');
    // Nothing above 1, where the prior has 15.9 %; the tail is too rare to be judged.
    const empty = { ...frame, histogram: frame.histogram.map((share, at) => (at % 40 < 25 ? share : 0)) };
    expect(priorHoles(empty, 1)).toBeGreaterThan(0.15);
    expect(priorHoles(empty, 1)).toBeLessThan(0.159);
    expect(posteriorsReading(empty)).toMatch(
      /1[56](\.\d)?\u00a0% of the prior’s draws have a z[₁₂] where hardly any row is/,
    );
    // Few rows leave gaps by chance, which are no holes.
    expect(priorHoles({ ...frame, rows: 20, histogram: frame.histogram.map(() => 0) }, 0)).toBe(0);
  });
  it('of the posteriors tell what is beyond the bars', () => {
    const frame = posteriorsFrame({ labels: null, rows: 4000 });
    expect(posteriorsReading(frame)).not.toContain('beyond');
    const cut = { ...frame, histogram: frame.histogram.map((share, at) => (at < 40 ? 0.75 * share : share)) };
    expect(posteriorsReading(cut)).toMatch(/25(\.0)?\u00a0% of z₁ lie beyond ±4, where the bars end\.$/);
  });
  it('of the units count the active ones and compare the estimators', () => {
    const reading = latentUnitsReading(latentUnitsFrame());
    expect(reading).toMatch(/^5 of 6 latent units are active\. On 250 validation rows the bound of/);
    expect(reading).toContain('a row’s B varies less than its A, 1.6 times (5 against 8 nats², 8 samples of each)');
    const { estimators } = latentUnitsFrame();
    const difference = { mean: 0.0125, standardError: 0.02 };
    expect(latentUnitsReading({ ...latentUnitsFrame(), estimators: { ...estimators, difference } })).toContain(
      ' nats, A less B by the same noise 0.0125 ± 0.02; over their noise',
    );
    const collapsed = { ...latentUnitsFrame({ collapsed: true }), divergence: 0.02 };
    expect(latentUnitsReading(collapsed)).toMatch(
      /^None of 6 latent units is active: the posterior has collapsed onto the prior\./,
    );
    // The same place for every row, far from the prior.
    expect(latentUnitsReading({ ...collapsed, divergence: 12 })).toMatch(
      /^None of 6 latent units is active: their posteriors are nearly the same for every row and yet not the prior, which costs 12(\.0+)? nats a row for nothing\./,
    );
    expect(latentUnitsReading({ ...collapsed, rows: 1 })).toMatch(
      /^Of one row nobody can tell which units are active\./,
    );
    expect(latentUnitsReading(latentUnitsFrame({ posterior: 'iaf' }))).toContain('there is no estimator B');
  });
  it('of reconstructions tell what comes through', () => {
    expect(reconstructionsReading(reconstructionsFrame())).toContain('74\u00a0% less than their mean alone would be');
    expect(reconstructionsReading(reconstructionsFrame({ collapsed: true }))).toContain(
      'next to nothing of a row comes through',
    );
  });
});
