/** What is said of flows of images beyond their schema. */
import { describe, expect, it } from 'vitest';
import { facts, problemsOf } from './checkTexts.ts';

const data = {
  files: new Map([
    ['digits.npy', facts([null, 500, 784])],
    ['small.npy', facts([null, 500, 100])],
    ['colours.npy', facts([null, 500, 48])],
  ]),
};
const file = (name: string, keys: string) => `{ "model": { ${keys} }, "data": { "train": "${name}.npy" } }`;
const ofImages = (key: string) =>
  `warning/semantic "${key}": ${key} has no effect: it is of flows of images; image says that rows are such`;
const ofVectors = (key: string) =>
  `warning/semantic "${key}": ${key} has no effect: with image the flow has checkerboard and channel-wise couplings, as many as scales and couplings say`;

describe('what Glow needs', () => {
  const glow = (keys: string) => `"type": "glow", "hidden": [8], ${keys}`;

  it.each<[string, string, string[]]>([
    ['digits', '"image": [28, 28]', []],
    ['digits', '"image": [28, 28, 1], "scales": 2', []],
    ['colours', '"image": [4, 4, 3], "scales": 2', []],
    [
      'digits',
      '"image": [28, 28], "scales": 3',
      [
        'error/semantic [28, 28]: an image of 28 × 28 pixels cannot be halved 3 times, as so many scales take: height and width ' +
          'would have to be multiples of 8; they can be halved twice',
      ],
    ],
    [
      'small',
      '"image": [10, 10]',
      [
        'error/semantic [10, 10]: an image of 10 × 10 pixels cannot be halved twice, as so many scales take: height and width ' +
          'would have to be multiples of 4; they can be halved once',
      ],
    ],
    [
      'small',
      '"image": [4, 25], "scales": 1',
      [
        'error/semantic [4, 25]: an image of 4 × 25 pixels cannot be halved once, as so many scales take: height and width ' +
          'would have to be multiples of 2; odd sizes cannot be halved at all',
      ],
    ],
    [
      'small',
      '"image": [10, 10, 3], "scales": 1',
      ['error/semantic [10, 10, 3]: image is 10 × 10 × 3 = 300 variables; the data has 100 columns'],
    ],
  ])('%s: %s', (name, keys, expected) => {
    expect(problemsOf(file(name, glow(keys)), data)).toEqual(expected);
  });

  it('is told its image by the entry', () => {
    expect(problemsOf(file('digits', '"type": "glow", "hidden": [8]'), data)).toHaveLength(1);
  });
});

describe('what RealNVP of images needs', () => {
  const realnvp = (keys: string) => `"type": "realnvp", "hidden": [8], ${keys}`;

  it.each<[string, string, string[]]>([
    ['digits', '"image": [28, 28]', []],
    // The last scale is not halved.
    ['small', '"image": [10, 10], "scales": 2', []],
    ['small', '"image": [4, 25], "scales": 1, "couplings": 2, "blocks": 1', []],
    [
      'small',
      '"image": [10, 10], "scales": 3',
      [
        'error/semantic [10, 10]: an image of 10 × 10 pixels cannot be halved twice, as so many scales take: height and width ' +
          'would have to be multiples of 4; they can be halved once',
      ],
    ],
    [
      'digits',
      '"image": [28, 29]',
      [
        'error/semantic [28, 29]: image is 28 × 29 = 812 variables; the data has 784 columns',
        'error/semantic [28, 29]: an image of 28 × 29 pixels cannot be halved once, as so many scales take: height and width ' +
          'would have to be multiples of 2; odd sizes cannot be halved at all',
      ],
    ],
    ['digits', '"image": [28, 28], "layers": 4, "split": "halves"', [ofVectors('layers'), ofVectors('split')]],
    // A list that does not fit is not spoken of where it has no effect.
    ['digits', '"image": [28, 28], "split": [1, 0]', [ofVectors('split')]],
    [
      'digits',
      '"scales": 2, "couplings": 3, "blocks": 1',
      [ofImages('scales'), ofImages('couplings'), ofImages('blocks')],
    ],
  ])('%s: %s', (name, keys, expected) => {
    expect(problemsOf(file(name, realnvp(keys)), data)).toEqual(expected);
  });
});
