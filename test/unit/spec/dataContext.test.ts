/** What the checks say of `data.context`. */
import { describe, expect, it } from 'vitest';
import { checkExperiment, dataFiles, dataShape, type CheckContext } from '../../../src/spec/check.ts';
import { dataSpec } from '../../../src/spec/data.ts';
import { contextSizeOf, type ArrayFacts, type DataFacts } from '../../../src/spec/facts.ts';
import { valueFactsOf } from '../../../src/spec/valueWords.ts';
import { startProblem } from '../../../src/spec/startProblem.ts';

const withData = (keys: string) => `{ "model": { "type": "made", "hidden": [5] }, "data": { ${keys} } }`;

/** Errors and warnings as `underlined text: message`. */
function problemsOf(keys: string, context?: CheckContext): string[] {
  const text = withData(keys);
  return checkExperiment(text, context)
    .filter(({ path }) => path[0] === 'data')
    .map(({ offset, length, message }) => `${text.slice(offset, offset + length)}: ${message}`);
}

const array = (rows: number, columns: number): ArrayFacts => ({
  ...{ name: null, shape: [rows, columns], rows, columns, dtype: 'uint8' },
});
const files = (facts: Readonly<Record<string, ArrayFacts>>): CheckContext => ({
  files: new Map(
    Object.entries(facts).map(([name, one]): [string, DataFacts] => [
      name,
      { exists: true, arrays: [one], problem: null },
    ]),
  ),
});

const split = '"train": "x.npy", "validation": "v.npy"';

describe('files of a context', () => {
  const facts = files({
    'x.npy': array(60, 4),
    'v.npy': array(20, 4),
    'l.npy': array(60, 1),
    'm.npy': array(20, 1),
    'wide.npy': array(60, 3),
    'short.npy': array(50, 1),
  });

  it('are looked for as those of the rows are', () => {
    const labels = '"context": { "labels": { "train": "l.npy#a", "validation": "m.npy" } }';
    expect(dataFiles(withData(`${split}, ${labels}`))).toEqual(['x.npy', 'v.npy', 'l.npy', 'm.npy']);
    expect(dataFiles(withData('"source": "x.npy", "context": { "values": "c.npy" }'))).toEqual(['x.npy', 'c.npy']);
    const missing: CheckContext = {
      files: new Map([['l.npy', { exists: false, arrays: [], problem: 'l.npy: there is no such file' }]]),
    };
    expect(problemsOf('"train": "x.npy", "context": { "labels": { "train": "l.npy" } }', missing)).toEqual([
      '"l.npy": l.npy: there is no such file',
    ]);
  });

  it.each([
    ['"labels": { "train": "l.npy", "validation": "m.npy" }', []],
    ['"labels": { "train": "l.npy" }', ['"labels": "validation" is missing: the rows of v.npy need labels, too']],
    [
      '"labels": { "train": "l.npy", "validation": "m.npy", "test": "m.npy" }',
      ['"test": has no effect: data has no "test" rows'],
    ],
    [
      '"labels": { "train": "wide.npy", "validation": "m.npy" }',
      [
        '"wide.npy": wide.npy has 3 columns; labels are one whole number a row. What is one-hot already belongs under "values"',
      ],
    ],
    [
      '"labels": { "train": "short.npy", "validation": "m.npy" }',
      ['"short.npy": short.npy has 50 rows; x.npy, whose rows it belongs to, has 60'],
    ],
    [
      '"values": { "train": "wide.npy", "validation": "m.npy" }',
      ['"m.npy": m.npy has 1 columns; wide.npy, for training, has 3'],
    ],
    ['"labels": "l.npy"', ['"l.npy": data.context.labels is "l.npy"; an object { … } is needed']],
    ['"label": { "train": "l.npy" }', [expect.stringMatching(/^"label": "label" is no key .*did you mean "labels"/)]],
  ])('%s', (context, problems) => {
    expect(problemsOf(`${split}, "context": { ${context} }`, facts)).toEqual(problems);
  });
});

