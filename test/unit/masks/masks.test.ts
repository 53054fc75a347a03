import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hiddenDegrees, madeStructures, orderDegrees, type MadeStructure } from '../../../src/masks/degrees.ts';
import { madeMasks, strictTriangle } from '../../../src/masks/masks.ts';
import type { MaskMatrix } from '../../../src/masks/matrix.ts';
import { compareWithTriangle, layerSizes, networkOf, type MaskedNetwork } from '../../../src/masks/network.ts';
import { ancestors, descendants, pathCounts, reachability } from './walk.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import { madeSpec } from '../../../src/spec/models/made.ts';
import { permutationFault } from '../../../src/spec/models/permutation.ts';
import { anyArchitecture, anyOrder, type Architecture } from './arbitrary.ts';

const random = () => RandomGenerator.seeded(1, 'test');
const structuresOf = ({ spec, dimension, seed }: Architecture) =>
  madeStructures(spec, dimension, RandomGenerator.seeded(seed, 'masks'));

/** Paths from every input to every output, found one by one. */
function bruteForcePaths(network: MaskedNetwork): number[] {
  const sizes = layerSizes(network);
  const outputs = sizes.at(-1)!;
  const counts = new Array<number>(outputs * sizes[0]!).fill(0);
  const allowed = (mask: MaskMatrix, to: number, from: number) => mask.cells[to * mask.columns + from] === 1;
  const walk = (start: number, layer: number, unit: number): void => {
    if (layer === network.masks.length) {
      counts[unit * sizes[0]! + start]! += 1;
      return;
    }
    for (let next = 0; next < sizes[layer + 1]!; next++) {
      if (allowed(network.masks[layer]!, next, unit)) walk(start, layer + 1, next);
    }
  };
  for (let input = 0; input < sizes[0]!; input++) {
    walk(input, 0, input);
    if (!network.direct) continue;
    for (let output = 0; output < outputs; output++) {
      if (allowed(network.direct, output, input)) counts[output * sizes[0]! + input]! += 1;
    }
  }
  return counts;
}

/** Matrix product of the masks with plain loops, plus the direct connection. */
function repeatedProduct({ masks, direct }: MaskedNetwork): number[] {
  let product = [...masks[0]!.cells];
  const columns = masks[0]!.columns;
  for (const mask of masks.slice(1)) {
    const next = new Array<number>(mask.rows * columns).fill(0);
    for (let i = 0; i < mask.rows; i++)
      for (let j = 0; j < columns; j++)
        for (let k = 0; k < mask.columns; k++)
          next[i * columns + j]! += mask.cells[i * mask.columns + k]! * product[k * columns + j]!;
    product = next;
  }
  return product.map((count, i) => count + (direct?.cells[i] ?? 0));
}

describe('orders', () => {
  it('are what their names say, and permutations', () => {
    expect([...orderDegrees('natural', 4, random())]).toEqual([1, 2, 3, 4]);
    expect([...orderDegrees('reversed', 4, random())]).toEqual([4, 3, 2, 1]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (dimension, seed) => {
        const order = [...orderDegrees('random', dimension, RandomGenerator.seeded(seed))];
        expect(permutationFault(order, dimension)).toBeNull();
      }),
    );
  });

  it('given as a list stay as they are; a list that is no permutation is refused with its fault', () => {
    expect([...orderDegrees([2, 3, 1], 3, random())]).toEqual([2, 3, 1]);
    expect(() => orderDegrees([1, 2], 3, random())).toThrow('order has 2 entries; the data has 3 columns');
    expect(() => orderDegrees([1, 2, 2], 3, random())).toThrow(
      'order has 2 twice, at positions 2 and 3; it must be a permutation',
    );
    expect(() => orderDegrees([0, 1, 2], 3, random())).toThrow(
      'order has 0 at position 1; every entry is one of 1 … 3',
    );
  });
});

