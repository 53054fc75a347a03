/** What is said of flows beyond what a schema says. */
import { describe, expect, it } from 'vitest';
import { facts, problemsOf } from './checkTexts.ts';

const data = { files: new Map([['rows.npy', facts([null, 500, 4])]]) };
const file = (type: string, base: string) =>
  `{ "model": { "type": "${type}", "hidden": [8], "base": ${base} }, "data": { "train": "rows.npy" } }`;

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
    expect(found).toContain('an object');
  });

  it('is a mere list of names for any other word', () => {
    const [found] = problemsOf(file('nice', '"gausian"'), data);
    expect(found).toMatch(/did you mean "gaussian"\?\); it must be .*"logistic"$/);
  });
});
