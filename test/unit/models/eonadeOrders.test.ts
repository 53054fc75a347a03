/** EoNADE under its orders: their buffers, how they are drawn, ancestral sampling. */
import { describe, expect, it } from 'vitest';
import { createModel } from '../../../src/models/index.ts';
import type { SampleRequest } from '../../../src/models/model.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/runs/safetensors.ts';
import { eonade, eonadeSpec } from '../../../src/spec/models/eonade.ts';
import { bernoulliLog, logitGiven, nadeReference } from '../layers/nadeReference.ts';
import { toFloat64 } from './reference.ts';
import { specimen, numbers, referenceOfAll, type Specimen } from './eonadeSpecimens.ts';
import { plainDrawing } from './plainDrawing.ts';

describe('EoNADE: orders', () => {
  it('are the given one and random others, and beyond the ensemble there is one for every number', () => {
    const { model } = specimen({ hidden: [2], order: 'reversed', orders: 3 }, 6);
    const orders = [0, 1, 2, 3, 900].map((mask) => [...model.network!.order(mask)].join());
    expect(orders[0]).toBe('6,5,4,3,2,1');
    expect(new Set(orders).size).toBe(5);
    const more = specimen({ hidden: [2], order: 'reversed', orders: 5 }, 6).model;
    expect([0, 1, 2, 3].map((mask) => [...more.network!.order(mask)].join())).toEqual(orders.slice(0, 4));
    expect([...model.masks(900)['order']!.data].join()).toBe(orders[4]);
    expect(specimen({ hidden: [2], orders: 3 }, 6, 2).model.network!.order(1)).not.toEqual(model.network!.order(1));
  });

  it('move through safetensors, and are refused when they do not fit', () => {
    const { model, spec, parameters } = specimen({ hidden: [2, 3], orders: 3 }, 4);
    const { arrays } = decodeSafetensors(encodeSafetensors({ ...parameters, ...model.buffers() }), 'a.safetensors');
    const moved = createModel(spec, 4, 99).withBuffers(arrays);
    expect(moved.buffers()).toEqual(model.buffers());
    for (const { name } of model.parameters) expect(arrays[name]).toEqual(parameters[name]);
    const withOrder = (data: number[], shape: number[]) =>
      model.withBuffers({ order: { shape, data: Int32Array.from(data) } });
    expect(() => model.withBuffers({})).toThrow('order is missing; an EoNADE needs it as int32 [orders, 4]');
    expect(() => withOrder([1, 2, 3], [1, 3])).toThrow('order has shape [1, 3], expected [orders, 4]');
    expect(() => withOrder([1, 2, 3, 4, 1, 1, 2, 3], [2, 4])).toThrow(/^order 2 of 2 has 1 twice/);
    const floats = { order: { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) } };
    expect(() => model.withBuffers(floats)).toThrow('order is float32, expected int32');
    expect(withOrder([4, 3, 2, 1], [1, 4]).maskCount).toBe(1);
  });

  it('cannot be validated under more orders than there are', () => {
    const situation = { dimension: 4, written: new Set<string>() };
    const wrong = eonade.check(eonadeSpec.parse({ type: 'eonade', hidden: [2], validationOrders: 5 }), situation);
    expect(wrong.map(({ message }) => message)).toEqual(['validationOrders is 5; the ensemble has 4 (orders)']);
    expect(eonade.check(eonadeSpec.parse({ type: 'eonade', hidden: [2] }), situation)).toEqual([]);
  });

  it('are drawn as hidden vectors of every layer, joined one by one', () => {
    const { model } = specimen({ hidden: [2, 7] }, 3);
    const { masks, vectors } = model.network!.connections(0);
    expect(masks.map(({ cells }) => [...cells].join(''))).toEqual(['000100110', '100010001', '100010001']);
    expect(vectors).toEqual([2, 7]);
    expect(model.network!.weightNames).toEqual(['hidden.0.weight', 'hidden.1.weight', 'output.weight']);
  });
});

function drawn({ model, parameters }: Pick<Specimen, 'model' | 'parameters'>, changes: Partial<SampleRequest>) {
  const random = RandomGenerator.seeded(1, 'samples');
  const request = { rows: 10, temperature: 1, mask: 0, random, context: null, given: null, ...changes };
  const drawing = plainDrawing(model.sample(parameters, request));
  for (;;) {
    const step = drawing.next();
    if (step.done) return step.value;
  }
}

