import { describe, expect, it } from 'vitest';
import { highlightOf, sameFocus } from '../../../src/figures/dependencies.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import { three } from './fixtures.ts';

describe('highlights', () => {
  it('keeps only what lies on the way between two units', () => {
    const { below } = highlightOf(fromDegrees(three), { unit: { layer: 2, unit: 2 }, from: { layer: 0, unit: 1 } });
    expect([...below[0]!]).toEqual([0, 1, 0]);
    expect([...below[1]!]).toEqual([0, 1, 0, 1]);
    expect([...below[2]!]).toEqual([0, 0, 1]);
  });

  it('marks two units alone when nothing joins them', () => {
    const { below, above } = highlightOf(fromDegrees(three), {
      unit: { layer: 2, unit: 0 },
      from: { layer: 0, unit: 2 },
    });
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
