import { expect, it } from 'vitest';
import { checkExperiment } from '../../../src/spec/check.ts';

const problems = (model: object) =>
  checkExperiment(JSON.stringify({ model, data: { generate: 'bars-and-stripes' } })).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );

it.each([
  { type: 'pixelcnn', image: [4, 4] },
  { type: 'pixelrnn', cell: 'row-lstm', image: [4, 4] },
])('a $type is told which kernels and channels there can be', (model) => {
  expect(problems(model)).toEqual([]);
  expect(problems({ ...model, kernel: 4 })).toEqual([expect.stringContaining('error: kernel is 4; it has to be odd')]);
  // Through mask A a kernel of 1 hears nothing.
  expect(problems({ ...model, firstKernel: 1 })).toEqual([expect.stringMatching(/^error: .*3/)]);
  expect(problems({ ...model, image: [4, 4, 3], features: 4, head: 2 })).toEqual(
    expect.arrayContaining([expect.stringContaining('error: 2 channels cannot be shared by the 3 colours')]),
  );
  expect(problems({ ...model, image: [2, 4] })).toEqual([
    expect.stringContaining('error: image is 2 × 4 = 8 variables; the data has 16 columns'),
  ]);
  expect(problems({ ...model, maskType: 'B' })).toEqual([
    expect.stringContaining('warning: with mask B in the first layer every pixel sees itself'),
  ]);
});
