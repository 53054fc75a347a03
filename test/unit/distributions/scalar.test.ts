/** The float64 side of every conditional, against sums and integrals that are done another way. */
import { describe, expect, it } from 'vitest';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { cases, continuous, discrete, parametersOf, type Case } from './conditionals.ts';

const uniformsFor = (conditional: Case['conditional'], random: RandomGenerator) =>
  Float64Array.from({ length: conditional.uniforms }, () => random.uniform());

/** Points and the weight of each, so dense that a sum over them is the integral: the trapezoid rule on ± 150. */
const STEP = 1 / 128;
const points = Float64Array.from({ length: 300 / STEP + 1 }, (_, i) => -150 + i * STEP);

/** Support and mass: levels with 1 each, or dense points. */
function gridOf({ levels }: Case): { at: ArrayLike<number>; weight: number } {
  return levels === null
    ? { at: points, weight: STEP }
    : { at: Array.from({ length: levels }, (_, x) => x), weight: 1 };
}

function expectation(one: Case, parameters: Float64Array, f: (x: number, log: number) => number): number {
  const { at, weight } = gridOf(one);
  let sum = 0;
  for (let i = 0; i < at.length; i++) {
    const log = one.conditional.logProb(at[i]!, parameters, 0);
    const p = Math.exp(log);
    if (p > 0) sum += weight * p * f(at[i]!, log);
  }
  return sum;
}

describe.each(cases)('$title', (one) => {
  const { conditional } = one;
  const random = RandomGenerator.seeded(1, one.title);
  const trials = Array.from({ length: 4 }, () => parametersOf(one, random));

  it('has probability 1 in all', () => {
    for (const parameters of trials) expect(expectation(one, parameters, () => 1)).toBeCloseTo(1, 10);
  });

  it('knows its mean and its entropy', () => {
    for (const parameters of trials) {
      expect(conditional.mean(parameters, 0, 1)).toBeCloseTo(
        expectation(one, parameters, (x) => x),
        8,
      );
      expect(conditional.entropy(parameters, 0)).toBeCloseTo(
        expectation(one, parameters, (_, log) => -log),
        8,
      );
    }
  });

  it('reads its parameters where it is told to', () => {
    const [parameters] = trials;
    const shifted = Float64Array.from([9, 9, 9, ...parameters!]);
    expect(conditional.logProb(1, shifted, 3)).toBe(conditional.logProb(1, parameters!, 0));
    expect(conditional.mean(shifted, 3, 1)).toBe(conditional.mean(parameters!, 0, 1));
    expect(conditional.entropy(shifted, 3)).toBe(conditional.entropy(parameters!, 0));
    const uniforms = uniformsFor(conditional, random);
    const later = Float64Array.from([0.5, ...uniforms]);
    expect(conditional.draw(shifted, 3, 0.8, later, 1)).toBe(conditional.draw(parameters!, 0, 0.8, uniforms, 0));
  });

  it('draws values whose mean is the one it tells, at every temperature', () => {
    for (const temperature of [1, 0.6, 1.5]) {
      const parameters = trials[0]!;
      const draws = Array.from({ length: 4000 }, () =>
        conditional.draw(parameters, 0, temperature, uniformsFor(conditional, random), 0),
      );
      const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
      const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (draws.length - 1);
      const error = Math.abs(mean - conditional.mean(parameters, 0, temperature));
      expect(error).toBeLessThan(4.5 * Math.sqrt(variance / draws.length) + 1e-9);
    }
  });

  it('draws finite values from the ends of the uniform interval', () => {
    for (const u of [0, 2 ** -53, 0.5, 1 - 2 ** -53]) {
      const x = conditional.draw(trials[0]!, 0, 1, new Float64Array(conditional.uniforms).fill(u), 0);
      expect(conditional.logProb(x, trials[0]!, 0)).toBeGreaterThan(-100);
    }
  });
});

