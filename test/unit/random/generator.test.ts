import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomGenerator } from '../../../src/random/generator.ts';

const draw = (random: RandomGenerator, count: number) => Array.from({ length: count }, () => random.uniform());

describe('RandomGenerator', () => {
  it('gives the same numbers for the same seed and purpose, others otherwise', () => {
    const first = draw(RandomGenerator.seeded(7, 'shuffle'), 5);
    expect(draw(RandomGenerator.seeded(7, 'shuffle'), 5)).toEqual(first);
    expect(draw(RandomGenerator.seeded(8, 'shuffle'), 5)).not.toEqual(first);
    expect(draw(RandomGenerator.seeded(7, 'weights'), 5)).not.toEqual(first);
  });

  it('goes on exactly from a state that was through JSON, whatever was drawn before', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.constantFrom('uniform', 'normal', 'integer', 'permutation'), { maxLength: 20 }),
        (seed, draws) => {
          const random = RandomGenerator.seeded(seed);
          for (const kind of draws) {
            if (kind === 'uniform') random.uniform();
            if (kind === 'normal') random.normal();
            if (kind === 'integer') random.integer(0, 9);
            if (kind === 'permutation') random.permutation(5);
          }
          const restored = RandomGenerator.restored(JSON.parse(JSON.stringify(random.state)) as number[]);
          const rest = (r: RandomGenerator) => [
            r.normal(),
            r.uniform(),
            r.integer(-3, 900),
            ...r.permutation(9),
            r.normal(),
          ];
          expect(rest(restored)).toEqual(rest(random));
        },
      ),
    );
  });

  it('does not move a state that was taken', () => {
    const random = RandomGenerator.seeded(1);
    const { state } = random;
    const copy = [...state];
    random.uniform();
    expect(state).toEqual(copy);
    expect(random.state).not.toEqual(copy);
  });

  it('refuses states that are not its own', () => {
    expect(() => RandomGenerator.restored([1, 2])).toThrow(/4 integers, found \[1,2\]/);
    expect(() => RandomGenerator.restored([1, 2, 3, 0.5])).toThrow(RangeError);
  });

  it('draws uniforms in [0, 1) with mean ½ and variance 1/12, normals with mean 0 and variance 1', () => {
    const random = RandomGenerator.seeded(3);
    const count = 40_000;
    const uniforms = draw(random, count);
    expect(uniforms.every((u) => u >= 0 && u < 1)).toBe(true);
    // Five standard errors each.
    expect(Math.abs(mean(uniforms) - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(count));
    expect(Math.abs(variance(uniforms) - 1 / 12)).toBeLessThan((5 * Math.sqrt(1 / 180)) / Math.sqrt(count));
    const normals = Array.from({ length: count }, () => random.normal());
    expect(Math.abs(mean(normals))).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(variance(normals) - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(count));
  });

  it('draws integers over the whole range, ends included, and refuses an empty one', () => {
    const random = RandomGenerator.seeded(4);
    expect(new Set(Array.from({ length: 200 }, () => random.integer(-1, 2)))).toEqual(new Set([-1, 0, 1, 2]));
    expect(random.integer(5, 5)).toBe(5);
    expect(() => random.integer(2, 1)).toThrow(/no integer between 2 and 1/);
  });

  it('permutes uniformly: all 24 orders of 4 equally often, by chi-square', () => {
    const random = RandomGenerator.seeded(5);
    const counts = new Map<string, number>();
    const draws = 24 * 500;
    for (let i = 0; i < draws; i++) {
      const key = random.permutation(4).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 500) ** 2 / 500, 0);
    // 23 degrees of freedom: 99.9 % lie below 49.7.
    expect(chiSquare).toBeLessThan(49.7);
  });

  it('permutes nothing and one', () => {
    expect([...RandomGenerator.seeded(1).permutation(0)]).toEqual([]);
    expect([...RandomGenerator.seeded(1).permutation(1)]).toEqual([0]);
  });
});

function mean(values: number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function variance(values: number[]): number {
  const m = mean(values);
  return values.reduce((a, b) => a + (b - m) ** 2, 0) / values.length;
}
