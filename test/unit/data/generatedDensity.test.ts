/** Log-densities and entropies of generated data: proved against integrals, other quadratures, and the samplers themselves. */
import { describe, expect, it } from 'vitest';
import { logScaledBessel } from '../../../src/data/generated/bessel.ts';
import { entropyOf, generateLabelledRows, generateRows, logDensity } from '../../../src/data/generated/index.ts';
import { rootBetween } from '../../../src/data/generated/root.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { type GeneratorName, generatorNames, generators } from '../../../src/spec/data.ts';

const planar = generatorNames.filter((name) => generators[name].dimension === 2);

const at = (name: GeneratorName, x: number, y: number, label?: number) => logDensity(name, [x, y], 0, label);

/** Gauss and Legendre's three points on [0, 1]. */
const NODES = [
  [0.5 - Math.sqrt(0.15), 5 / 18],
  [0.5, 8 / 18],
  [0.5 + Math.sqrt(0.15), 5 / 18],
] as const;

/** Cells of [−6, 6]², with the edges of the checkerboard on theirs. */
const HALF = 6;
const CELL = 0.125;
const CELLS = (2 * HALF) / CELL;

/** The probability of each cell, [CELLS²], by nine points in it. */
function cellProbabilities(density: (x: number, y: number) => number): Float64Array {
  const probabilities = new Float64Array(CELLS ** 2);
  for (let i = 0; i < CELLS; i++) {
    for (let j = 0; j < CELLS; j++) {
      const [left, bottom] = [i * CELL - HALF, j * CELL - HALF];
      let sum = 0;
      for (const [u, wu] of NODES) {
        for (const [v, wv] of NODES) sum += wu * wv * density(left + u * CELL, bottom + v * CELL);
      }
      probabilities[i * CELLS + j] = sum * CELL ** 2;
    }
  }
  return probabilities;
}

/**
 * χ² of counts against expectations as a deviate of the standard normal distribution (Wilson & Hilferty 1931). Cells that
 * expect fewer than 10 are one cell.
 */
function deviateOf(counts: Float64Array, probabilities: Float64Array, total: number): number {
  let [chiSquare, cells, restExpected, restCount] = [0, 0, total, total];
  for (const [cell, probability] of probabilities.entries()) {
    const expected = total * probability;
    if (expected < 10) continue;
    cells++;
    chiSquare += (counts[cell]! - expected) ** 2 / expected;
    restExpected -= expected;
    restCount -= counts[cell]!;
  }
  if (restExpected > 1) {
    cells++;
    chiSquare += (restCount - restExpected) ** 2 / restExpected;
  }
  const freedom = cells - 1;
  const spread = 2 / (9 * freedom);
  return (Math.cbrt(chiSquare / freedom) - (1 - spread)) / Math.sqrt(spread);
}

describe.each(planar)('the density of %s', (name) => {
  const probabilities = cellProbabilities((x, y) => Math.exp(at(name, x, y)));

  it('integrates to 1', () => {
    expect(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1)).toBeLessThan(1e-4);
  });

  it('is that of a million rows, cell by cell', () => {
    const rows = 1_000_000;
    const { values } = generateRows(name, rows, 11);
    const counts = new Float64Array(CELLS ** 2);
    // Rounding to float32 may put a row onto an edge.
    const cellOf = (value: number) => Math.min(CELLS - 1, Math.floor((value + HALF) / CELL));
    for (let row = 0; row < rows; row++) counts[cellOf(values[2 * row]!) * CELLS + cellOf(values[2 * row + 1]!)]!++;
    expect(deviateOf(counts, probabilities, rows)).toBeLessThan(4);
  });
});

describe.each(generatorNames)('%s', (name) => {
  const rows = 20_000;
  const { matrix, labels } = generateLabelledRows(name, rows, 12);
  const label = (row: number) => labels.values[row]!;

  it.each(['nothing', 'label'] as const)('has the entropy that its rows show, given %s', (given) => {
    const surprises = Array.from(
      { length: rows },
      (_, row) => -logDensity(name, matrix.values, row * matrix.columns, given === 'label' ? label(row) : undefined),
    );
    const mean = surprises.reduce((sum, s) => sum + s, 0) / rows;
    const deviation = Math.sqrt(surprises.reduce((sum, s) => sum + (s - mean) ** 2, 0) / (rows - 1));
    const entropy = entropyOf(name, given);
    // What is uniform has the same surprise everywhere, but for rounding.
    expect(Math.abs(mean - entropy.nats)).toBeLessThan((4 * deviation) / Math.sqrt(rows) + entropy.error + 1e-9);
    // The label tells something, and no more than it has itself.
    const told = entropyOf(name).nats - entropyOf(name, 'label').nats;
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(Math.log(generators[name].labels.length) + 1e-6);
  });

  it('is the mean of its labels, each of which has rows of its own', () => {
    for (let row = 0; row < 200; row++) {
      const start = row * matrix.columns;
      const each = generators[name].labels.map((_, k) => Math.exp(logDensity(name, matrix.values, start, k)));
      const mean = each.reduce((sum, p) => sum + p, 0) / each.length;
      expect(logDensity(name, matrix.values, start)).toBeCloseTo(Math.log(mean), 10);
      expect(each[label(row)]).toBeGreaterThan(0);
    }
  });

  it('has its entropy among the facts', () => {
    const { nats, error } = entropyOf(name);
    expect(Math.abs(generators[name].entropy - nats)).toBeLessThan(0.0005 + error);
    expect(generators[name].description).toContain(`${nats.toFixed(3)} nats`);
    expect(entropyOf(name)).toBe(entropyOf(name));
  });
});

