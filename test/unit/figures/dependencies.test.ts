import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  connects,
  countBelow,
  DegreeChains,
  highlightOf,
  inversePermutation,
  layerDegrees,
  marked,
  pathMatrix,
  pathsBetween,
  pathsInto,
  pathsOutOf,
  sameFocus,
  sortedByDegree,
  triangleReport,
  unitsAbove,
  unitsBelow,
} from '../../../src/figures/dependencies.ts';
import type { MadeStructure } from '../../../src/masks/degrees.ts';
import { madeMasks } from '../../../src/masks/masks.ts';
import { ancestors, descendants, networkOf, pathCounts, type UnitId } from '../../../src/masks/network.ts';
import { made, three } from './fixtures.ts';

/** Any structure that an experiment may describe, cut-off units and lost pairs included. */
const structures: fc.Arbitrary<MadeStructure> = fc
  .record({
    dimension: fc.integer({ min: 1, max: 7 }),
    widths: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
    direct: fc.boolean(),
  })
  .chain(({ dimension, widths, direct }) =>
    fc.record({
      order: fc
        .shuffledSubarray(
          Array.from({ length: dimension }, (_, d) => d + 1),
          { minLength: dimension },
        )
        .map((order) => Int32Array.from(order)),
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

function everyUnit(structure: MadeStructure): UnitId[] {
  return layerDegrees(structure).flatMap((degrees, layer) => Array.from(degrees, (_, unit) => ({ layer, unit })));
}

describe('dependencies by degrees', () => {
  it('finds the units that walking the masks finds, below and above every unit', () => {
    fc.assert(
      fc.property(structures, (structure) => {
        const network = networkOf(madeMasks(structure));
        for (const unit of everyUnit(structure)) {
          expect(unitsBelow(structure, unit)).toEqual(ancestors(network, unit));
          expect(unitsAbove(structure, unit)).toEqual(descendants(network, unit));
        }
      }),
    );
  });

  it('needs only the degree to tell how much a unit sees and whether it is heard', () => {
    fc.assert(
      fc.property(structures, (structure) => {
        const chains = new DegreeChains(structure);
        const last = structure.hidden.length + 1;
        for (const unit of everyUnit(structure)) {
          const degree = layerDegrees(structure)[unit.layer]![unit.unit]!;
          expect(chains.outputsReached(unit.layer, degree)).toBe(marked(unitsAbove(structure, unit)[last]!).length);
          if (unit.layer === 0) continue;
          expect(chains.inputsSeen(unit.layer, degree)).toBe(marked(unitsBelow(structure, unit)[0]!).length);
        }
      }),
    );
  });

  it('counts the paths that multiplying the masks counts', () => {
    fc.assert(
      fc.property(structures, (structure) => {
        const counts = pathCounts(networkOf(madeMasks(structure)));
        const dimension = structure.order.length;
        const last = structure.hidden.length + 1;
        expect(pathMatrix(structure)).toEqual(counts);
        for (let input = 0; input < dimension; input++) {
          const upward = pathsOutOf(structure, { layer: 0, unit: input })[last]!;
          for (let output = 0; output < dimension; output++) {
            expect(upward[output]).toBe(counts[output * dimension + input]);
          }
        }
      }),
    );
  });

  it('counts paths between hidden units the same from either end', () => {
    fc.assert(
      fc.property(structures, (structure) => {
        for (const from of everyUnit(structure)) {
          const upward = pathsOutOf(structure, from);
          for (const to of everyUnit(structure)) {
            if (to.layer <= from.layer) continue;
            expect(pathsBetween(structure, from, to)).toBe(upward[to.layer]![to.unit]);
          }
        }
      }),
    );
  });

  it('knows every weight that the masks know', () => {
    const structure = made(6, [5, 4], { order: 'random', direct: true });
    const masks = madeMasks(structure);
    for (const [l, mask] of [...masks.hidden, masks.output].entries()) {
      for (let row = 0; row < mask.rows; row++) {
        for (let column = 0; column < mask.columns; column++) {
          const found = connects(structure, { layer: l, unit: column }, { layer: l + 1, unit: row });
          expect(found).toBe(mask.cells[row * mask.columns + column] === 1);
        }
      }
    }
    for (const [i, cell] of masks.direct!.cells.entries()) {
      const [output, input] = [Math.floor(i / 6), i % 6];
      expect(connects(structure, { layer: 0, unit: input }, { layer: 3, unit: output })).toBe(cell === 1);
    }
    expect(connects(structure, { layer: 0, unit: 0 }, { layer: 2, unit: 0 })).toBe(false);
  });

  it('reports what is lost when no hidden unit has a degree', () => {
    const lossy: MadeStructure = { order: Int32Array.of(1, 2, 3), hidden: [Int32Array.of(1, 1)], direct: false };
    const report = triangleReport(pathMatrix(lossy), lossy.order);
    expect(report.leaks).toEqual([]);
    expect(report.losses).toEqual([{ output: 2, input: 1 }]);
  });

  it('counts as many paths from a whole layer as arrive', () => {
    const paths = pathsInto(three, { layer: 2, unit: 2 });
    expect([...paths[0]!]).toEqual([4, 2, 0]);
    expect([...paths[1]!]).toEqual([1, 1, 1, 1]);
  });
});

describe('highlights', () => {
  it('keeps only what lies on the way between two units', () => {
    const { below } = highlightOf(three, { unit: { layer: 2, unit: 2 }, from: { layer: 0, unit: 1 } });
    expect([...below[0]!]).toEqual([0, 1, 0]);
    expect([...below[1]!]).toEqual([0, 1, 0, 1]);
    expect([...below[2]!]).toEqual([0, 0, 1]);
  });

  it('marks two units alone when nothing joins them', () => {
    const { below, above } = highlightOf(three, { unit: { layer: 2, unit: 0 }, from: { layer: 0, unit: 2 } });
    expect([...below[0]!]).toEqual([0, 0, 1]);
    expect([...below[1]!]).toEqual([0, 0, 0, 0]);
    expect([...below[2]!]).toEqual([1, 0, 0]);
    expect(above.every((marks, l) => l === 2 || !marks.includes(1))).toBe(true);
  });

  it('tells one focus from another', () => {
    const unit = { layer: 1, unit: 2 };
    expect(sameFocus({ unit }, { unit: { ...unit } })).toBe(true);
    expect(sameFocus({ unit }, { unit, from: { layer: 0, unit: 2 } })).toBe(false);
    expect(sameFocus({ unit }, null)).toBe(false);
    expect(sameFocus(null, null)).toBe(true);
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
