import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/layers/incremental.ts';
import { freshMemory, type Memory } from '../../../src/layers/incrementalMemory.ts';
import { incrementalPlan } from '../../../src/layers/incrementalPlan.ts';
import { anyNetwork, deviates, type Network, network } from '../models/ancestral.ts';

/** Which place in memory is multiplied how often, told to `used` for every call. */
function watched(used: (weight: number) => void): Memory {
  return {
    ...freshMemory,
    *layOut(net, room) {
      const { plan, products } = yield* freshMemory.layOut(net, room);
      const { add } = products;
      return {
        plan,
        products: {
          ...products,
          add(...call) {
            const [, , weights, stride, units, , length] = call;
            for (let unit = 0; unit < units; unit++) {
              for (let k = 0; k < length; k++) used(weights + unit * stride + k);
            }
            add(...call);
          },
        },
      };
    },
  };
}

/** Weights that lead from what an output may hear to a unit that is heard, counted one by one; the context's as well. */
function unmasked({ order, hidden, output, direct, outputs }: Network): number {
  const dimension = order.length;
  const k = outputs.perVariable;
  const above = Int32Array.from({ length: dimension * k }, (_, i) => order[Math.floor(i / k)]!);
  const layers = [order, ...hidden.map(({ degrees }) => degrees)];
  let count = 0;
  for (const [l, { degrees, context }] of hidden.entries()) {
    // A unit that may hear every variable is heard by none.
    for (const degree of degrees.filter((one) => one < dimension)) {
      count += layers[l]!.filter((below) => degree >= below).length + (context?.shape[1] ?? 0);
    }
  }
  for (const degree of above) {
    count += layers.at(-1)!.filter((below) => degree > below).length + (output.context?.shape[1] ?? 0);
    if (direct) count += order.filter((below) => degree > below).length;
  }
  return count;
}

function end<T>(generator: Generator<unknown, T, void>): T {
  for (;;) {
    const { done, value } = generator.next();
    if (done) return value;
  }
}

describe('incremental evaluation', () => {
  it('uses every weight that is not masked out once, and no other', () => {
    fc.assert(
      fc.property(anyNetwork(9), (o) => {
        const net = network(o);
        const times = new Map<number, number>();
        const memory = watched((weight) => times.set(weight, (times.get(weight) ?? 0) + 1));
        const context = o.context > 0 ? deviates(16 * o.context, o.seed) : null;
        const passes = end(evaluate({ networks: [net], rows: 16, context, decide: () => 0.5 }, memory));
        expect(Math.max(1, ...times.values())).toBe(1);
        expect(times.size).toBe(unmasked(net));
        expect([incrementalPlan(net).multiplications, passes]).toEqual([unmasked(net), 1]);
      }),
      { numRuns: 200 },
    );
  });

  it('decides each variable once in every row, in the order, with the outputs of all networks', () => {
    const o = {
      order: [3, 1, 4, 2],
      degrees: [[1, 2, 3, 3, 2, 1]],
      activation: 'tanh',
      direct: false,
      companions: false,
      context: 0,
      contextEverywhere: false,
      conditional: { type: 'gaussian' },
      seed: 4,
    } as const;
    const [a, b] = [network(o), network({ ...o, seed: 5 })];
    const rows = 21;
    const decisions = (networks: readonly Network[]) => {
      const seen: { row: number; variable: number; position: number; outputs: number[] }[] = [];
      const decide = (outputs: Float64Array, row: number, variable: number, position: number) => {
        seen.push({ row, variable, position, outputs: [...outputs] });
        // What the networks hear must not depend on them, so that each can be asked alone.
        return Math.sin(1 + row + 7 * variable);
      };
      end(evaluate({ networks, rows, context: null, decide }));
      return seen;
    };
    const both = decisions([a, b]);
    expect(both).toHaveLength(4 * rows);
    for (let row = 0; row < rows; row++) {
      const own = both.filter((one) => one.row === row);
      expect(own.map(({ variable }) => variable)).toEqual([1, 3, 0, 2]);
      expect(own.map(({ position }) => position)).toEqual([0, 1, 2, 3]);
    }
    const [first, second] = [decisions([a]), decisions([b])];
    for (const [i, { outputs }] of both.entries()) {
      expect(outputs).toEqual([...first[i]!.outputs, ...second[i]!.outputs]);
    }
  });

  it('finds the outputs of a variable where they lie, side by side or a variable’s place apart', () => {
    fc.assert(
      fc.property(anyNetwork(6), (o) => {
        const net = network({ ...o, conditional: { type: 'gaussian' }, context: 0, direct: false, companions: false });
        const dimension = o.order.length;
        // The same rows of the outputs' weights in the other arrangement: i·D + d holds what d·k + i held.
        const moved = (data: Float32Array | Int32Array, width: number) =>
          Float32Array.from(data, (_, at) => {
            const [place, column] = [Math.floor(at / width), at % width];
            const [i, d] = [Math.floor(place / dimension), place % dimension];
            return data[(d * 2 + i) * width + column]!;
          });
        const { weight, bias } = net.output;
        const apart: Network = {
          ...net,
          output: {
            ...net.output,
            weight: { ...weight, data: moved(weight.data, weight.shape[1]!) },
            bias: { ...bias, data: moved(bias.data, 1) },
          },
          outputs: { perVariable: 2, sideBySide: 'all' },
        };
        const told = (one: Network) => {
          const all: number[] = [];
          const decide = (outputs: Float64Array) => {
            all.push(...outputs);
            return Math.tanh(outputs[0]!);
          };
          end(evaluate({ networks: [one], rows: 5, context: null, decide }));
          return all;
        };
        expect(told(apart)).toEqual(told(net));
      }),
      { numRuns: 100 },
    );
  });
});
