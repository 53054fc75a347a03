import { describe, expect, it } from 'vitest';
import { byMisfit, coordinateText, heatReading, latentReading, walkReading } from '../../../src/figures/latentWords.ts';
import { bucketColour, placeBucket, placeRgb } from '../../../src/figures/placeColours.ts';
import { themeKinds } from '../../../src/figures/theme.ts';
import { contoursAt, placesAt, squareAt } from '../../../src/figures/transportStages.ts';
import { meanPlace, rowText, stageTitle, transportReading, within } from '../../../src/figures/transportWords.ts';
import { heatFrame, latentFrame, transportFrame, walkFrame } from './latentFixtures.ts';

describe('the words about transport', () => {
  const frame = transportFrame();
  it('name the stage, and the layer on the way', () => {
    expect([0, 0.4, 2, 4].map((at) => stageTitle(frame, at))).toEqual([
      'x, as the data are',
      'Layer 1 of 4: Additive coupling, x₁ passes, x₂ moves',
      'After layer 2 of 4: Reversal, the order is reversed',
      'u, after layer 4 of 4: Scaling, every variable is scaled',
    ]);
  });
  it('add up, and tell which layer changes volumes', () => {
    const said = transportReading(frame);
    const [, sum, base, layers] = /: (−?[\d.]+) = (−?[\d.]+) \+ ([\d.]+) nats; layer 4 \(Scaling\)/.exec(said)!;
    const number = (text: string | undefined) => Number(text!.replace('−', '-'));
    expect(Math.abs(number(sum) - number(base) - number(layers))).toBeLessThan(0.011);
    expect(said).toContain('by +0.81');
  });
  it('count the rows within the widest contour by their log p', () => {
    const { rows, share } = within(frame)!;
    expect(share).toBe(0.95);
    expect(rows / frame.rows).toBeGreaterThan(0.85);
    const level = frame.levels[3]!;
    expect(within({ ...frame, logBase: frame.logBase.map(() => level - 10) })!.rows).toBe(0);
    expect(within({ ...frame, levels: frame.levels.map(() => NaN) })).toBeNull();
  });
  it('say when log p is no number, under what condition, and where a row is', () => {
    expect(transportReading(transportFrame({ broken: true }))).toContain('Of 1 row log p is no finite number');
    const condition = { kind: 'label', label: 1, names: ['a', 'b'], count: 2 } as const;
    expect(transportReading(transportFrame({ condition }))).toContain('given label 1 (b),');
    expect(rowText(frame, 2)).toMatch(/^Validation row 75: x = \(.*\), u = \(.*\), log p = −[\d.]+ nats$/);
  });
});

describe('where things stand', () => {
  const frame = transportFrame();
  it('is on the line between two stages, and the window with it', () => {
    const [a, b, half] = [1, 2, 1.5].map((at) => placesAt(frame.points, frame, at));
    expect(half![7]).toBeCloseTo((a![7]! + b![7]!) / 2, 6);
    expect(squareAt(frame, 1.5).side).toBeCloseTo((squareAt(frame, 1).side + squareAt(frame, 2).side) / 2, 6);
    expect(placesAt(frame.points, frame, 9)).toEqual(placesAt(frame.points, frame, 4));
  });
  it('has contours that hold less the higher they are', () => {
    const { points } = transportFrame({ rows: 300 });
    const found = contoursAt(frame, 4);
    expect(found.map(({ share }) => share)).toEqual([0.95, 0.75, 0.5, 0.25]);
    // A Gaussian: the radius that holds a share p is √(−2 log(1 − p)).
    for (const { share, lines } of found) {
      const radii = Array.from({ length: lines[0]!.length / 2 }, (_, i) =>
        Math.hypot(lines[0]![2 * i]!, lines[0]![2 * i + 1]!),
      );
      const mean = radii.reduce((sum, own) => sum + own, 0) / radii.length;
      expect(mean).toBeCloseTo(Math.sqrt(-2 * Math.log(1 - share)), 0);
    }
    expect(points).toHaveLength(5 * 600);
    expect(
      contoursAt({ ...frame, logDensity: frame.logDensity.slice(), levels: frame.levels.map(() => NaN) }, 2),
    ).toEqual([]);
  });
});

/** Linear light as people without one sort of cone see it (Viénot, Brettel & Mollon 1999), then lightness and b* of CIELAB. */
const BLIND = {
  protanopia: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deuteranopia: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
} as const;

