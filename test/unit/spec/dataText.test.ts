import { describe, expect, it } from 'vitest';
import { checkExperiment, dataFiles, dataKind, dataShape, type CheckContext } from '../../../src/spec/check.ts';
import { dataSpec } from '../../../src/spec/data.ts';
import { textCuts } from '../../../src/spec/dataText.ts';
import { charactersOf, trainingRows, type DataFacts } from '../../../src/spec/facts.ts';
import { startProblem } from '../../../src/spec/startProblem.ts';
import { problemsOf } from './checkTexts.ts';

const reader = '"model": { "type": "char-rnn", "hidden": [8] }';
const withText = (keys: string, model = reader) => `{ ${model}, "data": { ${keys} } }`;

const facts = (characters: number, distinct: string, endsLine = true): DataFacts => ({
  exists: true,
  arrays: [],
  text: { characters, distinct: Array.from(distinct), endsLine },
  problem: null,
});
const files = (entries: Readonly<Record<string, DataFacts>>): CheckContext => ({
  files: new Map(Object.entries(entries)),
});
const long = files({ 'a.txt': facts(10_000, 'abc') });

describe('text in an experiment', () => {
  it('is a file, a folder or several, with a length and shares', () => {
    expect(dataSpec.parse({ text: 'a.txt' })).toEqual({
      text: 'a.txt',
      length: 64,
      split: { train: 0.8, validation: 0.1, test: 0.1 },
    });
    expect(problemsOf(withText('"text": "a.txt"'), long)).toEqual([]);
    expect(problemsOf(withText('"text": ["src", "a.txt"], "length": 10, "split": { "test": 0 }'))).toEqual([]);
  });

  it.each([
    ['"text": []', 'data.text has 0 entries; at least 1 is needed'],
    ['"text": ""', 'data.text is empty'],
    ['"text": "a.txt", "length": 0', 'data.length is 0; at least 1 is needed'],
    ['"text": "a.txt", "length": 1.5', 'data.length is 1.5; a whole number is needed'],
    ['"text": "a.txt", "split": { "train": 0.9 }', 'the shares add up to 1.1'],
    ['"text": "a.txt", "split": { "train": 0 }', 'train is 0: no row is left to train on'],
  ])('refuses { %s }', (keys, message) => {
    expect(problemsOf(withText(keys))).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['"binarize": "threshold"', '"binarize" is no key of data with "text": characters are one of V, never grey'],
    ['"scale": "unit"', '"scale" is no key of data with "text": characters are names, no quantities'],
    ['"image": [8, 8]', '"image" is no key of data with "text": its rows are pieces of a text, no images'],
    ['"labels": { "column": 0 }', '"labels" is no key of data with "text": its rows are pieces of one text'],
    [
      '"context": { "columns": [0] }',
      '"context" is no key of data with "text": characters are conditioned on those before',
    ],
    ['"validation": "b.txt"', '"validation" is no key of data with "text": one text is cut into all splits'],
    ['"rows": 100', '"rows" is no key of data with "text": how many there are follows'],
    ['"lenght": 100', '"lenght" is no key of data with "text" (did you mean "length"?); there are text, length, split'],
  ])('says why it has no %s', (key, message) => {
    const [problem, ...rest] = problemsOf(withText(`"text": "a.txt", ${key}`));
    expect(problem).toContain(message);
    expect(rest).toEqual([]);
  });

  it('names its files as they are written, with no array in them', () => {
    const text = withText('"text": ["src", "a#b.txt", "src"]');
    expect(dataFiles(text)).toEqual(['src', 'a#b.txt']);
    expect(dataKind(text)).toBe('text');
    expect(dataKind(withText('"source": "x.npy"'))).toBe('rows');
    expect(dataShape(text)).toEqual({ dimension: 64, image: null, contextDimension: 0 });
  });

  it('is missing, or cannot be read', () => {
    const missing: DataFacts = { exists: false, arrays: [], problem: null };
    const bad: DataFacts = { exists: true, arrays: [], problem: 'b.txt, line 3, byte 12: is no UTF-8' };
    expect(problemsOf(withText('"text": ["a.txt", "b.txt"]'), files({ 'a.txt': missing, 'b.txt': bad }))).toEqual([
      'error/semantic "a.txt": a.txt: there is no such file or folder',
      'error/semantic "b.txt": b.txt, line 3, byte 12: is no UTF-8',
    ]);
    expect(problemsOf(withText('"text": ["a.txt", "a.txt"]'))).toEqual([
      'error/semantic "a.txt": a.txt is named twice; text that is trained on would be there again to be scored',
    ]);
  });

  it('is too short for a row of every split', () => {
    const short = files({ 'a.txt': facts(300, 'ab') });
    expect(problemsOf(withText('"text": "a.txt"'), short)).toEqual([
      expect.stringContaining(
        '0.1 of 300 characters is 30 for validation, less than a single row of 64: take more text, shorter rows or a larger share, or 0 to do without',
      ),
      expect.stringContaining('30 for test'),
    ]);
    expect(problemsOf(withText('"text": "a.txt", "length": 30'), short)).toEqual([]);
  });

  it('has nothing to predict', () => {
    expect(problemsOf(withText('"text": "a.txt"'), files({ 'a.txt': facts(3000, 'a') }))).toEqual([
      'error/semantic "a.txt": the text has 3,000 characters, all of them the same; there is nothing to predict',
    ]);
    expect(problemsOf(withText('"text": "a.txt"'), files({ 'a.txt': facts(0, '') }))).toEqual([
      'error/semantic "a.txt": a.txt: there is no character of text in there',
    ]);
  });

  it('is for models of whole levels, as many as there are characters', () => {
    const made = (conditional: string) => `"model": { "type": "made", "hidden": [5]${conditional} }`;
    const [problem] = problemsOf(withText('"text": "a.txt"', made('')), long);
    expect(problem).toContain(
      'a text has values of 3 characters, 0 … 2; this "made" scores 0 and 1 alone: take a model of type "char-rnn", or a "categorical" conditional of 3 levels',
    );
    const levels = (count: number) => made(`, "conditional": { "type": "categorical", "levels": ${count} }`);
    expect(problemsOf(withText('"text": "a.txt"', levels(2)), long)).toEqual([
      expect.stringContaining('scores whole levels 0 … 1'),
    ]);
    expect(problemsOf(withText('"text": "a.txt"', levels(3)), long)).toEqual([]);
    // As long as nobody knows how many there are.
    expect(problemsOf(withText('"text": "a.txt"', levels(2)))).toEqual([]);
  });

  it('has the characters of all its files, and of the line ends between them', () => {
    const spec = { text: ['a.txt', 'b.txt'], length: 5, split: { train: 0.5, validation: 0.25, test: 0.25 } };
    const both = files({ 'a.txt': facts(10, 'ab', false), 'b.txt': facts(9, 'bc', false) });
    expect(charactersOf(spec, both)).toEqual({ distinct: new Set(['a', 'b', '\n', 'c']), count: 20 });
    expect(trainingRows(spec, both)).toBe(2);
    const one = files({ 'a.txt': facts(10, 'ab', false) });
    expect(charactersOf(spec, one)).toBeNull();
    expect(trainingRows(spec, one)).toBeNull();
  });

  it('puts the refusal of a start beside the folder in which the file lies', () => {
    const text = withText('"text": ["notes.txt", "src"]');
    const problem = startProblem(text, 'src/old.c, line 3, byte 12: is no UTF-8');
    expect(text.slice(problem.offset, problem.offset + problem.length)).toBe('"src"');
  });

  it('warns of batches that take all rows at once', () => {
    const text = `{ ${reader}, "data": { "text": "a.txt" }, "training": { "batchSize": 200 } }`;
    expect(checkExperiment(text, long).map(({ message }) => message)).toEqual([
      expect.stringContaining('there are 125 rows to train on'),
    ]);
  });
});

describe('cutting a text', () => {
  const shares = (train: number, validation: number, test: number) => ({
    length: 1,
    split: { train, validation, test },
  });

  it('leaves no character between two splits', () => {
    for (let count = 1; count < 200; count++) {
      const { train, validation, test } = textCuts(count, shares(0.7, 0.2, 0.1));
      expect(train.from).toBe(0);
      expect(validation.from).toBe(train.characters);
      expect(test.from).toBe(train.characters + validation.characters);
      expect(test.from + test.characters).toBe(count);
    }
  });

  it('gives a split that is left out nothing', () => {
    expect(textCuts(10, shares(0.5, 0, 0.5))).toEqual({
      train: { from: 0, characters: 5, rows: 5, left: 0 },
      validation: { from: 5, characters: 0, rows: 0, left: 0 },
      test: { from: 5, characters: 5, rows: 5, left: 0 },
    });
  });
});