describe.each(continuous)('$title', (one) => {
  it('draws by its distribution function (Kolmogorov and Smirnov)', () => {
    const { conditional } = one;
    const random = RandomGenerator.seeded(2, one.title);
    const parameters = parametersOf(one, random);
    let sum = 0;
    const cumulative = points.map((x) => (sum += STEP * Math.exp(conditional.logProb(x, parameters, 0))));
    const N = 5000;
    const draws = Float64Array.from({ length: N }, () =>
      conditional.draw(parameters, 0, 1, uniformsFor(conditional, random), 0),
    ).sort();
    const distance = draws.reduce((worst, x, i) => {
      const F = cumulative[Math.round((x + 150) / STEP)]!;
      return Math.max(worst, Math.abs(F - i / N), Math.abs(F - (i + 1) / N));
    }, 0);
    // 1.95 / √N is exceeded once in a thousand times; the grid adds its step times the density.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(N) + STEP);
  });

  it('has a finite log-density, falling, however far away x is', () => {
    const parameters = parametersOf(one, RandomGenerator.seeded(3, one.title));
    const logs = [1e2, 1e4, 1e8].map((x) => one.conditional.logProb(x, parameters, 0));
    for (const log of logs) expect(Number.isFinite(log)).toBe(true);
    expect([...logs].sort((a, b) => b - a)).toEqual(logs);
  });
});

describe.each(discrete)('$title', (one) => {
  it('draws each level as often as its probability says (χ²)', () => {
    const { conditional, levels } = one;
    const random = RandomGenerator.seeded(2, one.title);
    const parameters = parametersOf(one, random);
    const N = 20_000;
    const counts = new Float64Array(levels!);
    for (let i = 0; i < N; i++) {
      counts[conditional.draw(parameters, 0, 1, uniformsFor(conditional, random), 0)]! += 1;
    }
    // Neighbouring levels are joined until ten draws are expected of them.
    let [statistic, freedom, expected, found] = [0, -1, 0, 0];
    for (let x = 0; x < levels!; x++) {
      expected += N * Math.exp(conditional.logProb(x, parameters, 0));
      found += counts[x]!;
      if (expected < 10 && x < levels! - 1) continue;
      if (expected >= 1) {
        statistic += (found - expected) ** 2 / expected;
        freedom += 1;
      } else expect(found).toBeLessThan(10);
      [expected, found] = [0, 0];
    }
    // Mean plus four standard deviations of χ².
    expect(statistic).toBeLessThan(freedom + 4 * Math.sqrt(2 * Math.max(freedom, 1)) + 4);
  });

  it('draws its mode when the temperature is almost 0', () => {
    const { conditional } = one;
    const random = RandomGenerator.seeded(7, one.title);
    const parameters = parametersOf(one, random);
    const logs = Array.from({ length: one.levels! }, (_, x) => conditional.logProb(x, parameters, 0));
    const drawn = conditional.draw(parameters, 0, 1e-6, uniformsFor(conditional, random), 0);
    const mean = conditional.mean(parameters, 0, 1e-6);
    expect(mean).toBeCloseTo(drawn, 6);
    // Of one component or of plain logits that is the most likely level; of a mixture, its heaviest component's.
    if (one.size <= 3 || conditional.type === 'categorical') expect(logs[drawn]).toBe(Math.max(...logs));
    // Logits divided by this are beyond all numbers.
    expect(conditional.draw(parameters, 0, 1e-308, uniformsFor(conditional, random), 0)).toBe(drawn);
    expect(conditional.mean(parameters, 0, 1e-308)).toBeCloseTo(drawn, 6);
  });

  it('gives no probability to what is no level', () => {
    const parameters = parametersOf(one, RandomGenerator.seeded(3, one.title));
    for (const x of [-1, 0.5, one.levels!]) expect(one.conditional.logProb(x, parameters, 0)).toBe(-Infinity);
  });
});

describe('scales', () => {
  it('do not fall below their floor, and so densities stay finite', () => {
    for (const { conditional, size } of cases.filter(({ conditional }) => conditional.type !== 'categorical')) {
      if (conditional.type === 'bernoulli') continue;
      const parameters = new Float64Array(size).fill(0);
      const C = Math.floor(size / 3);
      const from = size === 2 ? 1 : 2 * C;
      parameters.fill(-1000, from);
      const log = conditional.logProb(0, parameters, 0);
      expect(log).toBeLessThan(7);
      expect(Number.isFinite(conditional.entropy(parameters, 0))).toBe(true);
    }
  });
});
