import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { laidIn, type Memory, sizeOf } from '../../../src/layers/incrementalMemory.ts';
import { incrementalPlan } from '../../../src/layers/incrementalPlan.ts';
import { panelProductsInJavaScript } from '../../../src/layers/panelProducts.ts';
import { sampleAncestral } from '../../../src/models/ancestralSampling.ts';
import type { GivenValues, SampleProgress, SampleRequest, Samples } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { ConditionalSpec } from '../../../src/spec/conditional.ts';
import {
  anyNetwork,
  deviates,
  type Network,
  network,
  type NetworkOptions,
  referenceParameters,
  referenceRow,
} from './ancestral.ts';

type Drawn = Samples & { readonly progress: readonly Omit<SampleProgress, 'values'>[] };

function draw(
  net: Network,
  { seed = 1, ...changes }: Partial<SampleRequest> & { seed?: number } = {},
  memory?: Memory,
): Drawn {
  const random = RandomGenerator.seeded(seed, 'samples');
  const whole = { rows: 10, temperature: 1, mask: 0, random, context: null, given: null, ...changes };
  const generator = sampleAncestral(net, whole, memory);
  const progress = [];
  for (;;) {
    const { done, value } = generator.next();
    if (done) return { ...value, progress };
    progress.push({ finished: value.finished, share: value.share });
  }
}

/** In plain JavaScript, and never kept. */
const inJavaScript: Memory = {
  layOut(network, room) {
    const plan = incrementalPlan(network);
    return laidIn(plan, panelProductsInJavaScript(sizeOf(plan, room)));
  },
  giveBack: ({ products }) => products.release(),
};

/** A clock by which it is always time to draw breath. */
function outOfBreath(): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
}

afterEach(() => vi.restoreAllMocks());

/** From where on float32 may overflow where float64 does not. */
const RAN_OFF = 1e30;

/** What is drawn, or null where a mixture refuses weights that are not finite. */
function drawUnlessRanOff(net: Network, changes: Parameters<typeof draw>[1]): Drawn | null {
  try {
    return draw(net, changes);
  } catch (error) {
    if (error instanceof RangeError && error.message.includes('beyond finite numbers')) return null;
    throw error;
  }
}

const row = (values: Float32Array, r: number, size: number) => values.subarray(r * size, (r + 1) * size);

/** Everything there is, small: what changes is said by the tests. */
function options(changes: Partial<NetworkOptions> = {}): NetworkOptions {
  return {
    order: [3, 1, 4, 2],
    degrees: [
      [1, 1, 2, 3, 3, 2, 1],
      [1, 2, 3, 3, 1],
    ],
    activation: 'tanh',
    direct: true,
    companions: true,
    context: 0,
    contextEverywhere: false,
    conditional: { type: 'bernoulli' },
    seed: 4,
    ...changes,
  };
}

/** Values of the variables that come first in the order. */
function givenFirst(order: readonly number[], count: number, rows: number, seed: number): GivenValues {
  const known = Uint8Array.from(order, (position) => (position <= count ? 1 : 0));
  const values = deviates(rows * order.length, seed).map((value, i) =>
    known[i % order.length] ? Math.abs(Math.round(value)) % 2 : NaN,
  );
  return { known, values };
}

