/** Latent traversals and the way between two posteriors, drawn and read. */
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../../src/figures/compose.tsx';
import { walkFigure } from '../../../src/figures/decoded.tsx';
import { walkReading } from '../../../src/figures/latentWords.ts';
import { themeFor, themeKinds, type Theme } from '../../../src/figures/theme.ts';
import { traversalsFigure } from '../../../src/figures/traversals.tsx';
import { steadyOrder, stripText, traversalsReading } from '../../../src/figures/traversalsWords.ts';
import type { WalkFrame } from '../../../src/inspection/frames/latent.ts';
import type { TraversalsFrame } from '../../../src/inspection/frames/traversals.ts';
import { posteriorWalkFrame, traversalsFrame } from './latentVariableFixtures.ts';
import { goldenSvg } from './goldenSvg.ts';

const light = themeFor('light');
const file = (name: string) => `golden/${name}.svg`;

const strips = (frame: TraversalsFrame, theme: Theme = light, width = 720): Figure => ({
  title: 'Latent traversals',
  reading: traversalsReading(frame),
  ...traversalsFigure({ frame, order: frame.units, width, theme }),
});
const walk = (frame: WalkFrame, theme: Theme = light, width = 720): Figure => ({
  title: 'Between two rows',
  reading: walkReading(frame),
  ...walkFigure(frame, width, theme),
});
const rows = { latent: 1, image: null, dimension: 5 } as const;

describe('latent traversals', () => {
  it.each(themeKinds)('in %s', async (kind) => {
    const theme = themeFor(kind);
    await expect(goldenSvg(strips(traversalsFrame(), theme), theme)).toMatchFileSnapshot(file(`traversals-${kind}`));
    await expect(goldenSvg(walk(posteriorWalkFrame(), theme), theme)).toMatchFileSnapshot(
      file(`posterior-walk-${kind}`),
    );
  });
  it('of one latent variable, narrow, of rows that are no images', async () => {
    await expect(goldenSvg(strips(traversalsFrame(rows), light, 380), light)).toMatchFileSnapshot(
      file('traversals-one'),
    );
    await expect(goldenSvg(walk(posteriorWalkFrame(rows), light, 380), light)).toMatchFileSnapshot(
      file('posterior-walk-rows'),
    );
  });
  it('say of those that did not fit into the frame that they are missing', () => {
    const whole = traversalsFrame({ latent: 6 });
    const units = whole.units.slice(0, 4);
    const cut = {
      ...whole,
      units,
      decoded: { ...whole.decoded, rows: 44, values: whole.decoded.values.slice(0, 44 * 64) },
    };
    expect(JSON.stringify(strips(cut).drawing.marks)).toContain('and 2 more');
    expect(traversalsReading(cut)).toContain('Each of the 4 latents that carry most, of 6, at 11 quantiles');
  });
});

describe('the place under the pointer', () => {
  it('is found where it is drawn, strip by strip, active or not', () => {
    const { boxOf, at } = traversalsFigure({
      frame: traversalsFrame(),
      order: traversalsFrame().units,
      width: 720,
      theme: light,
    });
    for (const found of [
      { strip: 0, place: 0 },
      { strip: 4, place: 10 },
      { strip: 5, place: 3 },
    ]) {
      const { x, y, width, height } = boxOf(found);
      expect(at(x + width / 2, y + height / 2)).toEqual(found);
    }
    const { x, y } = boxOf({ strip: 0, place: 0 });
    expect([at(x - 20, y + 5), at(x + 5, y - 12)]).toEqual([null, null]);
  });
});

describe('the order of strips', () => {
  const frame = traversalsFrame();
  const changed = (perUnit: number[], units: number[]) => ({
    ...frame,
    perUnit: Float32Array.from(perUnit),
    units: Int32Array.from(units),
  });
  const before = frame.units;

  it('stays while units carry nearly the same', () => {
    expect(steadyOrder(frame, null)).toBe(frame.units);
    const nearly = changed([1.0, 1.1, 0.9, 0.5, 0.3, 0.004], [1, 0, 2, 3, 4, 5]);
    expect(steadyOrder(nearly, before)).toBe(before);
  });
  it('changes where one carries clearly more, dies, or others are shown', () => {
    const more = changed([1.0, 1.5, 0.9, 0.5, 0.3, 0.004], [1, 0, 2, 3, 4, 5]);
    expect(steadyOrder(more, before)).toBe(more.units);
    const dead = {
      ...changed([1, 0.9, 0.8, 0.5, 0.3, 0.004], [1, 2, 3, 4, 0, 5]),
      activity: frame.activity.slice().fill(0, 0, 1),
    };
    expect(steadyOrder(dead, before)).toBe(dead.units);
    const fewer = changed([1, 0.9, 0.8, 0.5, 0.3, 0.004], [0, 1, 2]);
    expect(steadyOrder(fewer, before)).toBe(fewer.units);
  });
});

describe('words', () => {
  it('of the strips tell along which most changes, and name the dead', () => {
    expect(traversalsReading(traversalsFrame())).toMatch(
      /^Each of the 6 latents at 11 quantiles of the prior, the others at 0\. Rows change most along z₁, by [\d.]+\u00a0% of the range, least along z₆, by 0\.0\u00a0% of the range\. 5 are active, by 250 validation rows; 1 tells nothing of a row \(z₆\)\.$/,
    );
    expect(traversalsReading(traversalsFrame({ row: 17 }))).toContain('where the encoder puts validation row 18.');
    expect(traversalsReading(traversalsFrame({ collapsed: true }))).toMatch(
      /Along none of them does anything to speak of change \(0\.0\u00a0% of the range at most\): the decoder does not listen to z\. None is active, by 250 validation rows: the posterior has collapsed/,
    );
    expect(traversalsReading(traversalsFrame({ latent: 1 }))).toMatch(
      /^The only latent, z₁, at 11 quantiles of the prior\. Along it rows change by .* It is active, by 250 validation rows\.$/,
    );
  });
  it('of a place tell the coordinate, what it carries and how much changes along its strip', () => {
    const frame = traversalsFrame();
    expect(stripText(frame, frame.units, { strip: 1, place: 10 })).toMatch(
      /^z₂ = 1\.69\. KL 2\.33 nats, active, number 2 of 6 by what it carries; along its strip rows change by [\d.]+\u00a0%/,
    );
    expect(stripText(frame, frame.units, { strip: 5, place: 0 })).toContain('KL 0.004 nats, not active');
    // Strips that keep their places under the pointer do not tell of what it carries now.
    const held = frame.units.slice().reverse();
    expect(stripText(frame, held, { strip: 0, place: 0 })).toContain(
      'z₆ = −1.69. KL 0.004 nats, not active, number 6 of 6',
    );
  });
  it('of the way between posteriors compare both paths', () => {
    expect(walkReading(posteriorWalkFrame())).toMatch(
      /^From the mean of the posterior of validation row 12 to that of row 302, in 11 places decoded, E\[x\|z\]\. Half way z is 1\.6 from the origin on the great circle and 1\.1 on the straight line, at the ends 1\.5 and 1\.6; draws of the prior of 2 variables are about √K = 1\.4 away\. What is decoded half way by the one and by the other differs by [\d.]+\u00a0% of the range\.$/,
    );
    const frame = posteriorWalkFrame();
    expect(walkReading({ ...frame, norm: frame.norm.slice().fill(NaN, 2, 5) })).toContain('no finite numbers');
  });
});
