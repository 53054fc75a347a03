import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBits, hasBit, packed, sameBits } from '../../../src/masks/bits.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import { connectivityOf, fromMasks } from '../../../src/masks/byMasks.ts';
import type { Connectivity } from '../../../src/masks/connectivity.ts';
import type { MadeStructure } from '../../../src/masks/degrees.ts';
import { madeMasks, strictTriangle } from '../../../src/masks/masks.ts';
import { maskOf, type MaskMatrix } from '../../../src/masks/matrix.ts';
import {
  compareWithTriangle,
  layerSizes,
  networkOf,
  type MaskedNetwork,
  type UnitId,
} from '../../../src/masks/network.ts';
import { arrangedUnits, countBelow, inversePermutation, sortedByDegree } from '../../../src/masks/sorting.ts';
import { anyOrder } from './arbitrary.ts';
import { ancestors, descendants, pathCounts, reachability } from './walk.ts';

/** Any structure that an experiment may describe, cut-off units and lost pairs included, and none hidden at all. */
const structures: fc.Arbitrary<MadeStructure> = fc
  .record({
    dimension: fc.integer({ min: 1, max: 7 }),
    widths: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
    direct: fc.boolean(),
  })
  .chain(({ dimension, widths, direct }) =>
    fc.record({
      order: anyOrder(dimension).map((order) => Int32Array.from(order)),
      hidden: fc.tuple(
        ...widths.map((width) =>
          fc
            .array(fc.integer({ min: 0, max: dimension + 1 }), { minLength: width, maxLength: width })
            .map((degrees) => Int32Array.from(degrees)),
        ),
      ),
      direct: fc.constant(direct),
    }),
  );

const mask = (rows: number, columns: number): fc.Arbitrary<MaskMatrix> =>
  fc
    .array(fc.boolean(), { minLength: rows * columns, maxLength: rows * columns })
    .map((cells) => ({ rows, columns, cells: Uint8Array.from(cells, Number) }));

/** Masks with anything in them, wider than a machine word here and there. */
const networks: fc.Arbitrary<{ network: MaskedNetwork; order: Int32Array }> = fc
  .record({
    dimension: fc.integer({ min: 1, max: 5 }),
    widths: fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(33)), { maxLength: 2 }),
    direct: fc.boolean(),
  })
  .chain(({ dimension, widths, direct }) => {
    const sizes = [dimension, ...widths, dimension];
    return fc.record({
      order: anyOrder(dimension).map((order) => Int32Array.from(order)),
      network: fc.record({
        masks: fc.tuple(...sizes.slice(1).map((rows, l) => mask(rows, sizes[l]!))),
        direct: direct ? mask(dimension, dimension) : fc.constant(null),
      }),
    });
  });

/** Layers that a context may lead into. */
const intoAny = ({ masks }: MaskedNetwork) => masks.map((_, l) => l + 1);

function everyUnit(network: Connectivity): UnitId[] {
  return network.layers.flatMap(({ units }, layer) => Array.from({ length: units }, (_, unit) => ({ layer, unit })));
}

const count = (marks: Uint8Array) => marks.reduce((sum, mark) => sum + mark, 0);

