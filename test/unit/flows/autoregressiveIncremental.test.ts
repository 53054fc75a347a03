import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Bijector, type IncrementalResult, inverted } from '../../../src/flows/bijector.ts';
import { maskedAutoregressive, type MaskedAutoregressiveSettings } from '../../../src/flows/maskedAutoregressive.ts';
import { type ScaleName, scaleForms } from '../../../src/flows/scales.ts';
import { activationFunctions } from '../../../src/layers/activations.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArrays } from '../../../src/runs/arrays.ts';
import { onEveryBackend } from '../backends/everyBackend.ts';
import { readAll } from '../backends/read.ts';
import { tensorsOf, tried, type Tried } from './proofs.ts';

interface Options {
  readonly dimension: number;
  readonly scale?: ScaleName;
  readonly networks?: 'one' | 'two';
  readonly context?: number;
  readonly rows?: number;
  readonly hidden?: readonly number[];
  readonly growing?: 'forward';
}

/** Orders that are not their own inverses, from three variables on. */
function orderOf(dimension: number): Int32Array {
  if (dimension <= 3) return [Int32Array.of(1), Int32Array.of(2, 1), Int32Array.of(2, 3, 1)][dimension - 1]!;
  return RandomGenerator.seeded(11, 'order')
    .permutation(dimension)
    .map((position) => position + 1);
}

function settingsOf({ dimension, context = 0, hidden = [17, 11], ...o }: Options): MaskedAutoregressiveSettings {
  const random = RandomGenerator.seeded(8, 'degrees');
  return {
    structure: {
      order: orderOf(dimension),
      hidden: hidden.map((units) =>
        Int32Array.from({ length: units }, () => random.integer(1, Math.max(1, dimension - 1))),
      ),
      direct: false,
    },
    activation: 'tanh',
    contextDimension: context,
    scale: o.scale ?? 'exponential',
    networks: o.networks ?? 'one',
    ...(o.growing && { growing: o.growing }),
  };
}

/** Weights that move things without letting 20 variables one after the other run off to infinity. */
function triedOf(layer: Bijector, { dimension, rows = 21, context = 0 }: Options): Tried {
  return tried(layer, { seed: 4, rows, context, spread: dimension > 3 ? 0.25 : 0.7 });
}

const mapped = (all: Tried['parameters'], change: (value: number) => number) =>
  Object.fromEntries(Object.entries(all).map(([name, data]) => [name, data.map(change)]));

const namedArrays = ({ layer, parameters }: Tried): NamedArrays =>
  Object.fromEntries(layer.parameters.map(({ name, shape }) => [name, { shape, data: parameters[name]! }]));

function computed(one: Tried, values = one.x): IncrementalResult & { readonly shares: readonly number[] } {
  const shares = [];
  const computing = one.layer.incremental!.compute(namedArrays(one), values, one.rows, one.context);
  for (;;) {
    const { done, value } = computing.next();
    if (done) return { ...value, shares };
    shares.push(value);
  }
}

/** The largest difference, as a share of 1 and the larger of the row's entries. */
function difference(found: ArrayLike<number>, expected: readonly number[], columns: number): number {
  let largest = 0;
  for (let at = 0; at < expected.length; at += columns) {
    const row = expected.slice(at, at + columns);
    const size = 1 + Math.max(...row.map(Math.abs));
    for (const [d, value] of row.entries()) largest = Math.max(largest, Math.abs(found[at + d]! - value) / size);
  }
  return largest;
}

afterEach(() => vi.restoreAllMocks());

onEveryBackend('the sequential direction of a masked autoregressive layer', () => {
  const cases: readonly Options[] = [
    ...[1, 2, 3, 20].flatMap((dimension) =>
      (['one', 'two'] as const).map((networks): Options => ({ dimension, networks, context: 3 })),
    ),
    ...scaleForms.flatMap((scale) =>
      (['one', 'two'] as const).map((networks): Options => ({ dimension: 20, scale, networks })),
    ),
    { dimension: 5, hidden: [9] },
    { dimension: 5, hidden: [9, 8, 7] },
    { dimension: 20, scale: 'gate', growing: 'forward' },
  ];

  it.each(cases)('is what D passes give: $dimension variables, $networks, $scale, $context', async (o) => {
    const layer = maskedAutoregressive(settingsOf(o));
    const one = triedOf(layer, o);
    const [values, logDet] = await readAll(() => {
      const { x, inputs } = tensorsOf(one);
      const { x: back, logDet: gained } = layer.inverse(x, inputs);
      return [back, gained];
    });
    const { dimension } = o;
    const found = computed(one);
    expect(difference(found.values, values!, dimension)).toBeLessThan(1e-5);
    expect(difference(found.logDet, logDet!, 1)).toBeLessThan(1e-5);
    // It does something: not the identity, not the same for all rows.
    expect(difference(found.values, [...one.x], dimension)).toBeGreaterThan(0.1);

    // And forward leads back to where it came from.
    const [there] = await readAll(() => {
      const { inputs } = tensorsOf(one);
      return [layer.forward(tf.tensor2d(found.values, [one.rows, dimension]), inputs).y];
    });
    expect(difference(there!, [...one.x], dimension)).toBeLessThan(1e-4);
  });

  it('is forward where the layer is IAF’s', async () => {
    const o: Options = { dimension: 6, scale: 'gate', context: 2, growing: 'forward' };
    const layer = maskedAutoregressive(settingsOf(o));
    const iaf = inverted(layer, layer.dependencies);
    expect([layer.incremental!.direction, iaf.incremental!.direction]).toEqual(['inverse', 'forward']);
    const one = triedOf(iaf, o);
    const [y, logDet] = await readAll(() => {
      const { x, inputs } = tensorsOf(one);
      const { y: there, logDet: gained } = iaf.forward(x, inputs);
      return [there, gained];
    });
    const found = computed(one);
    expect(difference(found.values, y!, 6)).toBeLessThan(1e-5);
    expect(difference(found.logDet, logDet!, 1)).toBeLessThan(1e-5);
  });
});