describe('hidden degrees', () => {
  it('drawn at random lie between the smallest of the layer below and D − 1', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (dimension, widths, seed) => {
          let lowest = 1;
          for (const layer of hiddenDegrees('random', widths, dimension, RandomGenerator.seeded(seed))) {
            expect(Math.min(...layer)).toBeGreaterThanOrEqual(lowest);
            expect(Math.max(...layer)).toBeLessThanOrEqual(dimension - 1);
            lowest = Math.min(...layer);
          }
        },
      ),
    );
  });

  it('spread evenly cover 1 … D − 1 when there are enough units', () => {
    expect([...hiddenDegrees('even', [4], 5, random())[0]!]).toEqual([1, 2, 3, 4]);
    expect([...hiddenDegrees('even', [2], 5, random())[0]!]).toEqual([1, 4]);
    expect([...hiddenDegrees('even', [1], 5, random())[0]!]).toEqual([4]);
  });

  it('are all 0 with one variable: there is nothing to see', () => {
    for (const way of ['random', 'even'] as const) {
      expect(hiddenDegrees(way, [3, 2], 1, random()).map((layer) => [...layer])).toEqual([
        [0, 0, 0],
        [0, 0],
      ]);
    }
  });

  it('given as lists must fit the layers', () => {
    expect(() => hiddenDegrees([[1]], [1, 1], 3, random())).toThrow(
      'degrees has 1 lists; the model has 2 hidden layers',
    );
    expect(() => hiddenDegrees([[1, 2]], [3], 3, random())).toThrow(
      'degrees[0] has 2 entries; hidden layer 1 has 3 units',
    );
  });
});

describe('structures', () => {
  const spec = { hidden: [6], masks: 5 };
  const structures = (changes: object): MadeStructure[] =>
    structuresOf({
      spec: madeSpec.parse({ type: 'made', connectivityAgnostic: false, ...spec, ...changes }),
      dimension: 9,
      seed: 3,
    });
  const distinct = (rows: readonly Int32Array[]) => new Set(rows.map((row) => row.join())).size;

  it('repeat, or differ in order, degrees or both, as asked', () => {
    for (const orderAgnostic of [false, true]) {
      for (const connectivityAgnostic of [false, true]) {
        const all = structures({ orderAgnostic, connectivityAgnostic });
        expect(all).toHaveLength(5);
        expect(distinct(all.map(({ order }) => order))).toBe(orderAgnostic ? 5 : 1);
        expect(distinct(all.map(({ hidden }) => hidden[0]!))).toBe(connectivityAgnostic ? 5 : 1);
      }
    }
  });

  it('are the same for the same seed', () => {
    expect(structures({ orderAgnostic: true })).toEqual(structures({ orderAgnostic: true }));
  });
});

describe('masks', () => {
  it('follow the inequalities of the paper', () => {
    const { hidden, output, direct } = madeMasks({
      order: Int32Array.of(2, 3, 1),
      hidden: [Int32Array.of(1, 2)],
      direct: true,
    });
    // Unit of degree 1 sees x₃ (first in the order), that of degree 2 also x₁.
    expect([...hidden[0]!.cells]).toEqual([0, 0, 1, 1, 0, 1]);
    expect([...output.cells]).toEqual([1, 0, 1, 1, 0, 0]);
    expect([...direct!.cells]).toEqual([0, 0, 1, 1, 0, 1, 0, 0, 0]);
  });

  it('never leak: every path goes from an earlier variable to a later one, for every architecture', () => {
    fc.assert(
      fc.property(anyArchitecture(), (architecture) => {
        for (const structure of structuresOf(architecture)) {
          const report = compareWithTriangle(reachability(networkOf(madeMasks(structure))), structure.order);
          expect(report.leaks).toEqual([]);
        }
      }),
    );
  });

  it('lose a dependency exactly when no chain of degrees joins the pair', () => {
    fc.assert(
      fc.property(anyArchitecture(), (architecture) => {
        for (const structure of structuresOf(architecture)) {
          const { losses, required } = compareWithTriangle(
            reachability(networkOf(madeMasks(structure))),
            structure.order,
          );
          let expected = 0;
          for (const later of structure.order)
            for (const earlier of structure.order)
              if (later > earlier && !structure.direct && !chainExists(structure.hidden, earlier, later)) expected++;
          expect(losses).toHaveLength(expected);
          expect(required).toBe((structure.order.length * (structure.order.length - 1)) / 2);
        }
      }),
    );
  });

  it('keep the whole strict triangle when every layer has every degree 1 … D − 1', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }).chain((dimension) =>
          fc.record({
            order: anyOrder(dimension),
            widths: fc.array(fc.integer({ min: dimension - 1, max: 2 * dimension }), { minLength: 1, maxLength: 3 }),
          }),
        ),
        ({ order, widths }) => {
          const degrees = Int32Array.from(order);
          const hidden = hiddenDegrees('even', widths, order.length, random());
          const network = networkOf(madeMasks({ order: degrees, hidden, direct: false }));
          expect(reachability(network)).toEqual(strictTriangle(degrees));
        },
      ),
    );
  });

  it('use an order that is no involution the right way round', () => {
    // x₁ second, x₂ third, x₃ first: a 3-cycle, whose inverse is another order.
    const network = networkOf(
      madeMasks({ order: Int32Array.of(2, 3, 1), hidden: [Int32Array.of(1, 2)], direct: false }),
    );
    expect([...reachability(network).cells]).toEqual([0, 0, 1, 1, 0, 1, 0, 0, 0]);
  });
});

