import { expect, it } from 'vitest';
import { LogMeanExp } from '../../../src/distributions/logMeanExp.ts';

it('is the logarithm of the mean, where no exponential of it could be written, in whatever pieces it is told', () => {
  const members = [
    [-1000, -3, 800],
    [-1001, -2, 790],
    [-999, -2, 801],
  ];
  const [whole, pieces] = [new LogMeanExp(3), new LogMeanExp(3)];
  for (const values of members) {
    whole.add(0, Float64Array.from(values));
    pieces.add(0, Float32Array.from(values.slice(0, 1)));
    pieces.add(1, Float64Array.from(values.slice(1)));
  }
  const expected = [
    -999 + Math.log((Math.exp(-1) + Math.exp(-2) + 1) / 3),
    -2 + Math.log((Math.exp(-1) + 2) / 3),
    801 + Math.log((Math.exp(-1) + Math.exp(-11) + 1) / 3),
  ];
  for (const [row, value] of whole.result(3).entries()) expect(value).toBeCloseTo(expected[row]!, 9);
  expect(pieces.result(3)).toEqual(whole.result(3));
});

it('is of those that were added so far', () => {
  const mean = new LogMeanExp(1);
  mean.add(0, Float64Array.of(-1));
  expect(mean.result(1)[0]).toBe(-1);
  mean.add(0, Float64Array.of(-Infinity));
  expect(mean.result(2)[0]).toBeCloseTo(-1 - Math.LN2, 12);
});

it('counts rows without any probability as such, and lets no NaN vanish, whether it comes first or later', () => {
  const mean = new LogMeanExp(5);
  mean.add(0, Float64Array.of(-Infinity, -Infinity, NaN, -1, NaN));
  mean.add(0, Float64Array.of(-Infinity, -2, -1, NaN, -Infinity));
  const [none, once, ...lost] = mean.result(2);
  expect(none).toBe(-Infinity);
  expect(once).toBeCloseTo(-2 - Math.LN2, 12);
  expect(lost).toEqual([NaN, NaN, NaN]);
});
