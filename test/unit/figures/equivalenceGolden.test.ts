/** The two divergences as they stood when they were last looked at; their words, and what the pointer finds. */
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../../src/figures/compose.tsx';
import { equivalenceFigure, type EquivalenceOptions } from '../../../src/figures/equivalence.tsx';
import {
  equivalenceReading,
  largestGap,
  momentOf,
  momentText,
  pairText,
} from '../../../src/figures/equivalenceWords.ts';
import { themeFor, themeKinds } from '../../../src/figures/theme.ts';
import { MOST_MOMENTS, withMoment } from '../../../webview/views/equivalenceHistory.ts';
import { epochs, equivalenceFrame, moments } from './equivalenceFixtures.ts';
import { goldenSvg } from './goldenSvg.ts';

const light = themeFor('light');
const file = (name: string) => `golden/${name}.svg`;
const draw = (o: Partial<EquivalenceOptions> = {}) =>
  equivalenceFigure({
    frame: equivalenceFrame({ dimension: 2 }),
    moments: moments(40),
    epochs: epochs(16),
    logY: false,
    width: 760,
    height: 300,
    theme: light,
    ...o,
  });
const figure = (o: Partial<EquivalenceOptions> = {}): Figure => ({
  title: 'KL in x and KL in u',
  reading: equivalenceReading(o.frame ?? equivalenceFrame({ dimension: 2 })),
  ...draw(o),
});

describe('the picture', () => {
  it.each(themeKinds)('of a known density, %s', async (kind) => {
    const theme = themeFor(kind);
    await expect(goldenSvg(figure({ theme }), theme)).toMatchFileSnapshot(file(`equivalence-${kind}`));
  });
  it('of a density that is not known, narrow', async () => {
    const frame = equivalenceFrame({ dimension: 43, known: false });
    const o = { frame, moments: moments(40, false), epochs: epochs(16, false), width: 420 };
    await expect(goldenSvg(figure(o), light)).toMatchFileSnapshot(file('equivalence-unknown'));
  });
  it('of two sides that differ, logarithmic, measured once', async () => {
    const frame = equivalenceFrame({ dimension: 2, wrong: 1.2 });
    const o = { frame, moments: moments(1), epochs: [], logY: true };
    await expect(goldenSvg(figure(o), light)).toMatchFileSnapshot(file('equivalence-wrong'));
  });
});

describe('what is under the pointer', () => {
  it.each([760, 420])('is the row or the moment that stands there, %d px wide', (width) => {
    const { nearest, placeOf, rows } = draw({ width });
    for (const row of [rows[0]!, rows[150]!, rows.at(-1)!]) {
      const [place] = placeOf({ row });
      const found = nearest(place!.x, place!.y);
      expect(found && 'row' in found && placeOf(found)[0]).toEqual(place);
    }
    for (const moment of [0, 17, 39]) {
      const [x, u] = placeOf({ moment });
      expect(nearest(x!.x, x!.y)).toEqual({ moment });
      expect(u!.x).toBe(x!.x);
    }
    expect(nearest(1, 1)).toBeNull();
  });

  it('is found at the end of the axes where it lies beyond them', () => {
    const frame = equivalenceFrame({ dimension: 2 });
    const far = (own: Float64Array) => own.map((value, i) => (i === 7 ? 900 : value));
    const { placeOf, nearest, legend } = draw({ frame: { ...frame, inX: far(frame.inX), inU: far(frame.inU) } });
    const [place] = placeOf({ row: 7 });
    expect(nearest(place!.x, place!.y)).toEqual({ row: 7 });
    const [other, one] = [placeOf({ row: 8 })[0]!, placeOf({ row: 9 })[0]!];
    expect(Math.hypot(other.x - one.x, other.y - one.y)).toBeGreaterThan(5);
    expect(legend.map(({ label }) => label)).toContain('at the ends: 1 row beyond the axes');
    expect(
      draw()
        .legend.map(({ label }) => label)
        .join(),
    ).not.toContain('beyond');
  });

  it('draws a logarithmic axis of positive values alone', () => {
    expect(draw().logLegal).toBe(true);
    const [first, ...rest] = moments(3);
    expect(draw({ moments: [{ ...first!, inU: -0.01 }, ...rest] }).logLegal).toBe(false);
  });
});

