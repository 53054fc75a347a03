/** The shape of the tail of importance weights, against weights whose tail is known. */
import { describe, expect, it } from 'vitest';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { HEAVY, isHeavy, isTame, paretoShape, weightsOf } from '../../../src/training/importanceWeights.ts';

/** log w of Pareto weights of a shape: w = u^−shape, whose tails are generalised Pareto of that very shape. */
function pareto(shape: number, k: number, seed = 1): Float32Array {
  const random = RandomGenerator.seeded(seed, 'weights');
  return Float32Array.from({ length: k }, () => -shape * Math.log(1 - random.uniform()));
}

describe('the shape of the weights’ tail', () => {
  it.each([0.2, 0.5, 1, 2])('is found where it is known: %f', (shape) => {
    const shapes = Array.from({ length: 40 }, (_, seed) => paretoShape(pareto(shape, 5000, seed))!);
    const mean = shapes.reduce((a, b) => a + b, 0) / shapes.length;
    // A shape from n = 213 weights has a standard deviation of (1 + k)/√n, and the prior of ten draws it towards ½.
    const pulled = (213 * shape + 10 * 0.5) / 223;
    expect(Math.abs(mean - pulled)).toBeLessThan(4 * ((1 + shape) / Math.sqrt(213 * 40)) + 0.02);
  });

  it('is light where the weights are equal, or nearly, or bounded; unknown of few; nothing by their scale', () => {
    expect(paretoShape(new Float32Array(100).fill(-700))).toBe(0);
    expect(paretoShape(pareto(1e-8, 100))).toBe(0);
    const random = RandomGenerator.seeded(3, 'weights');
    const bounded = Float32Array.from({ length: 2000 }, () => Math.log(1 - random.uniform()));
    expect(paretoShape(bounded)!).toBeLessThan(0);
    expect(paretoShape(pareto(1, 20))).toBeNull();
    expect(paretoShape(pareto(1, 25))).not.toBeNull();
    const far = pareto(1, 500).map((log) => log - 3000);
    expect(paretoShape(far)).toBeCloseTo(paretoShape(pareto(1, 500))!, 2);
  });

  it('takes equal weights above the cut, and weights over hundreds of nats, for no light tail', () => {
    const stairs = Float32Array.from({ length: 100 }, (_, i) => (i === 99 ? 0 : i >= 79 ? -5 : -6));
    expect(paretoShape(stairs)!).toBeGreaterThan(HEAVY);
    const random = RandomGenerator.seeded(4, 'weights');
    for (let n = 0; n < 20; n++) {
      const wild = Float32Array.from({ length: 200 }, () => 60 * random.normal());
      expect(paretoShape(wild)!).toBeGreaterThan(HEAVY);
    }
  });
});

describe('weights of one row', () => {
  it('give the mean, how many count, and a variance by the delta method where they are tame', () => {
    const random = RandomGenerator.seeded(6, 'weights');
    const logs = Float32Array.from({ length: 400 }, () => 0.5 * random.normal() - 2000);
    const w = Array.from(logs, (log) => Math.exp(log + 2000));
    const [first, second] = [w.reduce((a, b) => a + b), w.reduce((a, b) => a + b * b, 0)];
    const { logMean, effective, elbo, shape, variance } = weightsOf(logs);
    expect(logMean).toBeCloseTo(-2000 + Math.log(first / 400), 9);
    expect(effective).toBeCloseTo(first ** 2 / second, 6);
    expect(elbo).toBeCloseTo(logs.reduce((a, b) => a + b) / 400, 2);
    expect(isTame(shape, 400)).toBe(true);
    expect(variance).toBeCloseTo((400 / effective - 1) / 399, 9);
  });

  it('are decided by few where their tail is heavy and counts', () => {
    const own = { shape: 1.2, effective: 190 };
    expect(isHeavy(own, 200)).toBe(false);
    expect(isHeavy({ ...own, effective: 20 }, 200)).toBe(true);
    expect(isHeavy({ shape: 0.5, effective: 20 }, 200)).toBe(false);
    expect(isHeavy({ shape: null, effective: 2 }, 9)).toBe(false);
  });

  it('let a NaN be seen, and have no variance by themselves', () => {
    expect(weightsOf(Float32Array.of(0, NaN, 1)).logMean).toBeNaN();
    expect(weightsOf(Float32Array.of(-3)).variance).toBeNull();
    expect(weightsOf(Float32Array.of(-Infinity, -Infinity)).logMean).toBe(-Infinity);
  });
});