describe('the sequential direction of a masked autoregressive layer', () => {
  it('is tried in orders that are not their own inverses', () => {
    for (const dimension of [3, 5, 6, 20]) {
      const order = orderOf(dimension);
      expect(order.some((position, d) => order[position - 1] !== d + 1)).toBe(true);
    }
  });

  it('gives each row the same, bit for bit, whatever the others are', () => {
    const o: Options = { dimension: 20, context: 2, rows: 300 };
    const layer = maskedAutoregressive(settingsOf(o));
    const all = triedOf(layer, o);
    const expected = computed(all);
    for (const rows of [1, 4, 13, 17, 256]) {
      const found = computed({
        ...all,
        rows,
        x: all.x.subarray(0, 20 * rows),
        context: all.context!.subarray(0, 2 * rows),
      });
      expect(found.values).toEqual(expected.values.subarray(0, 20 * rows));
      expect(found.logDet).toEqual(expected.logDet.subarray(0, rows));
    }
    expect(computed({ ...all, rows: 0, x: new Float32Array(), context: new Float32Array() })).toMatchObject({
      values: new Float32Array(),
      logDet: new Float64Array(),
    });
  });

  it.each(['one', 'two'] as const)('computes no unit twice: %s', (networks) => {
    const o: Options = { dimension: 20, networks, context: 2, rows: 32 };
    const settings = settingsOf(o);
    const one = triedOf(maskedAutoregressive(settings), o);
    const spy = vi.spyOn(activationFunctions.tanh, 'scalar');
    const { passes } = computed(one);
    const units = settings.structure.hidden.reduce((sum, { length }) => sum + length, 0);
    expect(spy).toHaveBeenCalledTimes(32 * units * (networks === 'one' ? 1 : 2));
    expect(passes).toBe(1);
  });

  it('takes one pass, and more only where rows do not fill their strips', () => {
    const passes = (dimension: number, rows: number) => {
      const o = { dimension, rows };
      return computed(triedOf(maskedAutoregressive(settingsOf(o)), o)).passes;
    };
    expect([passes(20, 16), passes(20, 272), passes(3, 4)]).toEqual([1, 1, 1]);
    expect(passes(20, 1)).toBe(4);
    expect(passes(20, 13)).toBeCloseTo(16 / 13, 12);
    // Nothing is multiplied with one variable.
    expect(passes(1, 16)).toBe(1);
  });

  it('takes no context where it was not made for one, and asks for one of the right size', () => {
    const without = triedOf(maskedAutoregressive(settingsOf({ dimension: 3 })), { dimension: 3 });
    const { values } = computed(without);
    expect(computed({ ...without, context: new Float32Array(42) }).values).toEqual(values);
    const o: Options = { dimension: 3, context: 2, rows: 4 };
    const conditional = triedOf(maskedAutoregressive(settingsOf(o)), o);
    expect(() => computed({ ...conditional, context: null })).toThrow(
      'the context has no values; 4 rows of 2 are needed',
    );
  });

  it('goes through an image’s worth of variables', () => {
    const o: Options = { dimension: 784, hidden: [500], rows: 4 };
    const one = triedOf(maskedAutoregressive(settingsOf(o)), { ...o, rows: 4 });
    const small = { ...one, parameters: mapped(one.parameters, (value) => 0.02 * value) };
    const { values, passes } = computed(small);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(passes).toBe(1);
  });

  it('lets others have their turn, and tells how far it is', () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
    const o: Options = { dimension: 20, networks: 'two', rows: 300 };
    const { shares } = computed(triedOf(maskedAutoregressive(settingsOf(o)), o));
    expect(shares.length).toBeGreaterThan(20);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect([shares[0]! > 0, shares.at(-1)]).toEqual([true, 1]);
  });
});
