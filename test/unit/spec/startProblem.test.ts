import { describe, expect, it } from 'vitest';
import { startProblem } from '../../../src/spec/startProblem.ts';

const text = `{
  "model": { "type": "made", "hidden": [4] },
  "data": {
    "train": "a.npz#train",
    "validation": "a.npz#valid",
    "test": "test.csv"
  }
}`;

describe('the place of a start that failed for its data', () => {
  it.each([
    ['a.npz#valid, row 2, column 3: is NaN; every value must be a finite number', 5, '"a.npz#valid"'],
    ['a.npz#train: row 1, column 1 is 0.5; the model scores 0 and 1 alone', 4, '"a.npz#train"'],
    ['test.csv, line 3: has 2 cells; the first row has 4', 6, '"test.csv"'],
    ['a.npz: is damaged', 4, '"a.npz#train"'],
    ['test.csvx: is another file', 3, '"data"'],
    ['something else', 3, '"data"'],
  ])('%s', (message, line, underlined) => {
    const problem = startProblem(text, message);
    expect(problem).toMatchObject({ severity: 'error', line, message });
    expect(text.slice(problem.offset, problem.offset + problem.length)).toBe(underlined);
  });

  it('is somewhere in any text', () => {
    for (const other of ['', '5', '{ "data": 5 }']) expect(startProblem(other, 'x').line).toBe(1);
  });
});
