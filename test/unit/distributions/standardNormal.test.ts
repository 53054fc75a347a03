import { describe, expect, it } from 'vitest';
import { normalCdf, normalDensity, normalQuantile } from '../../../src/distributions/standardNormal.ts';

/** Of N(0, 1): u and the share below it, computed with 60 digits and rounded. */
const known: readonly (readonly [u: number, share: number])[] = [
  [0, 0.5],
  [1, 0.8413447460685429],
  [1.959963984540054, 0.975],
  [-2, 0.02275013194817921],
  [-3, 0.0013498980316300946],
  [-3.0000001, 0.0013498975884453199],
  [-5, 2.866515718791939e-7],
  [-10, 7.619853024160525e-24],
  [-37, 5.725571222524577e-300],
];

describe('the standard normal', () => {
  it.each(known)('has the share below %d that more digits give, however little it is', (u, share) => {
    expect(Math.abs(normalCdf(u) / share - 1)).toBeLessThan(1e-12);
  });

  it('has a quantile that undoes the share, in both tails', () => {
    for (let u = -37; u <= 8; u += 0.37) {
      const back = normalQuantile(normalCdf(u));
      // Above the middle, shares near 1 hold fewer digits of what is left.
      const digits = u > 0 ? 2 ** -53 / normalDensity(u) : 0;
      expect(Math.abs(back - u)).toBeLessThan(1e-12 * (1 + Math.abs(u)) + 2 * digits);
    }
    for (const p of [1e-300, 1e-20, 1e-9, 0.1, 0.5, 0.9, 1 - 1e-9]) {
      expect(Math.abs(normalCdf(normalQuantile(p)) - p)).toBeLessThan(1e-11 * p);
    }
  });

  it('has everything between −∞ and ∞, and no share outside 0 … 1', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect(normalQuantile(0.5)).toBeCloseTo(0, 15);
    expect([normalCdf(-Infinity), normalCdf(Infinity)]).toEqual([0, 1]);
    expect(() => normalQuantile(1.5)).toThrow('between 0 and 1, found 1.5');
    expect(() => normalQuantile(NaN)).toThrow('found NaN');
  });
});