describe('closed forms', () => {
  it('bars-and-stripes sums to 1 over its 30 images, and knows no other', () => {
    const sums = { all: 0, bars: 0, stripes: 0, images: 0 };
    for (let image = 0; image < 2 ** 16; image++) {
      const row = Array.from({ length: 16 }, (_, i) => (image >> i) & 1);
      sums.all += Math.exp(logDensity('bars-and-stripes', row, 0));
      sums.stripes += Math.exp(logDensity('bars-and-stripes', row, 0, 0));
      sums.bars += Math.exp(logDensity('bars-and-stripes', row, 0, 1));
      if (logDensity('bars-and-stripes', row, 0) > -Infinity) sums.images++;
    }
    expect(sums.images).toBe(30);
    expect([sums.all, sums.stripes, sums.bars].map((sum) => sum.toFixed(12))).toEqual(Array(3).fill('1.000000000000'));
    const [stripes, bars] = [
      Array.from({ length: 16 }, (_, i) => (i < 8 ? 1 : 0)),
      [1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0],
    ];
    expect([0, 1].map((label) => logDensity('bars-and-stripes', stripes, 0, label))).toEqual([
      -4 * Math.LN2,
      -Infinity,
    ]);
    expect([0, 1].map((label) => logDensity('bars-and-stripes', bars, 0, label))).toEqual([-Infinity, -4 * Math.LN2]);
    expect(logDensity('bars-and-stripes', Array(16).fill(0.5), 0)).toBe(-Infinity);
  });

  it('of uniform and Gaussian densities are what textbooks say', () => {
    expect(entropyOf('bars-and-stripes').nats).toBeCloseTo((28 / 32) * Math.log(32) + (2 / 16) * Math.log(16), 12);
    expect(entropyOf('checkerboard').nats).toBeCloseTo(Math.log(32), 12);
    expect(entropyOf('eight-gaussians', 'label').nats).toBeCloseTo(Math.log(2 * Math.PI * Math.E * 0.35 ** 2), 10);
    expect(at('checkerboard', -1, -3)).toBe(-Infinity);
    // The edge belongs to the square.
    expect(at('checkerboard', 4, 4)).toBeCloseTo(-Math.log(32), 12);
  });

  it('of Bessel’s function agrees with its integral over angles', () => {
    for (const kappa of [0, 1e-6, 0.5, 3, 39.9, 40.1, 200, 2500]) {
      // Periodic and smooth: the trapezoid rule is exact to the last digits.
      let sum = 0;
      for (let k = 0; k < 2000; k++) sum += Math.exp(-kappa * (1 - Math.cos((2 * Math.PI * k) / 2000)));
      expect(logScaledBessel(kappa)).toBeCloseTo(Math.log(sum / 2000), 12);
    }
  });
});