describe('columns of the rows', () => {
  const facts = files({ 'x.npy': array(60, 4) });
  it.each([
    ['"columns": [0, 3]', []],
    ['"columns": [4]', ['4: there is no column 4: the rows have 4, 0 … 3']],
    ['"columns": [1, 1]', ['1: column 1 is named twice']],
    ['"columns": [0, 1, 2, 3]', ['"columns": all 4 columns are conditioned on; none is left to be modelled']],
    ['"columns": [-1]', ['-1: data.context.columns[0] is -1; at least 0 is needed']],
    ['"labelColumn": 3, "classes": 10', []],
    ['"labelColumn": 9', ['9: there is no column 9: the rows have 4, 0 … 3']],
  ])('%s', (context, problems) => {
    expect(problemsOf(`"source": "x.npy", "context": { ${context} }`, facts)).toEqual(problems);
  });

  it('are no part of D, nor is what is left an image', () => {
    const shape = (keys: string) => dataShape(withData(keys), facts);
    expect(shape('"source": "x.npy", "context": { "columns": [0, 3] }')).toEqual({
      dimension: 2,
      image: null,
      contextDimension: 2,
    });
    expect(shape('"generate": "bars-and-stripes", "context": { "columns": [0] }')).toEqual({
      dimension: 15,
      contextDimension: 1,
      image: null,
    });
    expect(problemsOf('"source": "x.npy", "image": [2, 2], "context": { "columns": [0] }', facts)).toEqual([
      '[2, 2]: image is 2 × 2 = 4 pixels; the data has 3 columns',
    ]);
    expect(problemsOf('"generate": "bars-and-stripes", "context": { "labelColumn": 0 }')).toEqual([]);
  });
});

it('knows how many columns there are to condition on as far as headers tell', () => {
  const facts = files({ 'c.npy': array(60, 7), 'l.npy': array(60, 1) });
  const size = (spec: object) => contextSizeOf(dataSpec.parse(spec), facts);
  expect(size({ source: 'x' })).toBe(0);
  expect(size({ source: 'x', context: { columns: [0, 2] } })).toBe(2);
  expect(size({ source: 'x', context: { values: 'c.npy' } })).toBe(7);
  expect(size({ source: 'x', context: { labels: 'l.npy' } })).toBeNull();
  expect(size({ train: 'x', context: { labels: { train: 'l.npy' }, classes: 10 } })).toBe(10);
  expect(size({ generate: 'eight-gaussians', context: { labels: 'own' } })).toBe(8);
});

it('points at the file of the context that a start failed for', () => {
  const text = withData(`${split}, "context": { "labels": { "train": "l.npy", "validation": "m.npy" } }`);
  const { offset, length } = startProblem(text, 'm.npy, row 3: is 2.5; labels are whole numbers 0 … K − 1');
  expect(text.slice(offset, offset + length)).toBe('"m.npy"');
});

describe('values at the beginning of a file', () => {
  const rows = (...values: number[]): ArrayFacts => ({ ...array(2, 2), values: valueFactsOf(values, 2) });
  const facts = files({
    'grey.npy': rows(0, 0.5, 1, 0),
    'levels.npy': rows(0, 1, 3, 2),
    'l.npy': { ...array(2, 1), values: valueFactsOf([0, 1.5], 1) },
  });
  const problems = (model: string, data: string) =>
    checkExperiment(`{ "model": { "type": "made", "hidden": [5]${model} }, "data": { ${data} } }`, facts)
      .filter(({ path }) => path[0] === 'data')
      .map(({ message }) => message);
  const categorical = (levels: number) => `, "conditional": { "type": "categorical", "levels": ${levels} }`;

  it('are held against what the model scores, in the words of training', () => {
    expect(problems('', '"source": "grey.npy"')).toEqual([
      'grey.npy: row 1, column 2 is 0.5; the model scores 0 and 1 alone. Set "binarize" to "threshold" or "stochastic" in "data" to make grey values binary.',
    ]);
    expect(problems(categorical(4), '"train": "levels.npy", "test": "grey.npy"')).toEqual([
      'grey.npy: row 1, column 2 is 0.5; the model scores whole levels 0 … 3. Real values need a model whose conditionals are densities, such as Gaussians.',
    ]);
    expect(problems(categorical(3), '"source": "levels.npy"')).toEqual([
      'levels.npy: row 2, column 1 is 3; the model scores whole levels 0 … 2. The largest value is 3: that many levels and one more are needed.',
    ]);
  });

  it('are left alone where they are made binary, real values are scored, or the column is conditioned on', () => {
    expect(problems('', '"source": "grey.npy", "binarize": "threshold"')).toEqual([]);
    expect(problems(', "conditional": { "type": "gaussian" }', '"source": "grey.npy"')).toEqual([]);
    expect(problems('', '"source": "grey.npy", "context": { "columns": [1] }')).toEqual([]);
  });

  it('are labels or are told not to be', () => {
    const context = '"source": "levels.npy", "context": { "labels": "l.npy" }';
    expect(problems(categorical(4), context)).toContain('l.npy, row 2: is 1.5; labels are whole numbers 0 … K − 1');
  });
});
