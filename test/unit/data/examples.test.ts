/** The example workspace: its data is made as described, and every experiment in it is free of problems. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFile } from '../../../src/data/describe.ts';
import { writeExampleData } from '../../../src/data/examples.ts';
import { loadDataset } from '../../../src/data/load.ts';
import { readMatrix } from '../../../src/data/read.ts';
import { dataSpec } from '../../../src/spec/data.ts';
import { supportOf } from '../../../src/spec/models/index.ts';
import { readExperiment } from '../../../src/spec/read.ts';
import { scores } from '../../../src/spec/support.ts';

const examples = fileURLToPath(new URL('../../../media/examples', import.meta.url));
const experiments = (await readdir(examples)).filter((name) => name.endsWith('.lens.json'));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lens-examples-'));
  await writeExampleData(folder);
  await cp(examples, folder, { recursive: true });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('example data', () => {
  it.each([
    ['digits.npz#train', 8000, 28],
    ['digits.npz#valid', 1000, 28],
    ['digits.npz#test', 1000, 28],
    ['digits-small.npz#train', 8000, 4],
    ['digits-small.npz#valid', 1000, 4],
    ['digits-small.npz#test', 1000, 4],
  ])('%s has %i binary images of %i pixels a side', async (location, rows, side) => {
    const matrix = await readMatrix(location, folder);
    expect(matrix.shape).toEqual([rows, side, side]);
    expect(new Set(matrix.values)).toEqual(new Set([0, 1]));
  });

  it('has a text of four letters, the same word in every row of every split', async () => {
    const hello = await loadDataset(dataSpec.parse({ text: 'hello.txt', length: 5 }), { baseFolder: folder, seed: 1 });
    expect(hello.text!.characters).toEqual(['e', 'h', 'l', 'o']);
    for (const { values, rows } of [hello.train, hello.validation!, hello.test!]) {
      expect(Array.from(values)).toEqual(Array.from({ length: rows }, () => [1, 0, 2, 2, 3]).flat());
    }
    expect(hello.text!.notes).toEqual([]);
  });

  it('knows which digit each row is, of every split all ten', async () => {
    const { labels, validation, test } = await loadDataset(
      (await readExperiment(join(folder, 'digits-vae.lens.json'), describeFile)).experiment.data,
      { baseFolder: folder, seed: 1 },
    );
    expect(labels).toMatchObject({ count: 10, names: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] });
    expect([labels!.train.length, labels!.validation!.length, labels!.test!.length]).toEqual([
      8000,
      validation!.rows,
      test!.rows,
    ]);
    // A 1 has the least ink of all digits, a 0 the most but for an 8: what is labelled so is so.
    const ink = Array.from({ length: 10 }, (_, digit) => {
      const rows = [...labels!.validation!.entries()].filter(([, label]) => label === digit);
      const sums = rows.map(([row]) =>
        Array.from(validation!.values.subarray(784 * row, 784 * (row + 1))).reduce((a, b) => a + b, 0),
      );
      return sums.reduce((a, b) => a + b, 0) / sums.length;
    });
    expect(ink.indexOf(Math.min(...ink))).toBe(1);
    expect(ink.indexOf(Math.max(...ink))).toBe(0);
  });

  it('has grey digits of eight levels, all of which occur, and no pixel that is constant', async () => {
    const { shape, values, columns } = await readMatrix('digits-grey.npz#train', folder);
    expect(shape).toEqual([8000, 10, 10]);
    expect(new Set(values)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    for (let c = 0; c < columns; c++) {
      expect(new Set(values.filter((_, i) => i % columns === c)).size).toBeGreaterThan(1);
    }
  });

  it('is the same every time it is made', async () => {
    const digest = async (location: string) =>
      createHash('sha256')
        .update((await readMatrix(location, folder)).values)
        .digest('hex')
        .slice(0, 16);
    expect(await digest('digits.npz#train')).toMatchInlineSnapshot(`"a07ee2afbdd020b1"`);
    expect(await digest('digits-small.npz#test')).toMatchInlineSnapshot(`"5e81073e67f96ce8"`);
    expect(await digest('digits-grey.npz#test')).toMatchInlineSnapshot(`"c7cc571b280b8e4d"`);
    expect(await digest('densities/two-moons.npy')).toMatchInlineSnapshot(`"fac3e651e80ccd46"`);
  });

  it('is well mixed: pixels are as often on in every split, and no small pixel is constant', async () => {
    const shares = async (location: string) => {
      const { values, columns, rows } = await readMatrix(location, folder);
      return Array.from({ length: columns }, (_, c) => {
        let ones = 0;
        for (let r = 0; r < rows; r++) ones += values[r * columns + c]!;
        return ones / rows;
      });
    };
    const [train, test] = [await shares('digits-small.npz#train'), await shares('digits-small.npz#test')];
    for (const [c, share] of train.entries()) {
      expect(share).toBeGreaterThan(0.02);
      expect(share).toBeLessThan(0.9);
      // Five standard deviations of a share over 1000 rows.
      expect(Math.abs(share - test[c]!)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / 1000));
    }
  });

  it('is small', async () => {
    expect((await readFile(join(folder, 'digits.npz'))).length).toBeLessThan(600_000);
    expect((await readFile(join(folder, 'digits-small.npz'))).length).toBeLessThan(60_000);
    expect((await readFile(join(folder, 'digits-grey.npz'))).length).toBeLessThan(400_000);
  });
});

describe('example experiments', () => {
  it('are there', () => {
    expect(experiments).toEqual(expect.arrayContaining(['digits-made.lens.json', 'small-made.lens.json']));
  });

  it.each(experiments)('%s has no problems and data that its model can score', async (name) => {
    const { experiment, warnings } = await readExperiment(join(folder, name), describeFile);
    // A specimen of a mistake is told of as one; that is no problem of the file.
    expect(warnings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    const dataset = await loadDataset(experiment.data, { baseFolder: folder, seed: experiment.seed });
    const support = supportOf(experiment.model);
    for (const rows of [dataset.train, dataset.validation, dataset.test])
      expect([...new Set(rows!.values)].filter((value) => !scores(support, value))).toEqual([]);
    expect(dataset.image !== null || dataset.text !== undefined || dataset.train.columns === 2).toBe(true);
  });
});