describe('the words', () => {
  it('give both numbers, and the largest difference', () => {
    const frame = equivalenceFrame({ dimension: 2 });
    expect(equivalenceReading(frame)).toMatch(
      /^KL\(data ‖ model\) in x is 0\.\d{3} ± 0\.0\d\d nats, KL\(p_u ‖ base\) in u 0\.\d{3} ± 0\.0\d\d, over 300 validation rows of 1,000\. They are one number, row by row: the largest difference is \d\.?\d* × 10⁻⁶ nats \(row \d+\), which is rounding\.$/,
    );
  });

  it('say up to what the density is known', () => {
    expect(equivalenceReading(equivalenceFrame({ dimension: 2, known: false }))).toMatch(
      /^Up to the entropy of the data, which is not known, .* which is the NLL, and/,
    );
  });

  it('name the row where they differ by more than rounding', () => {
    const frame = equivalenceFrame({ dimension: 2, wrong: 1.2 });
    expect(largestGap(frame)).toMatchObject({ index: 41, rounding: false });
    expect(equivalenceReading(frame)).toContain(
      'should be one number and are not: the largest difference is 1.2 nats (row 288)',
    );
    expect(pairText(frame, 41)).toMatch(/^Row 288 of the validation split · in x .* · in u .* · difference 1\.2 nats/);
  });

  it('leave out what is not finite, and say so', () => {
    const frame = equivalenceFrame({ dimension: 2 });
    frame.inX[5] = Infinity;
    expect(momentOf(frame)!.rows).toBe(299);
    expect(equivalenceReading({ ...frame, outside: 2 })).toContain(
      '2 rows left out: by rounding they come back just outside of the data’s density; 1 row left out: a side of it is not finite.',
    );
    const none = { ...frame, inX: frame.inX.map(() => NaN) };
    expect(equivalenceReading(none)).toBe('None of 300 validation rows has a finite density: nothing to compare.');
  });

  it('tell an estimate below 0 from what no density can do', () => {
    const frame = equivalenceFrame({ dimension: 2 });
    const shifted = (by: number) => {
      const of = (own: Float64Array) => own.map((value) => value - momentOf(frame)!.inX - by);
      return { ...frame, inX: of(frame.inX), inU: of(frame.inU) };
    };
    expect(equivalenceReading(shifted(0.02))).toContain('An estimate from so few rows may be below 0');
    expect(equivalenceReading(shifted(0.5))).toContain('beyond chance, which no density can do');
  });

  it('read a moment', () => {
    expect(momentText(moments(2)[1]!)).toMatch(/^Step 60, epoch 0\.8 · in x 1\.\d{4} · in u 1\.\d{4} nats · standard/);
  });
});

describe('what the page keeps', () => {
  const [a, b, c] = moments(3) as [
    ReturnType<typeof moments>[0],
    ReturnType<typeof moments>[0],
    ReturnType<typeof moments>[0],
  ];
  it('is in the order of steps, each once, of the most rows', () => {
    expect(withMoment([a, c], b)).toEqual([a, b, c]);
    const closer = { ...b, rows: 500 };
    expect(withMoment([a, b, c], closer)).toEqual([a, closer, c]);
    expect(withMoment([a, closer, c], b)).toEqual([a, closer, c]);
  });
  it('grows thinner where it grows long', () => {
    let kept: readonly ReturnType<typeof moments>[0][] = [];
    for (const moment of moments(1000)) kept = withMoment(kept, moment);
    expect(kept.length).toBeLessThanOrEqual(MOST_MOMENTS);
    expect(kept.length).toBeGreaterThan(MOST_MOMENTS / 3);
    expect(kept.at(-1)!.step).toBe(30_000);
    expect(kept[0]!.step).toBe(30);
  });
});
