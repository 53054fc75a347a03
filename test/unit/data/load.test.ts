import { describe, expect, it } from 'vitest';
import { drawAnew, rangeOf } from '../../../src/data/binarize.ts';
import type { Matrix } from '../../../src/data/dataset.ts';
import { loadDataset } from '../../../src/data/load.ts';
import { writeNpy } from '../../../src/data/npy.ts';
import { writeNpz } from '../../../src/data/npz.ts';
import { dataSpec } from '../../../src/spec/data.ts';
import { temporaryFolder } from './files.ts';

const folder = temporaryFolder();
const load = (spec: unknown, seed = 1) => loadDataset(dataSpec.parse(spec), { baseFolder: folder.path, seed });
const numbered = (rows: number, columns: number) => ({
  values: Float32Array.from({ length: rows * columns }, (_, i) => Math.floor(i / columns) + 0.5),
  shape: [rows, columns],
});
const firstColumn = (matrix: Matrix | null) =>
  matrix === null ? [] : Array.from({ length: matrix.rows }, (_, r) => matrix.values[r * matrix.columns]!);

describe('files already split', () => {
  it('are read as they are', async () => {
    await folder.write('s.npz', writeNpz({ a: numbered(4, 2), b: numbered(2, 2), c: numbered(1, 3) }));
    const dataset = await load({ train: 's.npz#a', validation: 's.npz#b' });
    expect(dataset).toMatchObject({ dimension: 2, image: null, test: null });
    expect(firstColumn(dataset.train)).toEqual([0.5, 1.5, 2.5, 3.5]);
    expect(firstColumn(dataset.validation)).toEqual([0.5, 1.5]);
    await expect(load({ train: 's.npz#a', test: 's.npz#c' })).rejects.toThrow(
      's.npz#c: has 3 columns; the training rows (s.npz#a) have 2',
    );
  });

  it('are images where the array or the experiment says so', async () => {
    await folder.write('i.npy', writeNpy(new Uint8Array(24), [2, 3, 4]));
    await folder.write('channel.npy', writeNpy(new Uint8Array(24), [2, 3, 4, 1]));
    await folder.write('first.npy', writeNpy(new Uint8Array(24), [2, 1, 3, 4]));
    await folder.write('colour.npy', writeNpy(new Uint8Array(24), [2, 2, 2, 3]));
    for (const train of ['i.npy', 'channel.npy', 'first.npy']) {
      expect(await load({ train })).toMatchObject({ image: [3, 4], dimension: 12 });
    }
    expect(await load({ train: 'colour.npy' })).toMatchObject({ image: [2, 2, 3], dimension: 12 });
    expect(await load({ train: 'i.npy', image: [2, 2, 3] })).toMatchObject({ image: [2, 2, 3] });
    expect(await load({ train: 'i.npy', image: [4, 3] })).toMatchObject({ image: [4, 3] });
    await expect(load({ train: 'i.npy', image: [5, 3] })).rejects.toThrow(
      'i.npy: image is 5 × 3 = 15 pixels; there are 12 columns',
    );
    await expect(load({ train: 'i.npy', image: [3, 4, 3] })).rejects.toThrow(
      'i.npy: image is 3 × 4 × 3 = 36 variables; there are 12 columns',
    );
  });

  it('are laid out as the experiment says where rows are flat', async () => {
    const planes = Uint8Array.of(1, 2, 11, 12, 21, 22, 3, 4, 13, 14, 23, 24);
    const turned = [1, 11, 21, 2, 12, 22, 3, 13, 23, 4, 14, 24];
    await folder.write('flat.npy', writeNpy(planes, [2, 6]));
    await folder.write('planes.npy', writeNpy(planes, [2, 3, 1, 2]));
    await folder.write('pixels.npy', writeNpy(planes, [2, 1, 2, 3]));
    const image = [1, 2, 3] as const;
    const flat = async (layout?: 'pixels' | 'planes') => {
      const { train } = await load({ train: 'flat.npy', image: [...image], ...(layout && { layout }) });
      return [...train.values];
    };
    expect(await flat('planes')).toEqual(turned);
    expect([await flat('pixels'), await flat()]).toEqual([[...planes], [...planes]]);
    // What an array says by its shape is turned once.
    expect([...(await load({ train: 'planes.npy', layout: 'planes' })).train.values]).toEqual(turned);
    // With a column of labels before the pixels, as CIFAR's binary files have it.
    const labelled = Uint8Array.of(1, ...planes.slice(0, 6), 0, ...planes.slice(6));
    await folder.write('labelled.npy', writeNpy(labelled, [2, 7]));
    const context = { labelColumn: 0 };
    const own = await load({ train: 'labelled.npy', image: [...image], layout: 'planes', context });
    expect([...own.train.values]).toEqual(turned);
    await expect(load({ train: 'pixels.npy', layout: 'planes' })).rejects.toThrow(
      'pixels.npy: layout is "planes", one plane of each colour after the other; by its shape [2, 1, 2, 3] the array has red, ' +
        'green and blue of a pixel side by side: leave layout out',
    );
    await expect(load({ train: 'flat.npy', layout: 'planes' })).rejects.toThrow(
      'flat.npy: layout is "planes", and nothing tells the size of the images in rows of 6 columns: add image, e.g. [32, 32, 3]',
    );
    await expect(load({ train: 'flat.npy', layout: 'planes', image: [2, 3] })).rejects.toThrow(
      'flat.npy: layout is "planes", and image 2 × 3 has no colours: it is for [height, width, 3]',
    );
    await expect(load({ train: 'flat.npy', layout: 'planes', image: [2, 2, 3] })).rejects.toThrow(
      'flat.npy: image is 2 × 2 × 3 = 12 variables; there are 6 columns',
    );
  });

  it('are turned where colours come plane after plane', async () => {
    // Of two images of 1 × 2 pixels: all red, all green, all blue.
    const planes = Uint8Array.of(1, 2, 11, 12, 21, 22, 3, 4, 13, 14, 23, 24);
    await folder.write('planes.npy', writeNpy(planes, [2, 3, 1, 2]));
    const { image, train } = await load({ train: 'planes.npy' });
    expect(image).toEqual([1, 2, 3]);
    expect([...train.values]).toEqual([1, 11, 21, 2, 12, 22, 3, 13, 23, 4, 14, 24]);
  });
});

