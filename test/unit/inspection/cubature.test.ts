import { describe, expect, it } from 'vitest';
import { integral, type Integral, type IntegralOptions } from '../../../src/inspection/cubature.ts';
import { toEnd } from '../../../src/inspection/source.ts';

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;
const normal = (x: number, mean: number, deviation: number) =>
  Math.exp(-0.5 * ((x - mean) / deviation) ** 2 - HALF_LOG_TWO_PI) / deviation;

type OfPlace = (...place: number[]) => number;

function integrate(
  f: OfPlace,
  o: Omit<IntegralOptions, 'evaluate' | 'tolerance'>,
  asked?: number[][],
): Promise<Integral> {
  const dimension = o.box.low.length;
  return toEnd(
    integral({
      ...o,
      tolerance: 1e-3,
      async *evaluate(places) {
        const found = new Float64Array(places.length / dimension);
        for (const n of found.keys()) {
          const place = [...places.subarray(n * dimension, (n + 1) * dimension)];
          asked?.push(place);
          found[n] = f(...place);
        }
        await Promise.resolve();
        yield;
        return found;
      },
    }),
  );
}

const none = new Float32Array(0);

describe('the integral over a box', () => {
  it('is that of a Gaussian, in one and in two variables', async () => {
    const line = await integrate((x) => normal(x, 1, 0.7), { box: { low: [-6], high: [7] }, places: none, most: 4000 });
    expect(Math.abs(line.value - 1)).toBeLessThan(1e-3);
    const f: OfPlace = (x, y) => normal(x, 1, 0.7) * normal(y, x / 2, 0.3);
    const plane = await integrate(f, { box: { low: [-5, -4], high: [7, 5] }, places: none, most: 40_000 });
    expect(Math.abs(plane.value - 1)).toBeLessThan(1e-3);
    expect(plane.evaluations).toBeLessThan(20_000);
  });

  it('sees a peak that the first cells miss, if places tell of it', async () => {
    const f: OfPlace = (x, y) => normal(x, 123.4, 0.01) * normal(y, -3, 0.02);
    const box = { low: [-1000, -1000], high: [1000, 1000] };
    const places = Float32Array.from({ length: 600 }, (_, i) =>
      i % 2 === 0 ? 123.4 + 0.03 * Math.sin(i) : -3 + 0.06 * Math.sin(7 * i),
    );
    expect((await integrate(f, { box, places: none, most: 40_000 })).value).toBeLessThan(0.01);
    expect(Math.abs((await integrate(f, { box, places, most: 40_000 })).value - 1)).toBeLessThan(2e-3);
  });

  it('tells how much it cannot know where it may not ask enough', async () => {
    // A disc with an edge that no cell follows.
    const f: OfPlace = (x, y) => (x ** 2 + y ** 2 < 1 ? 1 / Math.PI : 0);
    const box = { low: [-1.1, -1.3], high: [1.2, 1.4] };
    const asked: number[][] = [];
    const few = await integrate(f, { box, places: none, most: 4000 }, asked);
    expect(few.error).toBeGreaterThan(2e-3);
    expect(Math.abs(few.value - 1)).toBeLessThan(2 * few.error);
    expect(asked).toHaveLength(few.evaluations);
    expect(few.evaluations).toBeLessThanOrEqual(4000);
    for (const [x, y] of asked) {
      expect(x! > -1.1 && x! < 1.2 && y! > -1.3 && y! < 1.4).toBe(true);
    }
  });

  it('ends where the function is no number, and says so', async () => {
    const found = await integrate((x) => (x > 0.9 ? NaN : 1), {
      box: { low: [0], high: [1] },
      places: none,
      most: 4000,
    });
    expect(found.value).toBeNaN();
  });
});
