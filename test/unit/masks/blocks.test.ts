import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bitsOf, hasBit, type BitMatrix } from '../../../src/masks/bits.ts';
import { blockForm, booleanProduct, type BlockForm } from '../../../src/masks/blocks.ts';

const inPlace = (dimension: number) => Int32Array.from({ length: dimension }, (_, d) => d);
const shown = ({ columns, rows, blocks, levels }: BlockForm) => ({
  columns: [...columns],
  rows: [...rows],
  blocks: [...blocks],
  levels: [...levels],
});

it('sets what passes before what moves, of a coupling', () => {
  const passes = [0, 1, 0, 1, 1];
  const structure = bitsOf(5, 5, (i, j) => i === j || (passes[i] === 0 && passes[j] === 1));
  expect(shown(blockForm(structure, inPlace(5)))).toEqual({
    columns: [1, 3, 4, 0, 2],
    rows: [1, 3, 4, 0, 2],
    blocks: [1, 1, 1, 1, 1],
    levels: [3, 2],
  });
});

it('finds the order of an autoregressive layer', () => {
  const position = [3, 1, 4, 2];
  const structure = bitsOf(4, 4, (i, j) => position[i]! >= position[j]!);
  expect(shown(blockForm(structure, inPlace(4)))).toEqual({
    columns: [1, 3, 0, 2],
    rows: [1, 3, 0, 2],
    blocks: [1, 1, 1, 1],
    levels: [1, 1, 1, 1],
  });
});

it('makes the diagonal of a permutation, and keeps channels that are mixed together', () => {
  const origin = Int32Array.of(2, 0, 1);
  const swapped = bitsOf(3, 3, (i, j) => origin[i] === j);
  expect(shown(blockForm(swapped, origin))).toEqual({
    columns: [0, 1, 2],
    rows: [1, 2, 0],
    blocks: [1, 1, 1],
    levels: [3],
  });
  const mixed = bitsOf(6, 6, (i, j) => i % 3 === j % 3);
  expect(shown(blockForm(mixed, inPlace(6)))).toEqual({
    columns: [0, 3, 1, 4, 2, 5],
    rows: [0, 3, 1, 4, 2, 5],
    blocks: [2, 2, 2],
    levels: [6],
  });
});

const structures = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    cells: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: size * size, maxLength: size * size }),
    origin: fc.shuffledSubarray([...inPlace(size)], { minLength: size, maxLength: size }),
    share: fc.double({ min: 0, max: 0.5, noNaN: true }),
  }),
);

/** Which variables lead to which, in any number of steps, by squaring. */
function reach(structure: BitMatrix): BitMatrix {
  let all = structure;
  for (let steps = 1; steps < structure.rows; steps *= 2) all = booleanProduct(all, all);
  return all;
}

it('leaves nothing above its blocks, and no block that could be smaller', () => {
  fc.assert(
    fc.property(structures, ({ size, cells, origin: from, share }) => {
      const origin = Int32Array.from(from);
      const structure = bitsOf(size, size, (i, j) => origin[i] === j || cells[i * size + j]! < share);
      const { columns, rows, blocks, levels } = blockForm(structure, origin);
      expect([...columns].sort((a, b) => a - b)).toEqual([...inPlace(size)]);
      expect([...rows].map((row) => origin[row])).toEqual([...columns]);
      const ends = (sizes: Int32Array) => [...sizes].flatMap((n, i) => Array<number>(n).fill(i));
      const [blockAt, levelAt] = [ends(blocks), ends(levels)];
      expect([blockAt.length, levelAt.length]).toEqual([size, size]);
      const back = bitsOf(size, size, (a, b) => hasBit(structure, rows[a]!, columns[b]!));
      const paths = reach(back);
      for (let a = 0; a < size; a++) {
        for (let b = 0; b < size; b++) {
          if (hasBit(back, a, b) && blockAt[a] !== blockAt[b]) expect(levelAt[a]).toBeGreaterThan(levelAt[b]!);
          expect(blockAt[a] === blockAt[b]).toBe(a === b || (hasBit(paths, a, b) && hasBit(paths, b, a)));
        }
      }
    }),
  );
});

it('multiplies structures: who hears whom in two steps', () => {
  const first = bitsOf(3, 40, (i, j) => j === 13 * i);
  const second = bitsOf(2, 3, (i, k) => k >= i + 1);
  const both = booleanProduct(second, first);
  for (let j = 0; j < 40; j++) {
    expect(hasBit(both, 0, j)).toBe(j === 13 || j === 26);
    expect(hasBit(both, 1, j)).toBe(j === 26);
  }
});

it('takes thousands of variables, each of which hears the one before', () => {
  const size = 3000;
  const structure = bitsOf(size, size, (i, j) => j === i || j === i + 1);
  const { levels, columns } = blockForm(structure, inPlace(size));
  expect(levels).toHaveLength(size);
  expect(columns[0]).toBe(size - 1);
});
