/** The gallery's own parts: which pixel a point is in, shades, and the page that figures make. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { magnitudeRamp } from '../../../src/figures/ramps.ts';
import { galleryPage, gapText } from '../../gallery/page.ts';
import {
  countRows,
  fullShadeAt,
  pixelMiddles,
  shadedPng,
  shadesOf,
  type Square,
  squareAround,
} from '../../gallery/plane.ts';
import { generatorNames, generators } from '../../../src/spec/data.ts';
import { remarks } from '../../gallery/remarks.ts';
import { densities, type Kept, type Learnt } from '../../gallery/settings.ts';
import { root } from '../../harness/root.mjs';

const square: Square = { left: -1, bottom: 2, size: 4 };

describe('pixels of the plane', () => {
  it('begin with the top row, from the left', () => {
    expect([...pixelMiddles(square, 2)]).toEqual([0, 5, 2, 5, 0, 3, 2, 3]);
  });

  it('hold their own middles, one each', () => {
    expect([...countRows(pixelMiddles(square, 5), square, 5)]).toEqual(Array.from({ length: 25 }, () => 1));
  });

  it('count rows, and none that are outside the square', () => {
    const rows = [-0.9, 5.9, -0.8, 5.8, 2.9, 2.1, -1.01, 4, 3.01, 4, 1, 1.99, 1, 6.01];
    expect([...countRows(rows, square, 2)]).toEqual([2, 0, 0, 1]);
  });

  it('are of the smallest square around the rows, with a margin, whichever way they are longer', () => {
    const wide = squareAround([0, 0, 10, 1]);
    expect(wide.size).toBeCloseTo(11, 12);
    expect([wide.left, wide.bottom]).toEqual([expect.closeTo(-0.5, 12), expect.closeTo(-5, 12)]);
    const tall = squareAround([0, 0, 1, 10]);
    expect([tall.left, tall.bottom, tall.size]).toEqual([
      expect.closeTo(-5, 12),
      expect.closeTo(-0.5, 12),
      expect.closeTo(11, 12),
    ]);
  });
});

describe('shades', () => {
  it('go by the root, and stop at the full one', () => {
    expect([...shadesOf(Float64Array.of(0, 1, 4, 9, Infinity), 4)]).toEqual([0, 32, 63, 63, 63]);
  });

  it('refuse what is no density', () => {
    expect(() => shadesOf(Float64Array.of(1, NaN), 4)).toThrow('found NaN');
    expect(() => shadesOf(Float64Array.of(-1), 4)).toThrow('found -1');
  });

  it('are full where all but the brightest share of what is not 0 stays below', () => {
    const values = Float64Array.from({ length: 201 }, (_, i) => (i < 100 ? 0 : i - 99));
    expect(fullShadeAt(values, 0)).toBe(101);
    expect(fullShadeAt(values, 0.1)).toBe(91);
    expect(() => fullShadeAt(new Float64Array(4), 0.1)).toThrow('nothing to draw');
  });

  it('are colours of the ramp of magnitudes in the picture', () => {
    const { width, height, palette, data } = decode(shadedPng(Uint8Array.of(0, 63, 63, 0)));
    expect([width, height, ...data]).toEqual([2, 2, 0, 63, 63, 0]);
    const ramp = magnitudeRamp();
    expect(palette!.map(([r, g, b]) => [r, g, b]).at(0)).toEqual([...ramp.subarray(0, 3)]);
    expect(palette!.map(([r, g, b]) => [r, g, b]).at(63)).toEqual([...ramp.subarray(255 * 3)]);
  });
});

const learnt = (gap: number): Learnt => ({
  nats: 1.7 + gap,
  entropy: 1.676,
  gap,
  standardError: 0.0123,
  testRows: 5000,
  bestEpoch: 7,
  epochs: 9,
  minutes: 3,
  date: '2026-01-02',
});

describe('the page', () => {
  it('has every generated density of the plane', () => {
    const plane = generatorNames.filter((name) => generators[name].dimension === 2);
    expect([...densities].sort()).toEqual(plane.sort());
  });

  it('says where a fit is not within 0.1 nats', () => {
    expect(gapText(learnt(0.0404))).toBe('0.040 ± 0.012');
    expect(gapText(learnt(0.25))).toBe('0.250 ± 0.012 (over 0.1)');
    expect(gapText(learnt(-0.002))).toBe('−0.002 ± 0.012');
  });

  it('shows a density once both flows have learnt it, with its remark', async () => {
    const kept: Kept = {
      'rings/RealNVP': learnt(0.05),
      'two-moons/MAF': learnt(0.02),
      'two-moons/RealNVP': learnt(0.1),
    };
    const page = await galleryPage(kept, { 'two-moons': 'Look at the tips.', rings: 'Never shown.' }, 'pictures');
    expect(page).toContain('## Two moons\n\nLook at the tips.');
    expect(page).toContain('![Two moons: rows drawn from MAF](pictures/two-moons-maf-rows.png)');
    expect(page).toMatch(
      /\[Two moons\]\(#two-moons\) \| 1\.676 +\| 1\.800 +\| 0\.100 ± 0\.012 +\| 1\.720 +\| 0\.020 ± 0\.012 +\|/,
    );
    expect(page).toContain('7 of 9');
    expect(page).not.toContain('Rings');
    expect(page).not.toContain('Never shown');
  });

  it('is what the kept figures say, and its pictures are there and small', async () => {
    const file = path.join(root, 'GALLERY.md');
    const kept = JSON.parse(readFileSync(path.join(root, 'media/gallery/figures.json'), 'utf8')) as Kept;
    const written = readFileSync(file, 'utf8');
    expect(await galleryPage(kept, remarks, 'media/gallery')).toBe(written);
    const pictures = [...written.matchAll(/\]\((media\/gallery\/[^)]+)\)/g)].map(([, name]) => name!);
    expect(pictures).toHaveLength(6 * 6);
    const tooLarge = pictures.filter(
      (name) => !existsSync(path.join(root, name)) || statSync(path.join(root, name)).size > 60_000,
    );
    expect(tooLarge).toEqual([]);
  });
});