describe('one source', () => {
  it('is split by the seed: every row once, the same each time, other seeds otherwise', async () => {
    await folder.write('all.npy', writeNpy(numbered(103, 2).values, [103, 2]));
    const spec = { source: 'all.npy', split: { train: 0.7, validation: 0.2, test: 0.1 } };
    const dataset = await load(spec);
    expect([dataset.train.rows, dataset.validation?.rows, dataset.test?.rows]).toEqual([72, 21, 10]);
    const parts = [dataset.train, dataset.validation, dataset.test].flatMap(firstColumn);
    expect(parts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 103 }, (_, i) => i + 0.5));
    expect(await load(spec)).toEqual(dataset);
    expect(firstColumn((await load(spec, 2)).train)).not.toEqual(firstColumn(dataset.train));
    // In no order: the correlation of place and row number is that of chance.
    expect(firstColumn(dataset.train).filter((v, i, all) => i > 0 && v > all[i - 1]!).length).toBeLessThan(60);
  });

  it('may leave splits empty, but not by accident', async () => {
    await folder.write('few.npy', writeNpy(numbered(3, 2).values, [3, 2]));
    const dataset = await load({ source: 'few.npy', split: { train: 0.7, validation: 0, test: 0.3 } });
    expect(dataset.validation).toBeNull();
    expect([dataset.train.rows, dataset.test?.rows]).toEqual([2, 1]);
    await expect(load({ source: 'few.npy' })).rejects.toThrow(
      /few\.npy: 0\.1 of 3 rows is no row for (validation|test)/,
    );
    await expect(load({ source: 'few.npy', split: { train: 0, test: 1, validation: 0 } })).rejects.toThrow(
      'few.npy: split gives no row to train on',
    );
    await expect(load({ source: 'few.npy', split: { train: 0.9, test: 0.9 } })).rejects.toThrow(
      /shares of split add up to 1\.9/,
    );
  });
});

