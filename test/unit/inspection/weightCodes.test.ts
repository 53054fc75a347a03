import { describe, expect, it } from 'vitest';
import { decodeWeight, encodeWeight, weightError } from '../../../src/inspection/weightCodes.ts';

describe('weights as bytes', () => {
  it('are within the error that is told of them, and small ones keep their relative precision', () => {
    const scale = 2.7;
    for (let i = 0; i <= 20_000; i++) {
      const weight = scale * 10 ** (-6 * (i / 20_000));
      const code = encodeWeight(weight, scale);
      const away = Math.abs(decodeWeight(code, scale) - weight);
      expect(away).toBeLessThanOrEqual(weightError(code, scale) * (1 + 1e-12));
      if (weight > scale / 100) expect(away / weight).toBeLessThan(0.09);
      expect(encodeWeight(-weight, scale)).toBe(0 - code);
    }
  });

  it('keep the largest exactly, and tell of code 0 how large the weight may be', () => {
    expect(decodeWeight(encodeWeight(-3, 3), 3)).toBe(-3);
    expect(encodeWeight(9, 3)).toBe(127);
    expect(encodeWeight(NaN, 3)).toBe(0);
    expect(decodeWeight(0, 3)).toBe(0);
    expect(encodeWeight(0.99 * weightError(0, 3), 3)).toBe(0);
    expect(weightError(0, 3)).toBeGreaterThan(0);
  });
});
