import { describe, expect, it } from 'vitest';
import { split } from '../../../src/masks/splits.ts';
import { splitNames, splitFault, variablesOf, type RowShape, type Split } from '../../../src/spec/models/splits.ts';

const words = (of: Split, shape: RowShape, layer = 0) => split(of, shape, layer).join('');

describe('a split', () => {
  it('lets the first half pass first, the smaller one of an odd number', () => {
    expect(words('halves', [4])).toBe('1100');
    expect(words('halves', [5])).toBe('11000');
  });

  it('lets every other variable pass, from the first', () => {
    expect(words('even-odd', [5])).toBe('10101');
  });

  it('is a checkerboard of pixels, whatever the channels', () => {
    expect(words('checkerboard', [2, 3])).toBe('010' + '101');
    expect(words('checkerboard', [2, 2, 3])).toBe('000111' + '111000');
  });

  it('goes by the channels of every pixel', () => {
    expect(words('channels', [1, 2, 4])).toBe('1100' + '1100');
    expect(words('channels', [2, 1, 3])).toBe('100' + '100');
  });

  it('is what a list says', () => {
    expect(words([0, 1, 1], [3])).toBe('011');
  });

  const shapes: readonly RowShape[] = [[2], [3], [2, 3], [2, 2, 4], [3, 5, 3]];
  it('exchanges the parts from layer to layer, so that two layers move every variable', () => {
    for (const shape of shapes) {
      const given = Array.from({ length: variablesOf(shape) }, (_, d) => (d === 1 ? 1 : 0));
      for (const of of [...splitNames, given].filter((of) => splitFault(of, shape) === null)) {
        const [first, second, third] = [0, 1, 2].map((layer) => split(of, shape, layer));
        expect(first!.map((one) => 1 - one)).toEqual(second);
        expect(third).toEqual(first);
        expect(new Set(first)).toEqual(new Set([0, 1]));
      }
    }
  });

  it('moves a single variable in every layer', () => {
    for (const layer of [0, 1]) for (const of of splitNames) expect(words(of, [1, 1], layer)).toBe('0');
  });

  it('is refused where there is nothing to split by, saying what there is', () => {
    expect(() => split('checkerboard', [6], 0)).toThrow('is of images [H, W] or [H, W, C], and rows are vectors of 6');
    expect(() => split('checkerboard', [1, 1, 4], 0)).toThrow('two pixels at least, and rows are of shape 1 × 1 × 4');
    expect(() => split('channels', [4, 4], 0)).toThrow('two channels at least, and rows are of shape 4 × 4');
    expect(() => split([1, 0], [3], 0)).toThrow('lists 2 entries, and rows have 3 variables');
    expect(() => split([1, 2, 0], [3], 0)).toThrow(
      'the split has 2 at position 2; 1 (passes) and 0 (moves) are possible',
    );
    expect(() => split([1, 1, 1], [3], 0)).toThrow('all 3 entries of the split are 1');
  });
});
