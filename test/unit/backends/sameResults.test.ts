/** What a program’s results are held against. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkSame } from '../../../src/backends/sameResults.ts';

beforeAll(() => tf.setBackend('cpu'));

const compared = (found: number[], expected: number[]) => () =>
  tf.tidy(() => checkSame([tf.tensor1d(found)], [tf.tensor1d(expected)]));

describe('results of a program', () => {
  it.each([
    ['the same', [1, -2], [1, -2]],
    ['off by the order of a sum', [1000.01, 0], [1000, 0.01]],
    ['without a number where there is none', [NaN, 1], [NaN, 1]],
    ['infinite where they are', [Infinity, -Infinity, 1], [Infinity, -Infinity, 1]],
  ])('may be %s', (_, found, expected) => {
    expect(compared(found, expected)).not.toThrow();
  });

  it('must have a finite number: all infinite, they prove nothing', () => {
    for (const nothing of [
      [Infinity, -Infinity],
      [NaN, NaN],
    ]) {
      expect(compared(nothing, nothing)).toThrow('result 0 has no finite number by which it could be checked');
    }
    // An empty result has nothing to be wrong.
    expect(compared([], [])).not.toThrow();
  });

  it.each([
    ['off by more', [1000.2, 0], [1000, 0]],
    ['a number where there is none', [3, 1], [NaN, 1]],
    ['none where there is a number', [NaN, 1], [3, 1]],
    ['finite where they are infinite', [3, 1], [Infinity, 1]],
    ['infinite the other way', [-Infinity, 1], [Infinity, 1]],
    ['too few', [1], [1, 2]],
  ])('may not be %s', (_, found, expected) => {
    expect(compared(found, expected)).toThrow(/^result 0 is off by/);
  });
});
