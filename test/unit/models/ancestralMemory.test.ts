import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshMemory, type Laid, type Memory } from '../../../src/layers/incrementalMemory.ts';
import type { IncrementalNetwork } from '../../../src/layers/incrementalPlan.ts';
import { giveBack, layOut } from '../../../src/models/ancestralMemory.ts';
import { sampleAncestral } from '../../../src/models/ancestralSampling.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { NamedArray } from '../../../src/runs/arrays.ts';
import { anyNetwork, network, type Network, type NetworkOptions } from './ancestral.ts';

const room = { lanes: 16, context: 3 };

function end(laying: Generator<number, Laid, void>): Laid {
  for (;;) {
    const { done, value } = laying.next();
    if (done) return value;
  }
}

/** Means of a few rows drawn from it: they tell every number that is not masked out. */
function means(net: Network, memory?: Memory): Float32Array {
  const size = contextSize(net);
  const context = size > 0 ? Float32Array.from({ length: 3 * size }, (_, i) => Math.sin(1 + i)) : null;
  const random = RandomGenerator.seeded(1, 'samples');
  const drawing = sampleAncestral(net, { rows: 3, temperature: 1, mask: 0, random, context, given: null }, memory);
  for (;;) {
    const { done, value } = drawing.next();
    if (done) return value.means!;
  }
}

const contextSize = ({ output }: Network) => output.context?.shape[1] ?? 0;

function arraysOf({ order, hidden, output, direct }: Network): (Float32Array | Int32Array)[] {
  const numbers = (array: NamedArray | null) => (array ? [array.data] : []);
  const joints = [...hidden, output, ...(direct ? [direct] : [])];
  return [
    order,
    ...hidden.map(({ degrees }) => degrees),
    ...joints.flatMap(({ weight, companion }) => [weight.data, ...numbers(companion)]),
    ...[...hidden, output].flatMap(({ bias, context }) => [bias.data, ...numbers(context)]),
  ];
}

const small: NetworkOptions = {
  order: [3, 1, 4, 2],
  degrees: [[1, 1, 2, 3, 3, 2, 1]],
  activation: 'tanh',
  direct: true,
  companions: true,
  context: 2,
  contextEverywhere: false,
  conditional: { type: 'gaussian' },
  seed: 4,
};

describe('a network in memory', () => {
  it('is kept for whoever draws from the same numbers next, wherever they lie', () => {
    const first = end(layOut(network(small), room));
    giveBack(first);
    const again = layOut(network(small), room).next();
    expect(again.done && again.value === first).toBe(true);
    giveBack(first);
  });

  it('is laid out anew after any number has changed, in place or not', () => {
    fc.assert(
      fc.property(anyNetwork(6), fc.nat(), fc.nat(), (o, which, entry) => {
        const net = network(o);
        giveBack(end(layOut(net, room)));
        const arrays = arraysOf(net);
        const changed = arrays[which % arrays.length]!;
        // An order stays one: two positions change places.
        if (changed === net.order) changed.reverse();
        else changed[entry % changed.length] = changed[entry % changed.length] === 1 ? 0 : 1;
        expect(means(net)).toEqual(means(net, freshMemory));
      }),
      { numRuns: 300 },
    );
  });

  it('is another one where shapes differ though the numbers are the same', () => {
    const net = network({ ...small, direct: false, companions: false, context: 0 });
    giveBack(end(layOut(net, room)));
    const split: IncrementalNetwork = { ...net, outputs: { ...net.outputs, perVariable: 1 } };
    const without: IncrementalNetwork = { ...split, order: Int32Array.of(5, 3, 1, 7, 8, 2, 4, 6) };
    const laid = end(layOut(without, room));
    expect(laid.plan.variables).toHaveLength(8);
    giveBack(laid);
  });

  it('belongs to one drawing at a time', () => {
    const net = network(small);
    const [a, b] = [end(layOut(net, room)), end(layOut(net, room))];
    b.products.values.fill(7);
    giveBack(a);
    expect(means(net)).toEqual(means(net, freshMemory));
    b.products.release();
  });

  it('has room for as many rows as are asked for', () => {
    const net = network(small);
    giveBack(end(layOut(net, room)));
    const many = end(layOut(net, { ...room, lanes: 64 }));
    expect(many.products.values.length).toBeGreaterThanOrEqual(many.plan.weights + 64 * (many.plan.units + 3));
    giveBack(many);
    expect(means(net)).toEqual(means(net, freshMemory));
    // And what has more room than is needed will do.
    expect(end(layOut(net, room))).toBe(many);
    giveBack(many);
  });

  it('that was given up half-way is not kept', () => {
    const order = Array.from({ length: 300 }, (_, d) => d + 1);
    const net = network({ ...small, order, degrees: [order.map((m) => m - 1)] });
    const laying = layOut(net, room);
    expect(laying.next()).toMatchObject({ done: false });
    laying.return(undefined as never);
    expect(means(net)).toEqual(means(net, freshMemory));
  });

  it('is not kept beyond 64 MiB', () => {
    const zeros = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
    const layer = (to: number, from: number) => ({
      weight: zeros(to, from),
      companion: null,
      bias: zeros(to),
      context: null,
    });
    const [D, H] = [500, 12_000];
    const net: Network = {
      ...network({ ...small, conditional: { type: 'bernoulli' } }),
      order: Int32Array.from({ length: D }, (_, d) => d + 1),
      hidden: [{ degrees: Int32Array.from({ length: H }, (_, unit) => 1 + (unit % (D - 1))), ...layer(H, D) }],
      output: layer(D, H),
      direct: null,
    };
    giveBack(end(layOut(net, room)));
    expect(layOut(net, room).next().done).toBe(false);
  });
});