describe('EoNADE: ancestral sampling', () => {
  const quantile = 37.7; // 15 degrees of freedom: 99.9 % lie below.
  const chiSquare = (values: Float32Array, expected: readonly number[], bits: readonly number[], columns: number) => {
    const counts = new Float64Array(expected.length);
    for (let r = 0; r * columns < values.length; r++) {
      counts[bits.reduce((code, d, i) => code | (values[r * columns + d]! << i), 0)]! += 1;
    }
    return expected.reduce((sum, e, i) => sum + (counts[i]! - e) ** 2 / e, 0);
  };

  it.each([{ hidden: [7] }, { hidden: [5, 4], activation: 'tanh' }] as const)(
    'draws rows of any order as often as their probability says, by chi-square: %o',
    (entry) => {
      const own = specimen({ ...entry, hidden: [...entry.hidden], orders: 2 }, 4, 5);
      const all = referenceOfAll(own, 4);
      for (const mask of [0, 1, 3]) {
        const { values } = drawn(own, { rows: 10_000, mask });
        const expected = all[mask]!.map((log) => 10_000 * Math.exp(log));
        expect(chiSquare(values, expected, [0, 1, 2, 3], 4)).toBeLessThan(quantile);
        expect(chiSquare(values, [...expected.slice(1), expected[0]!], [0, 1, 2, 3], 4)).toBeGreaterThan(100);
      }
    },
  );

  it.each([
    { hidden: [6], known: [0, 1, 0, 0, 1] },
    { hidden: [4, 3], known: [0, 0, 1, 0, 0] },
    { hidden: [6], known: [1, 0, 1, 1, 1] },
  ])('completes whatever is known with the exact conditionals, under a new order: %o', ({ hidden, known }) => {
    const own = specimen({ hidden, order: 'random' }, 5, 3);
    const of = own.model.completing(Uint8Array.from(known));
    if ('reason' in of) throw new Error(of.reason);
    const order = of.model.network!.order(of.mask);
    const o = numbers(own.spec, toFloat64(own.parameters), order);
    const free = known.flatMap((one, d) => (one === 1 ? [] : [d]));
    const given = [1, 0, 1, 0, 1];
    // p(rest | given) is the product of the conditionals of the rest alone.
    const chances = Array.from({ length: 2 ** free.length }, (_, code) => {
      const x = given.map((value, d) => (known[d] === 1 ? value : (code >> free.indexOf(d)) & 1));
      const z = nadeReference(o, x);
      return Math.exp(free.reduce((sum, d) => sum + bernoulliLog(x[d]!, z[d]!), 0));
    });
    expect(chances.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
    const rows = 10_000;
    const values = new Float32Array(rows * 5).map((_, i) => (known[i % 5] === 1 ? given[i % 5]! : NaN));
    const found = drawn(
      { ...own, model: of.model },
      { rows, mask: of.mask, given: { known: Uint8Array.from(known), values } },
    );
    for (let i = 0; i < rows * 5; i++) if (known[i % 5] === 1) expect(found.values[i]).toBe(given[i % 5]);
    expect(
      chiSquare(
        found.values,
        chances.map((chance) => rows * chance),
        free,
        5,
      ),
    ).toBeLessThan(quantile);
    // The first free variable has the same mean in every row: σ of its logit given exactly what is known.
    const first = free.reduce((a, b) => (order[a]! < order[b]! ? a : b));
    const z = logitGiven(o, given, first, (j) => known[j] === 1);
    expect(found.means![first]).toBeCloseTo(1 / (1 + Math.exp(-z)), 6);
  });

  it('refuses what does not come first under an order of its own, naming it', () => {
    const own = specimen({ hidden: [6] }, 3);
    const given = { known: Uint8Array.of(0, 1, 0), values: new Float32Array(30) };
    expect(() => drawn(own, { given })).toThrow(/x₂ is given but comes at position 2/);
    expect(() => drawn(own, { temperature: 0 })).toThrow('temperature must be above 0, found 0');
    const hot = drawn(own, { temperature: 1e6 });
    expect(Math.max(...hot.means!.map((mean) => Math.abs(mean - 0.5)))).toBeLessThan(1e-4);
    expect(drawn(own, { rows: 70 }).values.subarray(0, 30)).toEqual(drawn(own, {}).values);
  });
});