/** Whether degrees earlier ≤ m¹ ≤ m² ≤ … ≤ m^L < later can be picked, one from each layer. */
function chainExists(hidden: readonly Int32Array[], earlier: number, later: number): boolean {
  let lowest = earlier;
  for (const layer of hidden) {
    const usable = [...layer].filter((degree) => degree >= lowest);
    if (usable.length === 0) return false;
    lowest = Math.min(...usable);
  }
  return lowest < later;
}

describe('the network of masks', () => {
  it('counts paths as a repeated matrix product and as walking every path do', () => {
    fc.assert(
      fc.property(anyArchitecture({ maxDimension: 5 }), (architecture) => {
        const network = networkOf(madeMasks(structuresOf(architecture)[0]!));
        const counts = [...pathCounts(network)];
        expect(counts).toEqual(repeatedProduct(network));
        expect(counts).toEqual(bruteForcePaths(network));
        expect([...reachability(network).cells]).toEqual(counts.map((count) => (count > 0 ? 1 : 0)));
      }),
    );
  });

  it('reaches over more inputs than one machine word holds', () => {
    const order = orderDegrees('random', 100, random());
    const network = networkOf(madeMasks({ order, hidden: hiddenDegrees('even', [99], 100, random()), direct: false }));
    const reach = reachability(network);
    expect(reach).toEqual(strictTriangle(order));
    expect(reach.cells.reduce((sum, cell) => sum + cell, 0)).toBe((100 * 99) / 2);
  });

  it('has the same ancestors and descendants, seen from both ends, for every pair of units', () => {
    fc.assert(
      fc.property(anyArchitecture({ maxDimension: 4, maxMasks: 1 }), (architecture) => {
        const network = networkOf(madeMasks(structuresOf(architecture)[0]!));
        const sizes = layerSizes(network);
        const above = sizes.map((size, layer) =>
          Array.from({ length: size }, (_, unit) => descendants(network, { layer, unit })),
        );
        for (const [layer, size] of sizes.entries()) {
          for (let unit = 0; unit < size; unit++) {
            const below = ancestors(network, { layer, unit });
            expect(below[layer]![unit]).toBe(1);
            for (const [l, marks] of below.entries())
              for (const [k, mark] of marks.entries()) expect(above[l]![k]![layer]![unit]).toBe(mark);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('gives outputs the ancestors that reachability says', () => {
    fc.assert(
      fc.property(anyArchitecture({ maxDimension: 5, maxMasks: 1 }), (architecture) => {
        const network = networkOf(madeMasks(structuresOf(architecture)[0]!));
        const reach = reachability(network);
        for (let output = 0; output < reach.rows; output++) {
          const inputs = ancestors(network, { layer: network.masks.length, unit: output })[0]!;
          expect([...inputs]).toEqual([...reach.cells.subarray(output * reach.columns, (output + 1) * reach.columns)]);
        }
      }),
    );
  });

  it('reports leaks and losses of masks that no degrees made', () => {
    const everything = { rows: 3, columns: 3, cells: new Uint8Array(9).fill(1) };
    const nothing = { rows: 3, columns: 3, cells: new Uint8Array(9) };
    const order = Int32Array.of(1, 2, 3);
    const leaky = compareWithTriangle(reachability({ masks: [everything, everything], direct: null }), order);
    expect(leaky.leaks).toHaveLength(6);
    expect(leaky.leaks[0]).toEqual({ output: 0, input: 0 });
    expect(leaky.losses).toEqual([]);
    const blind = compareWithTriangle(reachability({ masks: [nothing, everything], direct: null }), order);
    expect(blind.leaks).toEqual([]);
    expect(blind.losses).toEqual([
      { output: 1, input: 0 },
      { output: 2, input: 0 },
      { output: 2, input: 1 },
    ]);
  });

  it('exposes the stack of strict triangles: with L layers an output sees only inputs L or more places before it', () => {
    const strict = strictTriangle(Int32Array.of(1, 2, 3, 4));
    const { losses, leaks } = compareWithTriangle(
      reachability({ masks: [strict, strict], direct: null }),
      Int32Array.of(1, 2, 3, 4),
    );
    expect(leaks).toEqual([]);
    expect(losses).toEqual([
      { output: 1, input: 0 },
      { output: 2, input: 1 },
      { output: 3, input: 2 },
    ]);
  });
});