/** Everything that can be asked, answered by walking the masks weight by weight. */
function expectAsWalked(network: Connectivity, masks: MaskedNetwork, order: Int32Array): void {
  const counts = pathCounts(masks);
  const { dimension, last } = network;
  expect(network.layers.map(({ units }) => units)).toEqual(layerSizes(masks));
  expect(network.pathMatrix()).toEqual(counts);
  expect(network.report()).toEqual(compareWithTriangle(reachability(masks), order));
  const all = [...masks.masks, ...(masks.direct ? [masks.direct] : [])];
  for (const { index } of network.joints) {
    expect(sameBits(network.mask(index), packed(all[index]!))).toBe(true);
    expect(network.existing(index)).toBe(count(all[index]!.cells));
  }
  const { latestInput, earliestOutput } = network.ends();
  for (const id of everyUnit(network)) {
    const [below, above] = [ancestors(masks, id), descendants(masks, id)];
    expect(network.below(id)).toEqual(below);
    expect(network.above(id)).toEqual(above);
    const inputs = [...below[0]!.keys()].filter((d) => below[0]![d] === 1);
    const outputs = [...above[last]!.keys()].filter((d) => above[last]![d] === 1);
    expect(network.inputsSeen(id)).toBe(inputs.length);
    expect(network.outputsReached(id)).toBe(outputs.length);
    if (id.layer > 0) expect(latestInput[id.layer]![id.unit]).toBe(Math.max(0, ...inputs.map((d) => order[d]!)));
    if (id.layer < last) {
      expect(earliestOutput[id.layer]![id.unit]).toBe(Math.min(dimension + 1, ...outputs.map((d) => order[d]!)));
    }
    const upward = network.pathsOutOf(id);
    for (const to of everyUnit(network)) {
      if (to.layer > id.layer) expect(network.pathsBetween(id, to)).toBe(upward[to.layer]![to.unit]);
      const joined = network.joints.some(
        ({ index, from, to: target }) =>
          from === id.layer && target === to.layer && hasBit(network.mask(index), to.unit, id.unit),
      );
      expect(network.connects(id, to)).toBe(joined);
    }
  }
  for (let input = 0; input < dimension; input++) {
    const upward = network.pathsOutOf({ layer: 0, unit: input })[last]!;
    for (let output = 0; output < dimension; output++) expect(upward[output]).toBe(counts[output * dimension + input]);
  }
  const cut = everyUnit(network).flatMap(({ layer, unit }) => {
    if (layer === 0 || layer === last) return [];
    if (!ancestors(masks, { layer, unit })[0]!.includes(1)) return [{ layer, unit, from: 'inputs' }];
    return descendants(masks, { layer, unit })[last]!.includes(1) ? [] : [{ layer, unit, from: 'outputs' }];
  });
  expect(network.cutOff()).toEqual(cut);
}

