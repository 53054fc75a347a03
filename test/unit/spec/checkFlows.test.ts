/** What is said of flows beyond what a schema says. */
import { describe, expect, it } from 'vitest';
import { checkSplit } from '../../../src/spec/models/flowKeys.ts';
import { facts, problemsOf } from './checkTexts.ts';

const data = { files: new Map([['rows.npy', facts([null, 500, 4])]]) };
const file = (type: string, base: string) =>
  `{ "model": { "type": "${type}", "hidden": [8], "base": ${base} }, "data": { "train": "rows.npy" } }`;

it('a split is complained of at its entry, and positions are counted from 1', () => {
  const text = '{ "model": { "type": "nice", "hidden": [8], "split": [0, 0, 0, 0] }, "data": { "train": "rows.npy" } }';
  expect(problemsOf(text, data)).toEqual([expect.stringContaining('all 4 entries of the split are 0')]);
  const [odd] = checkSplit([1, 2, 0, 1], { dimension: 4, written: new Set() });
  expect(odd).toMatchObject({ path: ['model', 'split', 1] });
  expect(odd!.message).toBe('the split has 2 at position 2; 1 (passes) and 0 (moves) are possible');
});

describe('the base of a flow', () => {
  const reason =
    /: the layers lead anywhere on the line, .* behind a sigmoid, .*, a uniform base is exactly "logistic"$/;

  it.each(['nice', 'realnvp', 'iaf'])('of %s may not be uniform, and why is told', (type) => {
    const [found, ...others] = problemsOf(file(type, '"uniform"'), data);
    expect(others).toEqual([]);
    expect(found).toMatch(
      /^error\/schema "uniform": base of model is "uniform"|^error\/schema .*it must be "gaussian"/,
    );
    expect(found).toMatch(reason);
  });

  it('of MAF neither, which may be an object as well', () => {
    const [found] = problemsOf(file('maf', '"uniform"'), data);
    expect(found).toMatch(reason);
    expect(found).toContain('{ "type": "made" }');
  });

  it.each(['"mog"', '"mixture"', '"made"', '{ "type": "mog" }', '{ "type": "mixture" }'])(
    'of MAF is told how MAF MoG is written, where it is %s',
    (base) => {
      const [found, ...others] = problemsOf(file('maf', base), data);
      expect(others).toEqual([]);
      expect(found).toMatch(/: for MAF MoG the base is \{ "type": "made" \}, a MADE with mixtures of Gaussians/);
    },
  );

  it('of other flows is no mixture, and where there is one is told', () => {
    expect(problemsOf(file('realnvp', '"mog"'), data)[0]).toContain('"type": "maf" with "base": { "type": "made" }');
  });

  it('is a mere list of names for any other word', () => {
    const [found] = problemsOf(file('nice', '"gausian"'), data);
    expect(found).toMatch(/did you mean "gaussian"\?\); it must be .*"logistic"$/);
  });
});
