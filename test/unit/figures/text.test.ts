import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatFixed,
  formatValue,
  formatWithin,
  inputName,
  listIndices,
  outputName,
  percent,
  textWidth,
  unitName,
  weightName,
  wrapText,
} from '../../../src/figures/text.ts';

describe('names', () => {
  it('numbers units from 1 with subscripts, and hidden layers where there are several', () => {
    expect(inputName(0)).toBe('x₁');
    expect(outputName(2)).toBe('x\u0302₃');
    expect(unitName({ layer: 1, unit: 11 }, 3)).toBe('h₁₂');
    expect(unitName({ layer: 2, unit: 11 }, 4)).toBe('h²₁₂');
    expect(unitName({ layer: 3, unit: 0 }, 4)).toBe('x\u0302₁');
  });

  it('names weight matrices as the paper does', () => {
    expect([0, 1, 2].map((mask) => weightName(mask, 3))).toEqual(['W¹', 'W²', 'V']);
    expect([0, 1].map((mask) => weightName(mask, 2))).toEqual(['W', 'V']);
  });
});

describe('numbers', () => {
  it('groups counts and writes very large ones with an exponent', () => {
    expect(formatCount(3160)).toBe('3,160');
    expect(formatCount(12_600_000)).toBe('1.3 × 10⁷');
  });

  it('keeps three significant digits, with a true minus', () => {
    expect(formatValue(0)).toBe('0');
    expect(formatValue(0.03117)).toBe('0.0312');
    expect(formatValue(-91.54)).toBe('−91.5');
    expect(formatValue(4.2e-6)).toBe('4.2 × 10⁻⁶');
    expect(formatValue(Number.NaN)).toBe('not a number');
    expect(formatValue(-Infinity)).toBe('−∞');
  });

  it('keeps decimals in their places', () => {
    expect(formatFixed(91.5)).toBe('91.50');
    expect(formatFixed(-3.08, 1)).toBe('−3.1');
    expect(percent(1, 3)).toBe('33.3\u00a0%');
    expect(percent(0, 0)).toBe('0\u00a0%');
  });

  it('writes durations as people say them', () => {
    expect(formatDuration(4.25)).toBe('4.3 s');
    expect(formatDuration(75)).toBe('75 s');
    expect(formatDuration(125)).toBe('2 min 05 s');
    expect(formatDuration(2 * 3600 + 5 * 60)).toBe('2 h 05 min');
  });
});

describe('lists', () => {
  it('draws runs of neighbours together and counts what is left', () => {
    expect(listIndices([0, 1], inputName)).toBe('x₁ and x₂');
    expect(listIndices([0, 1, 2, 3, 8], inputName)).toBe('x₁ … x₄ and x₉');
    expect(listIndices([0, 2, 4, 6, 8, 10, 12], inputName)).toBe('x₁, x₃, x₅, x₇ and 3 more');
    expect(listIndices([], inputName)).toBe('');
  });

  it('names a fifth part rather than saying "1 more"', () => {
    expect(listIndices([0, 2, 4, 6, 8], inputName)).toBe('x₁, x₃, x₅, x₇ and x₉');
  });
});

describe('lines', () => {
  it('breaks text where it would grow too wide and loses no word', () => {
    const text = 'every output sees only earlier inputs';
    const lines = wrapText(text, 12, 90);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(' ')).toBe(text);
    for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(90);
  });
});

describe('what is known to within an error', () => {
  it.each([
    [-0.01902, 0.0016, '≈', '−0.019 ± 0.002'],
    [12.34, 0.4, '≈', '12.3 ± 0.5'],
    [250, 30, '≈', '250 ± 30'],
    [0.00021, 0.00004, '≈', '0.00021 ± 0.00004'],
    [0, 0.0055, '<', '0.006'],
    [-0.001, 0.002, '<', '0.003'],
    [0.25, 0, '=', '0.25'],
  ])('writes %s to within %s with the digits that are known', (value, error, sign, text) => {
    expect(formatWithin(value, error)).toEqual({ sign, text });
  });
});