describe('ancestral sampling of a network', () => {
  it('draws each value from its own conditional, whatever the network has', () => {
    let [all, compared] = [0, 0];
    fc.assert(
      fc.property(anyNetwork(8), fc.integer({ min: 1, max: 21 }), fc.nat(8), (o, rows, givenCount) => {
        const net = network(o);
        const dimension = o.order.length;
        const context = o.context > 0 ? deviates(rows * o.context, o.seed) : null;
        const given = givenFirst(o.order, Math.min(givenCount, dimension), rows, o.seed);
        all += rows * dimension;
        const drawn = drawUnlessRanOff(net, { rows, seed: o.seed, context, given });
        if (drawn === null) return;
        const { values, means } = drawn;
        const k = net.conditional.parameterNames.length;
        for (let r = 0; r < rows; r++) {
          const x = row(values, r, dimension);
          const parameters = referenceParameters(net, x, context ? row(context, r, o.context) : []);
          for (let d = 0; d < dimension; d++) {
            if (given.known[d]) expect(x[d]).toBe(given.values[r * dimension + d]);
            // Behind a value that ran off to infinity, as a scale's exponential can, there is nothing to compare.
            const before = x.filter((_, i) => o.order[i]! < o.order[d]!).reduce((a, b) => a + Math.abs(b), 0);
            if (!(before < RAN_OFF)) continue;
            const expected = net.conditional.mean(parameters, d * k, 1);
            if (!(Math.abs(expected) < RAN_OFF)) continue;
            compared++;
            // Float32 has so many digits, whether it is the row that is large or a mean of a component that was not drawn.
            const size = 1 + Math.abs(expected) + before + (Math.abs(x[d]!) < RAN_OFF ? Math.abs(x[d]!) : 0);
            const error = Math.abs(means![r * dimension + d]! - expected) / size;
            if (!(error < 2e-5)) expect({ o, r, d, mean: means![r * dimension + d] }).toEqual({ mean: expected });
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(compared / all).toBeGreaterThan(0.95);
  });

  it('gives the same rows bit for bit in JavaScript, and for every number of rows', () => {
    const o = options({ context: 2, conditional: { type: 'gaussian' } });
    const net = network(o);
    const most = 300;
    const context = deviates(2 * most, 9);
    const all = draw(net, { rows: most, context });
    expect(draw(net, { rows: most, context }, inJavaScript).values).toEqual(all.values);
    for (const rows of [1, 2, 4, 5, 12, 13, 15, 16, 17, 20, 29, 33, 255, 256, 257]) {
      const some = draw(net, { rows, context: context.subarray(0, 2 * rows) });
      expect(some.values).toEqual(all.values.subarray(0, 4 * rows));
      expect(some.means).toEqual(all.means!.subarray(0, 4 * rows));
    }
  });

  it('does the same in blocks of any width: more variables than one block has', () => {
    const dimension = 100;
    const random = RandomGenerator.seeded(3, 'degrees');
    const order = [...random.permutation(dimension)].map((position) => position + 1);
    const degrees = [60, 30].map((units) => Array.from({ length: units }, () => random.integer(1, dimension - 1)));
    const net = network(options({ order, degrees, activation: 'relu' }));
    const { values, means } = draw(net, { rows: 18 });
    for (const r of [0, 15, 16, 17]) {
      const parameters = referenceParameters(net, row(values, r, dimension));
      for (const [d, z] of parameters.entries()) {
        expect(Math.abs(means![r * dimension + d]! - 1 / (1 + Math.exp(-z)))).toBeLessThan(1e-5);
      }
    }
  });

  it('tells how far it has come, and shows what is drawn so far: NaN is not yet', () => {
    const dimension = 300;
    const order = Array.from({ length: dimension }, (_, d) => dimension - d);
    const net = network(options({ order, degrees: [order.map((m) => m - 1), order.map((m) => m - 1)] }));
    const rows = 600;
    outOfBreath();
    // What laying the weights out counts for, in rows; the second time they lie ready.
    for (const laying of [16, 0]) {
      const random = RandomGenerator.seeded(1, 'samples');
      const generator = sampleAncestral(net, { rows, temperature: 1, mask: 0, random, context: null, given: null });
      let last = { finished: 0, share: 0, drawn: 0 };
      let [layings, turns] = [0, 0];
      for (let step = generator.next(); !step.done; step = generator.next()) {
        const { finished, share, values } = step.value;
        const drawn = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0);
        if (drawn === 0) layings++;
        else turns++;
        expect([finished >= last.finished, share > last.share]).toEqual([true, true]);
        expect(drawn > last.drawn || share <= laying / (laying + rows)).toBe(true);
        expect(drawn).toBeGreaterThanOrEqual(finished * dimension);
        // By blocks of positions, for all rows that advance together.
        if (drawn > 0) {
          const expected = (laying + drawn / dimension) / (laying + rows);
          expect(Math.abs(expected - share)).toBeLessThan(0.05);
        }
        last = { finished, share, drawn };
      }
      expect(last).toEqual({ finished: rows, share: 1, drawn: rows * dimension });
      // 135,000 weights, of which some 33,000 are copied at a time; 39 strips of rows.
      expect(layings).toBe(laying && 4);
      expect(turns % 39).toBe(0);
      expect(turns).toBeGreaterThan(39 * 9);
    }
  });

  it('can be broken off, and the next one has its memory to itself', () => {
    const net = network(options());
    const expected = draw(net).values;
    const random = RandomGenerator.seeded(1, 'samples');
    const request = { rows: 400, temperature: 1, mask: 0, random, context: null, given: null };
    const [left, right] = [sampleAncestral(net, request), sampleAncestral(network(options({ seed: 5 })), request)];
    left.next();
    right.next();
    left.return(undefined as never);
    expect(draw(net).values).toEqual(expected);
    right.return(undefined as never);
    expect(draw(net).values).toEqual(expected);
  });

  it('refuses what does not fit, in words', () => {
    const net = network(options({ context: 2 }));
    const context = new Float32Array(20);
    expect(() => draw(net)).toThrow('the context has no values; 10 rows of 2 are needed');
    expect(() => draw(net, { context: new Float32Array(10) })).toThrow(
      'the context has 10 values; 10 rows of 2 are needed',
    );
    expect(() => draw(network(options()), { context })).toThrow('the context has 20 values; this network takes none');
    for (const temperature of [0, -1, NaN]) expect(() => draw(net, { context, temperature })).toThrow(RangeError);
    const given = (known: number[], values = 40) => ({
      known: Uint8Array.from(known),
      values: new Float32Array(values),
    });
    expect(() => draw(net, { context, given: given([0, 1, 0, 0, 0]) })).toThrow(
      'given are 40 values of 5 variables; 10 rows of 4 are needed',
    );
    expect(() => draw(net, { context, given: given([0, 1, 0, 0], 4) })).toThrow('given are 4 values of 4 variables');
    // The order is x₂, x₄, x₁, x₃.
    expect(() => draw(net, { context, given: given([1, 1, 0, 0]) })).toThrow(
      'x₁ is given but comes at position 3 in the order, after x₄ at position 2, which is not given',
    );
    expect(() => draw(net, { context, given: given([0, 0, 0, 0]) })).not.toThrow();
    expect(() => draw(net, { context, given: given([1, 1, 1, 1]) })).not.toThrow();
  });
});

/** Σ (found − expected)² / expected over the cells of a table, those with few expected put together. */
function chiSquare(found: Float64Array, probabilities: readonly number[], count: number) {
  const cells: [number, number][] = [];
  const rest: [number, number] = [0, 0];
  for (const [i, p] of probabilities.entries()) {
    if (p * count >= 5) cells.push([found[i]!, p * count]);
    else {
      rest[0] += found[i]!;
      rest[1] += p * count;
    }
  }
  if (rest[1] >= 5) cells.push(rest);
  const value = cells.reduce((sum, [f, e]) => sum + (f - e) ** 2 / e, 0);
  // Wilson and Hilferty: 99.99 % lie below.
  const n = cells.length - 1;
  return { value, limit: n * (1 - 2 / (9 * n) + 3.72 * Math.sqrt(2 / (9 * n))) ** 3 };
}

/** Every row of `levels` values, the first variable fastest. */
function everyRow(levels: number, dimension: number): number[][] {
  return Array.from({ length: levels ** dimension }, (_, code) =>
    Array.from({ length: dimension }, (_, d) => Math.floor(code / levels ** d) % levels),
  );
}

describe('frequencies', () => {
  it.each<[string, Partial<NetworkOptions>, number]>([
    ['Bernoulli', {}, 2],
    ['no hidden layer (FVSBN)', { degrees: [], direct: false }, 2],
    ['a context', { context: 3 }, 2],
    ['a context into every layer', { context: 2, contextEverywhere: true, activation: 'elu' }, 2],
    ['categorical', { conditional: { type: 'categorical', levels: 3 } }, 3],
    ['discretised logistics', { conditional: { type: 'discretised-logistic-mixture', components: 2, levels: 3 } }, 3],
  ])('are the probabilities, by chi-square: %s', (_, changes, levels) => {
    const o = options(changes);
    const net = network(o);
    const count = 40_000;
    const one = deviates(o.context, 2);
    const context =
      o.context > 0 ? Float32Array.from({ length: count * o.context }, (_, i) => one[i % o.context]!) : null;
    const rows = everyRow(levels, 4);
    const probabilities = rows.map((x) => Math.exp(referenceRow(net, x, one)));
    const total = probabilities.reduce((a, b) => a + b, 0);
    expect(Math.abs(total - 1)).toBeLessThan(1e-6);
    const frequencies = (values: Float32Array) => {
      const found = new Float64Array(rows.length);
      for (let r = 0; r < count; r++) {
        let code = 0;
        for (let d = 3; d >= 0; d--) code = code * levels + values[r * 4 + d]!;
        found[code]! += 1;
      }
      return found;
    };
    const { value, limit } = chiSquare(frequencies(draw(net, { rows: count, context }).values), probabilities, count);
    expect(value).toBeLessThan(limit);

    // Completed rows follow p(rest | given): x₂ and x₄ come first in the order.
    const given = { known: Uint8Array.of(0, 1, 0, 1), values: new Float32Array(4 * count).fill(NaN) };
    for (let r = 0; r < count; r++) given.values.set([levels - 1, NaN, 0], 4 * r + 1);
    const fits = rows.map((x) => x[1] === levels - 1 && x[3] === 0);
    const marginal = probabilities.reduce((sum, p, i) => sum + (fits[i] ? p : 0), 0);
    const posterior = probabilities.map((p, i) => (fits[i] ? p / marginal : 0));
    const completed = chiSquare(frequencies(draw(net, { rows: count, context, given }).values), posterior, count);
    expect(completed.value).toBeLessThan(completed.limit);
    // And it is a test that can fail: without the context, or with what was given the other way round.
    expect(
      chiSquare(frequencies(draw(net, { rows: count, context, given }).values), probabilities, count).value,
    ).toBeGreaterThan(1000);
  });

  it.each<ConditionalSpec>([
    { type: 'gaussian' },
    { type: 'gaussian-mixture', components: 3 },
    { type: 'logistic-mixture', components: 2 },
  ])('of real values are the density, by Kolmogorov and Smirnov: $type', (conditional) => {
    const net = network(options({ conditional, context: 2 }));
    const k = net.conditional.parameterNames.length;
    const rows = 500;
    const context = deviates(2 * rows, 8);
    const { values } = draw(net, { rows, context });
    // Each value through its own distribution function: uniform, and independent of the others.
    for (let d = 0; d < 4; d++) {
      const uniform = Float64Array.from({ length: rows }, (_, r) => {
        const parameters = referenceParameters(net, row(values, r, 4), row(context, r, 2));
        return cumulative(net, parameters, d * k, values[r * 4 + d]!);
      }).sort();
      const distance = uniform.reduce((most, u, i) => Math.max(most, Math.abs(u - (i + 0.5) / rows)), 0);
      // 99.99 % lie below 2.23 / √n.
      expect(distance).toBeLessThan(2.23 / Math.sqrt(rows));
    }
    // With another row's parameters it is not uniform.
    const wrong = Float64Array.from({ length: rows }, (_, r) => {
      const parameters = referenceParameters(net, row(values, (r + 1) % rows, 4), row(context, (r + 1) % rows, 2));
      return cumulative(net, parameters, 2 * k, values[r * 4 + 2]!);
    }).sort();
    const distance = wrong.reduce((most, u, i) => Math.max(most, Math.abs(u - (i + 0.5) / rows)), 0);
    expect(distance).toBeGreaterThan(2.23 / Math.sqrt(rows));
  });
});

/** P(X ≤ x), by Simpson's rule in t with x − e^t: fine near x and reaching far from it, from whichever side is shorter. */
function cumulative({ conditional }: Network, parameters: Float64Array, at: number, x: number): number {
  const mean = conditional.mean(parameters, at, 1);
  const side = x <= mean ? -1 : 1;
  const n = 240;
  const [low, high] = [-9, 9];
  let sum = 0;
  for (let i = 0; i <= n; i++) {
    const t = low + ((high - low) * i) / n;
    const weight = i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(t + conditional.logProb(x + side * Math.exp(t), parameters, at));
  }
  const tail = (sum * (high - low)) / n / 3 + Math.exp(low + conditional.logProb(x, parameters, at));
  return side < 0 ? tail : 1 - tail;
}
