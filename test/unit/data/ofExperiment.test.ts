/** Which images the rows of an experiment are: by the data where they tell, else by the model. */
import { describe, expect, it } from 'vitest';
import { writeNpy } from '../../../src/data/npy.ts';
import { loadDataOf } from '../../../src/data/ofExperiment.ts';
import { experimentSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';
import { temporaryFolder } from './files.ts';

const folder = temporaryFolder();

/** The image of rows of 24 values in an array of this shape. */
async function imageOf(model: object, shape: readonly number[] = [10, 24], keys: object = {}) {
  const values = Float32Array.from({ length: 240 }, (_, i) => i / 240);
  await folder.write('rows.npy', writeNpy(values, [...shape]));
  const input = { model, data: { train: 'rows.npy', ...keys } } as ExperimentInput;
  return (await loadDataOf(experimentSpec.parse(input), { baseFolder: folder.path })).image;
}

const output = { type: 'gaussian' };

describe('the image that a row is', () => {
  it.each([
    ['vae', { type: 'vae', output, image: [6, 4] }],
    ['glow', { type: 'glow', hidden: [4], scales: 1, image: [6, 4] }],
    ['realnvp', { type: 'realnvp', hidden: [4], scales: 1, image: [6, 4, 1] }],
  ])('is that of a %s where the data say nothing', async (_, model) => {
    expect(await imageOf(model)).toEqual([6, 4]);
  });

  it('is in colour where it has three channels', async () => {
    expect(await imageOf({ type: 'vae', output, image: [4, 2, 3] })).toEqual([4, 2, 3]);
  });

  it('is none where nobody says so, nor where it has channels of no colour or another size', async () => {
    expect(await imageOf({ type: 'vae', output })).toBeNull();
    expect(await imageOf({ type: 'vae', output, image: [6, 2, 2] })).toBeNull();
    expect(await imageOf({ type: 'vae', output, image: [4, 4] })).toBeNull();
  });

  it('is that of the data where these tell, by their shape or in words', async () => {
    expect(await imageOf({ type: 'vae', output, image: [6, 4] }, [10, 4, 6])).toEqual([4, 6]);
    expect(await imageOf({ type: 'vae', output, image: [6, 4] }, [10, 24], { image: [3, 8] })).toEqual([3, 8]);
  });
});