function labOf(rgb: readonly number[], blind: readonly (readonly number[])[]): readonly [number, number, number] {
  const linear = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  const seen = blind.map((row) => row.reduce((sum, factor, i) => sum + factor * linear[i]!, 0));
  const [r, g, b] = seen as [number, number, number];
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** The smallest difference of colour that is noticed at all, in CIELAB (Mahy, Van Eycken & Oosterlinck 1994). */
const NOTICED = 2.3;

describe('colours of places', () => {
  it.each(themeKinds)(
    'tell a direction from the one across and from those a quarter away, whatever the eye: %s',
    (kind) => {
      for (const blind of Object.values(BLIND)) {
        const seen = Array.from({ length: 24 }, (_, i) => {
          const angle = (2 * Math.PI * i) / 24;
          return labOf(placeRgb(kind, 'angle', Math.cos(angle), Math.sin(angle)), blind);
        });
        const gap = (i: number, j: number) => Math.hypot(...seen[i]!.map((own, k) => own - seen[j % 24]![k]!));
        for (let i = 0; i < 24; i++) {
          expect(gap(i, i + 12)).toBeGreaterThan(12 * NOTICED);
          expect(gap(i, i + 6)).toBeGreaterThan(6 * NOTICED);
        }
      }
    },
  );
  it('go round without a step, and by buckets that all have a colour', () => {
    const near = (a: readonly number[], b: readonly number[]) => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));
    expect(near(placeRgb('light', 'angle', 1, 1e-4), placeRgb('light', 'angle', 1, -1e-4))).toBeLessThan(3);
    for (const colouring of ['angle', 'distance'] as const) {
      for (const [x, y] of [
        [0, 0],
        [1, 0],
        [-1, -1e-9],
        [0.1, -0.9],
        [-1, 1],
      ] as const) {
        expect(bucketColour('dark', colouring, placeBucket(colouring, x, y))).toMatch(/^rgb\(\d+,\d+,\d+\)$/);
      }
    }
  });
});

describe('the words about latent traffic', () => {
  it('put the worst first, beside what chance does', () => {
    const frame = latentFrame({ dimension: 20 });
    const order = byMisfit(frame);
    for (let i = 1; i < 20; i++) expect(frame.distance[order[i]!]).toBeLessThanOrEqual(frame.distance[order[i - 1]!]!);
    expect(latentReading(frame)).toMatch(
      /u₂₀ is furthest off, by a Kolmogorov–Smirnov distance of 0\.\d+, and half of the 20/,
    );
    expect(latentReading(frame)).toContain('come to about 0.031 with so many rows');
    expect(coordinateText(frame, 14)).toMatch(/further up and wider than the base\.$/);
    expect(coordinateText(frame, 0)).toMatch(/\(the base: 0, 1\)\.$/);
  });
  it('say what stands for a base whose coordinates depend on each other, and what is left out', () => {
    const frame = latentFrame({ dimension: 4, dependent: true });
    expect(latentReading({ ...frame, notFinite: 3 })).toMatch(
      /^3 entries of u are no finite numbers and left out\. In this base .* 800 draws stand for it\./,
    );
    const none = frame.distance.slice().fill(NaN, 1, 2);
    expect(byMisfit({ ...frame, distance: none })[0]).toBe(1);
    expect(latentReading(latentFrame({ dimension: 1 }))).toContain('its only coordinate is off by');
  });
  it('say when nothing that arrives, or comes back, is a number', () => {
    const frame = latentFrame({ dimension: 3 });
    expect(latentReading({ ...frame, notFinite: 3 * frame.rows })).toMatch(
      /^800 validation rows, .* are no finite numbers there/,
    );
    const walk = walkFrame({ dimension: 3 });
    expect(walkReading({ ...walk, logProb: walk.logProb!.slice().fill(NaN, 2, 5) })).toContain(
      'Of 3 of them log p is no',
    );
    expect(heatReading({ ...heatFrame({ dimension: 3 }), logProb: -Infinity })).toMatch(
      /Of some of them log p is no finite number\.$/,
    );
  });
  it('compare a way with how far out a Gaussian is, and tell temperatures', () => {
    expect(walkReading(walkFrame({ dimension: 100 }))).toContain('about √D = 10.0 away');
    expect(walkReading({ ...walkFrame({ dimension: 100 }), gaussian: false })).not.toContain('√D');
    expect(
      [0, 0.5, 1, 1.2].map((temperature) => heatReading(heatFrame({ dimension: 3, temperature })).split(':')[1]),
    ).toEqual([
      expect.stringContaining('the middle of the base'),
      expect.stringContaining('drawn in towards'),
      expect.stringContaining('draws of the model itself'),
      expect.stringContaining('pushed out from'),
    ]);
  });
});

describe('transport in words', () => {
  const frame = transportFrame();

  it('counts what the layers are, where some are alike', () => {
    expect(transportReading(frame), 'each of its own kind').toMatch(/^4 layers carry/);
    const layers = frame.layers.map((layer, i) => (i < 3 ? { ...layer, title: 'Affine coupling' } : layer));
    expect(transportReading({ ...frame, layers })).toMatch(
      /^4 layers \(3 × Affine coupling, 1 × Scaling\) carry \d+ validation rows/,
    );
  });

  it('has the mean place of the rows at any stage', () => {
    const { rows, points } = frame;
    const mean = (stage: number, side: number) =>
      Array.from({ length: rows }, (_, row) => points[2 * (stage * rows + row) + side]!).reduce((x, y) => x + y) / rows;
    for (const stage of [0, 2, 4]) {
      const [x, y] = meanPlace(frame, stage);
      expect(x).toBeCloseTo(mean(stage, 0), 5);
      expect(y).toBeCloseTo(mean(stage, 1), 5);
    }
  });
});