describe('curves blurred by noise', () => {
  /** log ∫ by Boole's rule with a fixed, very small step, from where to where the integrand is more than e⁻⁶⁰ of its maximum. */
  function boole(logIntegrand: (a: number) => number, end: number): number {
    const steps = 2 ** 16;
    const valuesOn = (from: number, to: number) =>
      Float64Array.from({ length: steps + 1 }, (_, i) => logIntegrand(from + ((to - from) * i) / steps));
    const largestOf = (logs: Float64Array) => logs.reduce((max, value) => Math.max(max, value), -Infinity);
    const all = valuesOn(0, end);
    const floor = largestOf(all) - 60;
    const first = Math.max(0, all.findIndex((value) => value > floor) - 1);
    const last = Math.min(steps, all.findLastIndex((value) => value > floor) + 1);
    const width = (end * (last - first)) / steps;
    const logs = valuesOn((end * first) / steps, (end * last) / steps);
    const largest = largestOf(logs);
    let sum = 0;
    for (const [i, value] of logs.entries()) {
      const weight = i === 0 || i === steps ? 7 : [14, 32, 12, 32][i % 4]!;
      sum += weight * Math.exp(value - largest);
    }
    return largest + Math.log((sum * 2 * width) / steps / 45);
  }

  const normal = (x: number, y: number) => -(x * x + y * y) / (2 * 0.1 ** 2) - Math.log(2 * Math.PI * 0.1 ** 2);

  // On the curves, at their ends, in their bends, and far out.
  const places = [
    [0, 0],
    [1, -0.5],
    [-1, 1.5],
    [-1, -0.5],
    [-3.05, -0.6],
    [-1, -4],
    [1, 0.5],
    [3.1, 0.05],
    [0.3, -0.2],
    [2, 2],
    [-7, 5],
    [20, -30],
  ] as const;

  it.each(places)('agree with Boole’s rule at (%d, %d)', (x, y) => {
    const moon = boole(
      (a) => normal(x - (2 * Math.cos(a) - 1), y - (2 * Math.sin(a) - 0.5)) - Math.log(Math.PI),
      Math.PI,
    );
    expect(Math.abs(at('two-moons', x, y, 1) - moon)).toBeLessThan(1e-8);
    expect(at('two-moons', -x, -y, 0)).toBe(at('two-moons', x, y, 1));
    const end = 3 * Math.PI;
    const spiral = boole(
      (a) => normal(x + (Math.cos(a) * a) / 3, y - (Math.sin(a) * a) / 3) + Math.log((2 * a) / end ** 2),
      end,
    );
    expect(Math.abs(at('two-spirals', x, y, 0) - spiral)).toBeLessThan(1e-8);
    expect(at('two-spirals', -x, -y, 1)).toBe(at('two-spirals', x, y, 0));
  });
});

describe('pinwheel', () => {
  /** Every (r, t) that a point of an arm can come from, by a search in small steps: log of the sum of their densities. */
  function bySearch(x: number, y: number, arm: number): number {
    const size = Math.hypot(x, y) / 2;
    const angle = (r: number) => (2 * Math.PI * arm) / 5 + Math.exp(r) / 4;
    const excess = (r: number) => r - (x * Math.cos(angle(r)) + y * Math.sin(angle(r))) / 2;
    const steps = 40_000;
    const terms: number[] = [];
    for (let i = 0; i < steps; i++) {
      let [low, high] = [i, i + 1].map((k) => (size + 1e-9) * ((2 * k) / steps - 1)) as [number, number];
      if (excess(low) < 0 === excess(high) < 0) continue;
      for (let round = 0; round < 60; round++) {
        const middle = (low + high) / 2;
        if (excess(low) < 0 === excess(middle) < 0) low = middle;
        else high = middle;
      }
      const r = low;
      const t = (y * Math.cos(angle(r)) - x * Math.sin(angle(r))) / 2;
      const logNormals = -((r - 1) ** 2) / 0.18 - t ** 2 / 0.02 - Math.log(2 * Math.PI * 0.3 * 0.1);
      terms.push(logNormals - Math.log(4 * Math.abs(1 - (t * Math.exp(r)) / 4)));
    }
    const largest = Math.max(...terms);
    return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
  }

  it('finds all that a point can come from, where the twist folds the plane, too', () => {
    const random = RandomGenerator.seeded(5, 'places');
    for (let k = 0; k < 30; k++) {
      const [size, angle] = [7 * random.uniform(), 2 * Math.PI * random.uniform()];
      const [x, y] = [size * Math.cos(angle), size * Math.sin(angle)];
      expect(Math.abs(at('pinwheel', x, y, k % 5) - bySearch(x, y, k % 5))).toBeLessThan(1e-7);
    }
  });

  it('is defined at the origin, and 0 where it is too small for a number', () => {
    expect(at('pinwheel', 0, 0, 3)).toBeCloseTo(-1 / 0.18 - Math.log(2 * Math.PI * 0.03 * 4), 10);
    expect(at('pinwheel', 31, 0)).toBeLessThan(-700);
    expect(at('pinwheel', 33, 0)).toBe(-Infinity);
  });

  it('has a root finder that keeps its bracket', () => {
    expect(rootBetween(Math.cos, 0, 3)).toBeCloseTo(Math.PI / 2, 14);
    expect(rootBetween((x) => x ** 9, -1, 3)).toBeCloseTo(0, 1);
    expect(rootBetween((x) => x - 2, 2, 5)).toBe(2);
    expect(rootBetween((x) => Math.exp(x) - 1e-3, -50, 50)).toBeCloseTo(Math.log(1e-3), 12);
  });
});
