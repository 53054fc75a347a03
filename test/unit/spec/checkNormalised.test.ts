import { expect, it } from 'vitest';
import { problemsOf } from './checkTexts.ts';

const written = (model: string, batchSize: number) =>
  `{ "model": { ${model} }, "data": { "generate": "two-moons" }, "training": { "batchSize": ${batchSize} } }`;
const maf = '"type": "maf", "hidden": [5]';

it('steps of a single row are refused where they are to be normalised by', () => {
  expect(problemsOf(written(maf, 1))).toEqual([
    'error/semantic 1: batchSize is 1; a single row has no variance that batch normalisation could go by, and nothing is ' +
      'learnt: take 8 rows or more (100 unless told), or set model.batchNorm to false',
  ]);
});

it('steps of few rows are warned of, with what would be right', () => {
  expect(problemsOf(written('"type": "realnvp", "hidden": [5]', 4))).toEqual([
    "warning/semantic 4: batchSize is 4; batch normalisation goes by the means and variances of a step's rows, and those of " +
      '4 say little: take 8 rows or more (100 unless told), or set model.batchNorm to false',
  ]);
});

it.each([
  ['enough rows', maf, 8],
  ['no batch normalisation', `${maf}, "batchNorm": false`, 1],
  ['a model that has none', '"type": "nice", "hidden": [5]', 1],
])('nothing is said of %s', (_, model, batchSize) => {
  expect(problemsOf(written(model, batchSize))).toEqual([]);
});

it('channels of an image have places enough', () => {
  const text = `{ "model": { "type": "realnvp", "hidden": [5], "image": [4, 4], "scales": 2 },
    "data": { "train": "rows.npy" }, "training": { "batchSize": 1 } }`;
  expect(problemsOf(text)).toEqual([]);
});