describe('connectivity', () => {
  it('by degrees says what walking the masks says', () => {
    fc.assert(
      fc.property(structures, (structure) => {
        expectAsWalked(fromDegrees(structure), networkOf(madeMasks(structure)), structure.order);
      }),
    );
  });

  it('by masks says what walking them says, whatever is in them', () => {
    fc.assert(
      fc.property(networks, ({ network, order }) => {
        expectAsWalked(fromMasks(network, order), network, order);
      }),
    );
  });

  it('calls no unit cut off from the inputs that a context reaches', () => {
    const conditioned = networks.chain(({ network, order }) =>
      fc.record({ order: fc.constant(order), network: fc.constant(network), into: fc.subarray([...intoAny(network)]) }),
    );
    fc.assert(
      fc.property(conditioned, ({ network, order, into }) => {
        const cut = fromMasks({ ...network, context: { size: 2, into } }, order).cutOff();
        const last = network.masks.length;
        const expected = fromMasks(network, order).layers.flatMap(({ units }, layer) => {
          if (layer === 0 || layer === last) return [];
          return Array.from({ length: units }, (_, unit) => ({ layer, unit })).flatMap((id) => {
            const below = ancestors(network, id);
            if (![0, ...into].some((from) => below[from]!.includes(1))) return [{ ...id, from: 'inputs' }];
            return descendants(network, id)[last]!.includes(1) ? [] : [{ ...id, from: 'outputs' }];
          });
        });
        expect(cut).toEqual(expected);
      }),
    );
    // Degree 0 hears the context alone; of degree D it reaches no output all the same.
    const structure: MadeStructure = { order: Int32Array.of(1, 2), hidden: [Int32Array.of(0, 1, 2)], direct: false };
    expect(fromDegrees(structure).cutOff()).toHaveLength(2);
    expect(fromDegrees(structure, { size: 2, into: [1, 2] }).cutOff()).toEqual([
      { layer: 1, unit: 2, from: 'outputs' },
    ]);
  });

  it('by masks and by degrees agree on every label and name', () => {
    const structure: MadeStructure = {
      order: Int32Array.of(2, 1, 3),
      hidden: [Int32Array.of(1, 2, 1), Int32Array.of(2)],
      direct: true,
    };
    const [degrees, masks] = [
      fromDegrees(structure),
      fromMasks(networkOf(madeMasks(structure)), structure.order, structure.hidden),
    ];
    expect(masks.layers).toEqual(degrees.layers);
    expect(masks.layers.map(({ name }) => name)).toEqual(['inputs', 'hidden layer 1', 'hidden layer 2', 'outputs']);
    expect(masks.joints).toEqual(degrees.joints);
    const { layers, order, direct } = degrees;
    expect(connectivityOf({ layers, order, direct, masks: null }).pathMatrix()).toEqual(masks.pathMatrix());
  });

  it('blames exactly the weights on a path from an input to an output that must not see it', () => {
    fc.assert(
      fc.property(networks, ({ network, order }) => {
        const own = fromMasks(network, order);
        const all = [...network.masks, ...(network.direct ? [network.direct] : [])];
        for (const { index, from, to, direct } of own.joints) {
          const found = own.leaking(index);
          for (let r = 0; r < all[index]!.rows; r++) {
            for (let c = 0; c < all[index]!.columns; c++) {
              // The direct connection's weights are paths of their own, and no part of others.
              const through: MaskedNetwork = { ...network, direct: null };
              const inputs = direct ? [c] : marked(ancestors(through, { layer: from, unit: c })[0]!);
              const outputs = direct ? [r] : marked(descendants(through, { layer: to, unit: r })[own.last]!);
              const guilty =
                all[index]!.cells[r * all[index]!.columns + c] === 1 &&
                inputs.some((input) => outputs.some((output) => order[output]! <= order[input]!));
              expect(found !== null && hasBit(found, r, c)).toBe(guilty);
            }
          }
        }
      }),
    );
  });

  it('has nothing to blame in a network that degrees made', () => {
    fc.assert(
      fc.property(structures, (structure) => {
        const [degrees, masks] = [
          fromDegrees(structure),
          fromMasks(networkOf(madeMasks(structure)), structure.order, structure.hidden),
        ];
        for (const { index } of degrees.joints) {
          expect([degrees.leaking(index), masks.leaking(index)]).toEqual([null, null]);
        }
      }),
    );
  });

  it('draws a network without hidden layers and one whose units have no degrees', () => {
    const order = Int32Array.of(3, 1, 2);
    const lone = fromMasks({ masks: [strictTriangle(order)], direct: null }, order);
    expect(lone.report()).toMatchObject({ leaks: [], losses: [], required: 3, forbidden: 6 });
    expect(lone.layers.map(({ name, degrees }) => [name, degrees])).toEqual([
      ['inputs', order],
      ['outputs', order],
    ]);
    const unlabelled = fromMasks({ masks: [maskOf(4, 3, () => true), maskOf(3, 4, () => true)], direct: null }, order);
    expect(unlabelled.layers[1]).toEqual({ name: 'hidden layer', units: 4, degrees: null });
    expect([...arrangedUnits(unlabelled.layers[1]!)]).toEqual([0, 1, 2, 3]);
  });
});

const marked = (marks: Uint8Array) => [...marks.keys()].filter((k) => marks[k] === 1);

describe('bits', () => {
  it('hold masks of any width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 70 }), fc.nat(), (rows, columns, seed) => {
        const own = maskOf(rows, columns, (r, c) => (r * 31 + c * 17 + seed) % 3 === 0);
        const bits = packed(own);
        expect(
          Uint8Array.from(own.cells, (_, i) => Number(hasBit(bits, Math.floor(i / columns), i % columns))),
        ).toEqual(own.cells);
        expect(countBits(bits)).toBe(count(own.cells));
      }),
    );
  });
});

describe('sorting by degree', () => {
  it('keeps the order of units that share a degree, and can be undone', () => {
    const sorted = sortedByDegree(Int32Array.of(3, 1, 2, 1));
    expect([...sorted]).toEqual([1, 3, 2, 0]);
    expect([...inversePermutation(sorted)]).toEqual([3, 0, 2, 1]);
    expect(countBelow(Int32Array.of(1, 1, 2, 5), 2)).toBe(2);
  });
});
