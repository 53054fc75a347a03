import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { integrate } from '../../../src/distributions/quadrature.ts';
import type { Base } from '../../../src/flows/base.ts';
import { gaussian, logistic, uniform } from '../../../src/flows/bases.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { read } from '../backends/read.ts';

interface Case {
  readonly of: (dimension: number) => Base;
  /** Beyond these there is no probability that float64 would notice. */
  readonly ends: readonly [number, number];
  readonly middle: number;
  readonly variance: number;
  /** E[(u − middle)⁴] / variance² */
  readonly kurtosis: number;
  /** Where gradients are measured, away from the ends. */
  readonly probes: readonly number[];
}

const cases: readonly Case[] = [
  { of: gaussian, ends: [-40, 40], middle: 0, variance: 1, kurtosis: 3, probes: [-3, -0.4, 0, 1.3, 2.2] },
  {
    of: logistic,
    ends: [-720, 720],
    middle: 0,
    variance: Math.PI ** 2 / 3,
    kurtosis: 4.2,
    probes: [-5, -0.4, 0, 1.3, 8],
  },
  { of: uniform, ends: [0, 1], middle: 0.5, variance: 1 / 12, kurtosis: 1.8, probes: [0.01, 0.3, 0.5, 0.9, 0.99] },
];

function drawn(base: Base, o: { rows: number; temperature?: number; seed?: number }): Float32Array {
  const random = RandomGenerator.seeded(o.seed ?? 5, 'base');
  const drawing = base.draw({ rows: o.rows, random, temperature: o.temperature ?? 1, parameters: {}, context: null });
  for (;;) {
    const { done, value } = drawing.next();
    if (done) return value;
  }
}

afterEach(() => vi.restoreAllMocks());

describe.each(cases.map((one) => ({ name: one.of(1).name, ...one })))(
  'the base "$name"',
  ({ of, ends: [low, high], middle, variance, kurtosis }) => {
    const marginal = of(1).marginal!;

    it('integrates to 1, up to each point as the cdf says', () => {
      const points = Array.from({ length: 400 }, (_, i) => low + ((high - low) * i) / 399);
      expect(integrate(marginal.density, points)).toBeCloseTo(1, 12);
      for (const share of [0.02, 0.3, 0.5, 0.8]) {
        const u = marginal.quantile(share);
        const below = [...points.filter((point) => point < u), u];
        expect(integrate(marginal.density, below)).toBeCloseTo(share, 9);
        expect(marginal.cdf(u)).toBeCloseTo(share, 12);
      }
    });

    it('has a quantile that undoes the cdf', () => {
      for (let i = 1; i < 40; i++) {
        const u = marginal.quantile(i / 40);
        expect(marginal.quantile(marginal.cdf(u))).toBeCloseTo(u, 9);
      }
      for (const share of [1e-12, 1e-6]) expect(marginal.cdf(marginal.quantile(share)) / share).toBeCloseTo(1, 9);
      expect([marginal.cdf(-1e4), marginal.cdf(1e4)]).toEqual([0, 1]);
    });

    it('draws rows of its mean, variance and tails', () => {
      const count = 200_000;
      const values = drawn(of(4), { rows: count / 4 });
      const power = (k: number) => values.reduce((sum, u) => sum + (u - middle) ** k, 0) / count;
      const [first, second, fourth] = [power(1), power(2), power(4)];
      // Five standard errors of each.
      expect(Math.abs(first)).toBeLessThan(5 * Math.sqrt(variance / count));
      expect(Math.abs(second / variance - 1)).toBeLessThan(5 * Math.sqrt((kurtosis - 1) / count));
      expect(Math.abs(fourth / variance ** 2 / kurtosis - 1)).toBeLessThan(0.06);
      // Shares below the quantiles, five standard errors again.
      for (const share of [0.1, 0.25, 0.6, 0.95]) {
        const below = values.filter((u) => u < marginal.quantile(share)).length / count;
        expect(Math.abs(below - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / count));
      }
    });

    it('draws nearer to its middle at a lower temperature, by so much', () => {
      const [warm, cool] = [drawn(of(3), { rows: 20 }), drawn(of(3), { rows: 20, temperature: 0.5 })];
      for (const [at, u] of warm.entries()) expect(cool[at]! - middle).toBeCloseTo((u - middle) / 2, 6);
    });

    it('draws a row that does not depend on how many others there are, and lets others have their turn', () => {
      expect(drawn(of(3), { rows: 40 }).subarray(0, 30)).toEqual(drawn(of(3), { rows: 10 }));
      let now = 0;
      vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
      const random = RandomGenerator.seeded(1, 'base');
      const drawing = of(3).draw({ rows: 5000, random, temperature: 1, parameters: {}, context: null });
      const shares = [];
      for (let next = drawing.next(); !next.done; next = drawing.next()) shares.push(next.value);
      expect(shares.length).toBeGreaterThan(2);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
      expect(shares.at(-1)).toBeLessThan(1);
    });
  },
);