describe('binarize', () => {
  const grey = async (values: readonly number[]) => {
    await folder.write('grey.npy', writeNpy(Float32Array.from(values), [values.length, 1]));
    return 'grey.npy';
  };

  it('by a threshold at half the range', async () => {
    const train = await grey([0, 127, 128, 200, 255]);
    const dataset = await load({ train, binarize: 'threshold' });
    expect(dataset.train.values).toEqual(Uint8Array.of(0, 0, 1, 1, 1));
  });

  it('finds the range that is meant', () => {
    const range = (...values: number[]) =>
      rangeOf({ rows: values.length, columns: 1, values: Float32Array.from(values) });
    expect(range(0, 0.3)).toBe(1);
    expect(range(8, 238)).toBe(255);
    expect(range(0, 16)).toBe(16);
    expect(range(0, 200.5)).toBe(200.5);
    expect(range(0, 1000)).toBe(1000);
  });

  it('stochastically: the share of ones is the grey value, splits draw apart, the seed decides', async () => {
    const n = 20_000;
    const train = await grey(Array.from({ length: n }, (_, i) => [0, 64, 255, 191.25][i % 4]!));
    const dataset = await load({ train, test: train, binarize: 'stochastic' });
    const shares = [0, 0, 0, 0];
    for (const [i, value] of dataset.train.values.entries()) shares[i % 4]! += value;
    const [never, some, always, often] = shares.map((ones) => ones / (n / 4));
    expect(never).toBe(0);
    expect(always).toBe(1);
    // Four standard deviations of a share over 5000 draws.
    expect(Math.abs(some! - 64 / 255)).toBeLessThan(4 * Math.sqrt(0.25 / 5000));
    expect(Math.abs(often! - 0.75)).toBeLessThan(4 * Math.sqrt(0.25 / 5000));
    expect(dataset.test!.values).not.toEqual(dataset.train.values);
    expect(await load({ train, test: train, binarize: 'stochastic' })).toEqual(dataset);
    expect((await load({ train, binarize: 'stochastic' }, 2)).train).not.toEqual(dataset.train);
  });

  it('dynamically: one draw as the stochastic one, and for the training rows what fresh draws go by', async () => {
    const train = await grey(Array.from({ length: 400 }, (_, i) => [0, 64, 255, 191.25][i % 4]!));
    const dataset = await load({ train, test: train, binarize: 'dynamic' });
    const once = await load({ train, test: train, binarize: 'stochastic' });
    expect(dataset.test).toEqual(once.test);
    expect(dataset.train.values).toEqual(once.train.values);
    expect(dataset).toMatchObject({ binarized: 'dynamic', train: { chances: { range: 255 } } });
    expect([...dataset.train.chances!.values].slice(0, 4)).toEqual([0, 64, 255, 191.25]);
    expect(dataset.test).not.toHaveProperty('chances');
  });

  it('draws rows anew by seed and step, a 1 as often as its chance says', () => {
    const [rows, steps] = [Int32Array.of(2, 0), 4000];
    const chances = { values: Uint8Array.of(0, 51, 255, 0, 0, 0, 204, 255, 0), range: 255 };
    const draw = (step: number, seed = 1) => drawAnew(chances, { rows, columns: 3, seed, step });
    const ones = Array.from({ length: 6 }, () => 0);
    for (let step = 0; step < steps; step++) for (const [i, value] of draw(step).entries()) ones[i]! += value / steps;
    const expected = [0.8, 1, 0, 0, 0.2, 1];
    for (const [i, share] of ones.entries()) {
      const error = Math.sqrt((expected[i]! * (1 - expected[i]!)) / steps);
      expect(Math.abs(share - expected[i]!)).toBeLessThanOrEqual(4 * error + 1e-9);
    }
    expect(draw(7)).toEqual(draw(7));
    const many = (seed: number) => Array.from({ length: 20 }, (_, step) => [...draw(step, seed)]);
    expect(many(1)).not.toEqual(many(2));
  });

  it('scales by the range instead', async () => {
    const train = await grey([0, 51, 255, 204]);
    const dataset = await load({ train, test: train, scale: 'unit' });
    expect([...dataset.train.values]).toEqual([0, 51, 255, 204].map((level) => Math.fround(level / 255)));
    expect(dataset.test!.values).toEqual(dataset.train.values);
    expect(dataset).not.toHaveProperty('binarized');
  });

  it('refuses negative values', async () => {
    const train = await grey([1, -0.5]);
    await expect(load({ train, binarize: 'threshold' })).rejects.toThrow(
      'grey.npy, row 2, column 1: is -0.5; binarize "threshold" takes values from 0 to 1',
    );
  });
});

it('tells the labels of generated rows that no model is given: those that it could be conditioned on', async () => {
  const spec = { generate: 'two-moons', rows: 90, split: { train: 0.6, validation: 0.3, test: 0.1 } };
  const { labels, train, ...rest } = await load(spec);
  const conditioned = await load({ ...spec, context: { labels: 'own' } });
  expect([train.context, rest.context, conditioned.labels]).toEqual([undefined, undefined, undefined]);
  expect(labels).toMatchObject({ count: 2, names: ['lower moon', 'upper moon'] });
  for (const split of ['train', 'validation', 'test'] as const) {
    const { values } = conditioned[split]!.context!;
    expect([...labels![split]!]).toEqual(Array.from(labels![split]!, (_, row) => (values[2 * row + 1] === 1 ? 1 : 0)));
    expect(labels![split]).toHaveLength(conditioned[split]!.rows);
  }
});
