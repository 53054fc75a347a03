/** What is said of data, as far as files tell, and of training on them. */
import { describe, expect, it } from 'vitest';
import { dataFiles, dataShape } from '../../../src/spec/check.ts';
import type { DataFacts } from '../../../src/spec/facts.ts';
import { facts, problemsOf, withData, withTraining } from './checkTexts.ts';

const files = new Map<string, DataFacts>([
  ['digits.npz', facts(['train', 800, 16], ['valid', 100, 16], ['test', 100, 15], ['images', 50, 4, 4])],
  ['one.npz', facts(['x', 50, 16])],
  ['plain.npy', facts([null, 50, 16])],
  ['table.csv', facts([null, null, 16])],
  [
    'gone.npy',
    { exists: false, arrays: [], problem: 'gone.npy: there is no such file; in its folder there is "one.npy"' },
  ],
  ['bad.npy', { exists: true, arrays: [], problem: 'bad.npy: is truncated' }],
]);

describe('what files tell', () => {
  it.each<[string, string[]]>([
    ['"train": "digits.npz#train", "validation": "digits.npz#valid"', []],
    ['"train": "one.npz"', []],
    ['"train": "plain.npy", "test": "table.csv"', []],
    ['"train": "unknown.npy"', []],
    [
      '"train": "plain.npy", "scale": "unit"',
      ['error/semantic "scale": scale brings values between 0 and 1; this "made" scores 0 and 1 alone: leave it out'],
    ],
    [
      '"train": "plain.npy", "scale": "unit", "binarize": "dynamic"',
      ['warning/semantic "scale": scale has no effect: the values are made binary'],
    ],
    [
      '"train": "gone.npy"',
      ['error/semantic "gone.npy": gone.npy: there is no such file; in its folder there is "one.npy"'],
    ],
    ['"source": "bad.npy"', ['error/semantic "bad.npy": bad.npy: is truncated']],
    [
      '"train": "digits.npz#tran"',
      [
        'error/semantic "digits.npz#tran": digits.npz has no array "tran" (did you mean "train"?); there are "train", "valid", "test", "images"',
      ],
    ],
    [
      '"source": "digits.npz"',
      [
        'error/semantic "digits.npz": digits.npz holds 4 arrays, "train", "valid", "test", "images"; pick one: "digits.npz#train"',
      ],
    ],
    ['"train": "plain.npy#train"', ['error/semantic "plain.npy#train": plain.npy holds one array; leave out "#train"']],
    [
      '"train": "digits.npz#train", "test": "digits.npz#test"',
      ['error/semantic "digits.npz#test": digits.npz#test has 15 columns; the training rows have 16'],
    ],
    [
      '"train": "plain.npy", "test": "plain.npy"',
      ['warning/semantic "plain.npy": test names the same array as train: its figures will say nothing new'],
    ],
    [
      '"train": "plain.npy", "image": [4, 5]',
      ['error/semantic [4, 5]: image is 4 × 5 = 20 pixels; the data has 16 columns'],
    ],
    [
      '"train": "plain.npy", "layout": "planes"',
      [
        'error/semantic "planes": layout is "planes", and nothing tells the size of the images in rows of 16 columns: add image, e.g. [32, 32, 3]',
      ],
    ],
    [
      '"train": "plain.npy", "layout": "planes", "image": [4, 4]',
      ['error/semantic "planes": layout is "planes", and image 4 × 4 has no colours: it is for [height, width, 3]'],
    ],
    [
      '"source": "plain.npy", "split": { "train": 0.8, "test": 0.3 }',
      [
        'error/semantic "split": the shares add up to 1.2 (train 0.8, validation 0.1, test 0.3, defaults included); together they are at most 1',
      ],
    ],
    ['"source": "plain.npy", "split": { "train": 0.7, "validation": 0.2, "test": 0.1 }', []],
    ['"source": "plain.npy", "split": { "train": 0 }', ['error/semantic 0: train is 0: no row is left to train on']],
    [
      '"generate": "rings"',
      [
        'error/semantic "rings": "rings" has real values; this "made" scores 0 and 1 alone. ' +
          'Generate "bars-and-stripes" or "coloured-squares", or use a file of binary data',
      ],
    ],
  ])('%s', (keys, expected) => {
    expect(problemsOf(withData(keys), { files }).filter((p) => !p.includes('batchSize'))).toEqual(expected);
  });

  it('names the files to ask about, and D and the shape of images', () => {
    const text = withData('"train": "digits.npz#images", "test": "digits.npz#test", "validation": "a#b.npy#x"');
    expect(dataFiles(text)).toEqual(['digits.npz', 'a#b.npy']);
    expect(dataShape(text, { files })).toMatchObject({ dimension: 16, image: [4, 4] });
    expect(dataShape(text)).toMatchObject({ dimension: null, image: null });
    expect(dataShape(withData('"train": "?.npy", "image": [3, 5]'))).toMatchObject({ dimension: 15, image: [3, 5] });
    expect(dataShape(withData('"generate": "bars-and-stripes"'))).toMatchObject({ dimension: 16, image: [4, 4] });
    expect(dataShape('{')).toMatchObject({ dimension: null, image: null });
    expect(dataFiles(withData('"generate": "rings"'))).toEqual([]);
  });

  it('tells a batch that is larger than the data, and settings without effect', () => {
    const plain = '"data": { "train": "plain.npy" }';
    expect(problemsOf(withTraining('"batchSize": 51', plain), { files })).toEqual([
      'warning/semantic 51: batchSize is 51; there are 50 rows to train on, so that every epoch is a single step',
    ]);
    expect(problemsOf(withTraining('"batchSize": 50', plain), { files })).toEqual([]);
    expect(problemsOf(withTraining('"batchSize": 8001'))).toHaveLength(1);
    expect(problemsOf(withTraining('"batchSize": 8000'))).toEqual([]);
    expect(problemsOf(withTraining('"patience": 5, "batchSize": 5', plain), { files })).toEqual([
      'warning/semantic "patience": patience has no effect: data gives no validation rows',
    ]);
    expect(problemsOf(withTraining('"optimizer": { "type": "sgd", "nesterov": true }'))).toEqual([
      'warning/semantic "nesterov": nesterov has no effect: momentum is 0',
    ]);
  });
});
