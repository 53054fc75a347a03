/** What the checks say of `data.labels`. */
import { describe, expect, it } from 'vitest';
import { checkExperiment, dataFiles, dataShape, type CheckContext } from '../../../src/spec/check.ts';
import type { DataFacts } from '../../../src/spec/facts.ts';
import { facts } from './checkTexts.ts';

const withData = (keys: string) => `{ "model": { "type": "vae" }, "data": { ${keys} } }`;
const text: DataFacts = {
  exists: true,
  problem: null,
  arrays: [{ name: null, shape: null, rows: null, columns: 3, dtype: 'text' }],
};
const context: CheckContext = {
  files: new Map<string, DataFacts>([
    ['x.npy', facts([null, 60, 4])],
    ['v.npy', facts([null, 20, 4])],
    ['l.npy', facts([null, 60])],
    ['m.npy', facts([null, 20])],
    ['wide.npy', facts([null, 60, 10])],
    ['d.npz', facts(['x', 60, 4], ['y', 60])],
    ['table.csv', text],
    ['words.csv', { ...text, arrays: [{ ...text.arrays[0]!, columns: 1 }] }],
    ['gone.npy', { exists: false, arrays: [], problem: 'gone.npy: there is no such file' }],
  ]),
};
const said = (keys: string) => {
  const whole = withData(keys);
  return checkExperiment(whole, context)
    .filter(({ path }) => path[0] === 'data')
    .map(({ severity, offset, length, message }) => `${severity} ${whole.slice(offset, offset + length)}: ${message}`);
};
const split = '"train": "x.npy", "validation": "v.npy"';

describe('labels to show rows by', () => {
  it.each([
    [`${split}, "labels": { "train": "l.npy", "validation": "m.npy" }`, []],
    [`${split}, "labels": { "train": "words.csv", "validation": "table.csv#species", "names": ["a", "b"] }`, []],
    ['"source": "d.npz#x", "labels": { "source": "d.npz#y" }', []],
    ['"source": "x.npy", "labels": { "column": 3 }', []],
    [
      `${split}, "labels": { "train": "l.npy" }`,
      [
        'warning "labels": "validation" is missing: the rows of v.npy are those that pictures show, and will have no labels',
      ],
    ],
    [
      '"train": "x.npy", "labels": { "train": "l.npy", "test": "m.npy" }',
      ['warning "test": has no effect: data has no "test" rows'],
    ],
    [
      '"train": "x.npy", "labels": { "train": "m.npy" }',
      ['error "m.npy": m.npy has 20 labels; x.npy, whose rows they are of, has 60'],
    ],
    [
      '"source": "x.npy", "labels": { "source": "m.npy" }',
      ['error "m.npy": m.npy has 20 labels; x.npy, whose rows they are of, has 60'],
    ],
    [
      '"train": "x.npy", "labels": { "train": "wide.npy" }',
      ['error "wide.npy": wide.npy has 10 columns; labels are one a row'],
    ],
    [
      '"train": "x.npy", "labels": { "train": "table.csv" }',
      ['error "table.csv": table.csv has 3 columns; labels are one a row; pick one by its header: "table.csv#name"'],
    ],
    ['"train": "x.npy", "labels": { "train": "gone.npy" }', ['error "gone.npy": gone.npy: there is no such file']],
    ['"train": "x.npy", "labels": { "train": "l.npy#y" }', ['error "l.npy#y": l.npy holds one array; leave out "#y"']],
    ['"source": "x.npy", "labels": { "column": 4 }', ['error 4: there is no column 4: the rows have 4, 0 … 3']],
  ])('%s', (keys, expected) => {
    expect(said(keys)).toEqual(expected);
  });

  it('are files to be asked about, take their column out of x, and are no context', () => {
    expect(dataFiles(withData('"train": "x.npy", "labels": { "train": "d.npz#y" }'))).toEqual(['x.npy', 'd.npz']);
    expect(dataShape(withData('"source": "x.npy", "labels": { "column": 1 }'), context)).toMatchObject({
      dimension: 3,
      contextDimension: 0,
    });
    const made = withData('"source": "x.npy", "labels": { "column": 1 }, "context": { "columns": [0] }').replace(
      'vae',
      'maf',
    );
    expect(dataShape(made, context)).toMatchObject({ dimension: 2, contextDimension: 1 });
  });

  it('have no key where rows are generated, which come with their own', () => {
    expect(said('"generate": "bars-and-stripes", "labels": { "column": 0 }')).toEqual([
      expect.stringContaining('"labels" is no key'),
    ]);
  });
});