describe('the uniform base', () => {
  it('stays within (0, 1) at temperatures above 1, also once its rows are float32', () => {
    const values = drawn(uniform(1), { rows: 100_000, temperature: 3 });
    expect(values.every((u) => u > 0 && u < 1)).toBe(true);
    const top = { uniform: () => 1 - 2 ** -53 } as RandomGenerator;
    const bottom = { uniform: () => 0 } as RandomGenerator;
    for (const random of [top, bottom]) {
      const { value } = uniform(1)
        .draw({ rows: 1, random, temperature: 1, parameters: {}, context: null })
        .next() as IteratorReturnResult<Float32Array>;
      expect(value[0]! > 0 && value[0]! < 1).toBe(true);
    }
  });
});

onEveryBackend('a base', () => {
  const none = { parameters: {}, masks: {}, context: null };
  const logProbs = (base: Base, rows: readonly (readonly number[])[]) =>
    read(() => base.logProb(tf.tensor2d(rows as number[][]), none));

  it.each(cases.map((one) => ({ name: one.of(1).name, ...one })))(
    'is, as "$name", the product of its marginals',
    async ({ of, probes }) => {
      const { density } = of(1).marginal!;
      const rows = probes.map((probe, i) => [probe, probes[(i + 2) % probes.length]!, probes[0]!]);
      const found = await logProbs(of(3), rows);
      for (const [n, row] of rows.entries()) {
        expect(found[n]).toBeCloseTo(
          row.reduce((sum, u) => sum + Math.log(density(u)), 0),
          5,
        );
      }
    },
  );

  it.each(cases.map((one) => ({ name: one.of(1).name, ...one })))(
    'has, as "$name", the gradient of its marginal',
    async ({ of, probes }) => {
      const { density } = of(1).marginal!;
      const gradient = await read(() =>
        tf.grad((u: tf.Tensor) => of(1).logProb(u as Tensor2D, none))(tf.tensor2d([...probes], [probes.length, 1])),
      );
      for (const [i, u] of probes.entries()) {
        const slope = (Math.log(density(u + 1e-5)) - Math.log(density(u - 1e-5))) / 2e-5;
        expect(gradient[i]).toBeCloseTo(slope, 5);
      }
    },
  );

  it('neither overflows nor rounds to 0 far out', async () => {
    expect(await logProbs(logistic(1), [[300], [-1e6], [1e30]])).toEqual([-300, -1e6, -Math.fround(1e30)]);
    const [far, further] = await logProbs(gaussian(1), [[1e3], [1e19]]);
    expect(far).toBeCloseTo(-500_000.92, 0);
    expect(further! < -4e37 || further === -Infinity).toBe(true);
  });

  it('has no density outside (0, 1) where it is uniform, and tells what is not a number', async () => {
    expect(
      await logProbs(uniform(2), [
        [0.2, 0.7],
        [0, 1],
        [0.5, 1.01],
        [-3, 0.5],
        [0.5, Infinity],
      ]),
    ).toEqual([0, 0, -Infinity, -Infinity, -Infinity]);
    for (const of of [gaussian, logistic, uniform]) expect(await logProbs(of(2), [[0.5, NaN]])).toEqual([NaN]);
  });
});
