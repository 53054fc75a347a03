import { describe, expect, it } from 'vitest';
import { entropyOf, generateLabelledRows, generateRows } from '../../../src/data/generated/index.ts';
import { loadDataset } from '../../../src/data/load.ts';
import { dataSpec, generatorNames, generators } from '../../../src/spec/data.ts';

describe('generated data', () => {
  it.each(generatorNames)('%s is finite, the same for the same seed, and as described', (name) => {
    const { rows, columns, values } = generateRows(name, 500, 3);
    expect([rows, columns, values.length]).toEqual([500, generators[name].dimension, 500 * columns]);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(generateRows(name, 500, 3).values).toEqual(values);
    expect(generateRows(name, 100, 3).values).toEqual(values.slice(0, 100 * columns));
    expect(generateRows(name, 500, 4).values).not.toEqual(values);
    // Nothing lies far out, nothing has collapsed.
    const extent = Math.max(...Array.from(values, Math.abs));
    expect(extent).toBeLessThan(8);
    expect(new Set(values).size).toBeGreaterThan(columns === 2 ? 900 : 1);
  });

  const points = (name: (typeof generatorNames)[number]) => {
    const { values } = generateRows(name, 4000, 1);
    return Array.from({ length: 4000 }, (_, i) => [values[2 * i]!, values[2 * i + 1]!] as const);
  };

  it('bars-and-stripes has its 30 images with their probabilities', () => {
    const { values } = generateRows('bars-and-stripes', 32_000, 1);
    const counts = new Map<string, number>();
    for (let row = 0; row < 32_000; row++) {
      const image = values.subarray(row * 16, row * 16 + 16).join('');
      counts.set(image, (counts.get(image) ?? 0) + 1);
    }
    expect(counts.size).toBe(30);
    for (const [image, count] of counts) {
      const p = /^(0+|1+)$/.test(image) ? 1 / 16 : 1 / 32;
      // Five standard deviations: 30 images are looked at.
      expect(Math.abs(count - 32_000 * p)).toBeLessThan(5 * Math.sqrt(32_000 * p));
    }
    const entropy = (28 / 32) * Math.log(32) + (2 / 16) * Math.log(16);
    expect(generators['bars-and-stripes'].description).toContain(`${entropy.toFixed(3)} nats`);
  });

  it('coloured-squares are squares of one colour on a ground of another, blue where one of red and green is on', () => {
    const { matrix, labels } = generateLabelledRows('coloured-squares', 2_000, 1);
    const seen = new Set<string>();
    for (let row = 0; row < matrix.rows; row++) {
      const values = matrix.values.subarray(row * 192, (row + 1) * 192);
      const colours = Array.from({ length: 64 }, (_, i) => values.subarray(i * 3, i * 3 + 3).join(''));
      for (const colour of colours) expect(['000', '011', '101', '110']).toContain(colour);
      const square = ['000', '011', '101', '110'][labels.values[row]!]!;
      const inside = [...colours.keys()].filter((i) => colours[i] === square);
      const others = new Set(colours.filter((colour) => colour !== square));
      expect(others.size).toBe(1);
      const side = Math.sqrt(inside.length);
      expect([2, 3, 4]).toContain(side);
      const corner = inside[0]!;
      expect(inside).toEqual(
        Array.from({ length: side * side }, (_, i) => corner + 8 * Math.floor(i / side) + (i % side)),
      );
      seen.add(values.join(''));
    }
    // Of 1320 images 2000 draws miss e^(−2000/1320), 22 in a hundred.
    expect(Math.abs(seen.size / 1320 - (1 - Math.exp(-2000 / 1320)))).toBeLessThan(0.05);
    expect(generators['coloured-squares'].entropy).toBeCloseTo(Math.log(1320), 3);
    expect(entropyOf('coloured-squares').nats).toBeCloseTo(Math.log(1320), 9);
    expect(entropyOf('coloured-squares', 'label').nats).toBeCloseTo(Math.log(330), 9);
  });

  it('checkerboard fills its dark squares alone', () => {
    const squares = new Set(
      points('checkerboard').map(([x, y]) => `${Math.floor((x + 4) / 2)},${Math.floor((y + 4) / 2)}`),
    );
    expect([...squares].sort()).toEqual(['0,0', '0,2', '1,1', '1,3', '2,0', '2,2', '3,1', '3,3']);
  });

  it('rings and eight-gaussians lie at their radii', () => {
    for (const [x, y] of points('rings')) {
      const radius = Math.hypot(x, y);
      expect(Math.abs(radius - Math.round(radius))).toBeLessThan(0.45);
    }
    const mean = points('eight-gaussians').reduce((sum, [x, y]) => sum + Math.hypot(x, y) / 4000, 0);
    // √(9 + 0.35²/…): a Gaussian blob at distance 3 has mean radius 3 + σ²/6 to first order.
    expect(mean).toBeCloseTo(3 + 0.35 ** 2 / 6, 1);
  });

  it('two-moons, pinwheel and two-spirals are balanced around their centres', () => {
    for (const name of ['two-moons', 'pinwheel', 'two-spirals'] as const) {
      const all = points(name);
      for (const axis of [0, 1] as const) {
        const mean = all.reduce((sum, point) => sum + point[axis] / all.length, 0);
        expect(Math.abs(mean)).toBeLessThan(0.25);
      }
    }
  });

  it('is split and shaped like any other data', async () => {
    const spec = dataSpec.parse({ generate: 'bars-and-stripes', rows: 1000 });
    const dataset = await loadDataset(spec, { baseFolder: '/nowhere', seed: 1 });
    expect(dataset).toMatchObject({ dimension: 16, image: [4, 4] });
    expect([dataset.train.rows, dataset.validation?.rows, dataset.test?.rows]).toEqual([800, 100, 100]);
  });
});
