/** What rows are conditioned on, from files, columns and generators. */
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../src/data/dataset.ts';
import { generateLabelledRows, generateRows } from '../../../src/data/generated/index.ts';
import { loadDataset } from '../../../src/data/load.ts';
import { writeNpy } from '../../../src/data/npy.ts';
import { dataSpec, generatorNames, generators } from '../../../src/spec/data.ts';
import { idxBytes, temporaryFolder } from './files.ts';

const folder = temporaryFolder();
const load = (spec: unknown, seed = 1, limitBytes = 2 ** 30) =>
  loadDataset(dataSpec.parse(spec), { baseFolder: folder.path, seed, limitBytes });
const write = (name: string, rows: readonly (readonly number[])[]) =>
  folder.write(name, writeNpy(Float32Array.from(rows.flat()), [rows.length, rows[0]!.length]));
const rowsOf = ({ rows, columns, values }: Matrix) =>
  Array.from({ length: rows }, (_, r) => [...values.subarray(r * columns, (r + 1) * columns)]);

describe('labels in files', () => {
  it('are one column a class, as many as the training rows have', async () => {
    await write('x.npy', [[0.5], [1.5], [2.5], [3.5]]);
    await write('v.npy', [[4.5], [5.5]]);
    await folder.write('l.idx', idxBytes(8, [4], Uint8Array.of(2, 0, 1, 1)));
    await folder.write('m.csv', '1\n0\n');
    const spec = { train: 'x.npy', validation: 'v.npy', context: { labels: { train: 'l.idx', validation: 'm.csv' } } };
    const { train, validation, context, dimension } = await load(spec);
    expect({ context, dimension }).toEqual({ context: { kind: 'labels', size: 3 }, dimension: 1 });
    expect(rowsOf(train.context!)).toEqual([
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
      [0, 1, 0],
    ]);
    expect(rowsOf(validation!.context!)).toEqual([
      [0, 1, 0],
      [1, 0, 0],
    ]);
    const five = await load({ ...spec, context: { ...spec.context, classes: 5 } });
    expect(five.context).toEqual({ kind: 'labels', size: 5 });
    expect(five.validation!.context!.columns).toBe(5);
  });

  it('are refused where they are none, with their place', async () => {
    await write('y.npy', [[1], [2], [3]]);
    const refused = async (labels: readonly (readonly number[])[], classes?: number) => {
      await write('bad.npy', labels);
      await load({ train: 'y.npy', context: { labels: { train: 'bad.npy' }, ...(classes && { classes }) } });
    };
    await expect(refused([[0], [1.5], [2]])).rejects.toThrow(
      'bad.npy, row 2: is 1.5; labels are whole numbers 0 … K − 1, at most 65535',
    );
    await expect(refused([[0], [1], [-1]])).rejects.toThrow('bad.npy, row 3: is -1; labels are whole numbers');
    await expect(refused([[0], [3], [1]], 3)).rejects.toThrow(
      'bad.npy, row 2: is 3; labels are whole numbers 0 … 2, since "classes" is 3',
    );
    await expect(refused([[0], [1]])).rejects.toThrow('bad.npy: has 2 rows; y.npy, whose rows it belongs to, has 3');
    await expect(
      refused([
        [0, 1],
        [1, 0],
        [1, 0],
      ]),
    ).rejects.toThrow('bad.npy: has 2 columns; labels are one whole number a row. What is one-hot already belongs');
    await expect(refused([[0], [0], [0]])).rejects.toThrow(
      'bad.npy: every label is 0; there is nothing to condition on',
    );
    await expect(refused([[0], [70_000], [1]])).rejects.toThrow('bad.npy, row 2: is 70000;');
  });

  it('of other splits than training are among its classes, and there for every split', async () => {
    await write('t.npy', [[1], [2]]);
    await write('lt.npy', [[0], [1]]);
    await write('lv.npy', [[0], [4]]);
    const spec = { train: 't.npy', validation: 't.npy' };
    await expect(load({ ...spec, context: { labels: { train: 'lt.npy', validation: 'lv.npy' } } })).rejects.toThrow(
      'lv.npy, row 2: is 4; the labels of the training rows are 0 … 1. Set "classes" in "context" to 5 if there are more',
    );
    await expect(load({ ...spec, context: { labels: { train: 'lt.npy' } } })).rejects.toThrow(
      't.npy: what its rows are conditioned on is missing; name a file under "context", "labels", "validation"',
    );
    await write('many.npy', [[0], [40_000]]);
    await expect(load({ train: 't.npy', context: { labels: { train: 'many.npy' } } }, 1, 50_000)).rejects.toThrow(
      /many\.npy: 40001 classes for 2 rows take more than .* GiB/,
    );
  });
});

describe('one source', () => {
  it('keeps every row with its own context through splitting and binarising', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => [i / 60, ((i * 7) % 60) / 60]);
    await write('all.npy', rows);
    await write(
      'labels.npy',
      rows.map((_, i) => [i % 3]),
    );
    const spec = { source: 'all.npy', context: { labels: 'labels.npy' } };
    const dataset = await load(spec);
    let seen = 0;
    for (const split of [dataset.train, dataset.validation!, dataset.test!]) {
      const labels = rowsOf(split.context!);
      for (const [r, [x]] of rowsOf(split).entries()) {
        expect(labels[r]!.indexOf(1)).toBe(Math.round(x! * 60) % 3);
        seen++;
      }
    }
    expect(seen).toBe(60);
    const binary = await load({ ...spec, binarize: 'threshold' });
    expect(new Set(binary.train.values)).toEqual(new Set([0, 1]));
    expect(binary.train.context).toEqual(dataset.train.context);
    // Without a context the same rows are drawn into the same splits.
    const { train } = await load({ source: 'all.npy' });
    expect(train.values).toEqual(dataset.train.values);
    expect(train.context).toBeUndefined();
  });

  it('may be conditioned on columns of its own, which x then lacks', async () => {
    await folder.write('t.csv', 'a,b,c\n0.5,1,0\n1.5,0,1\n2.5,1,1\n');
    const { train, dimension, context } = await load({
      source: 't.csv',
      split: { train: 1, validation: 0, test: 0 },
      context: { columns: [0] },
    });
    expect({ dimension, context }).toEqual({ dimension: 2, context: { kind: 'values', size: 1 } });
    // What is left is binary, and kept as bytes.
    expect(train.values).toBeInstanceOf(Uint8Array);
    for (const [r, [c]] of rowsOf(train.context!).entries()) {
      expect(rowsOf(train)[r]).toEqual({ 0.5: [1, 0], 1.5: [0, 1], 2.5: [1, 1] }[c!]);
    }
    await expect(load({ source: 't.csv', context: { columns: [3] } })).rejects.toThrow(
      't.csv: has 3 columns, 0 … 2; there is no column 3 to condition on',
    );
    await expect(load({ source: 't.csv', context: { columns: [2, 1, 0] } })).rejects.toThrow(
      't.csv: all 3 columns are conditioned on; none is left to be modelled',
    );
  });

  it('may hold labels in a column', async () => {
    await folder.write('u.csv', '7,2\n8,0\n9,1\n');
    const whole = { split: { train: 1, validation: 0, test: 0 } };
    const { train, context } = await load({ source: 'u.csv', ...whole, context: { labelColumn: 1 } });
    expect(context).toEqual({ kind: 'labels', size: 3 });
    const labels = { 7: 2, 8: 0, 9: 1 } as Readonly<Record<number, number>>;
    for (const [r, [x]] of rowsOf(train).entries()) expect(rowsOf(train.context!)[r]!.indexOf(1)).toBe(labels[x!]);
    await folder.write('w.csv', '7,2\n8,0.5\n');
    await expect(load({ train: 'w.csv', context: { labelColumn: 1 } })).rejects.toThrow(
      'w.csv, row 2, column 2: is 0.5; labels are whole numbers',
    );
  });

  it('is no image any more once columns are taken out, and one with a file beside it', async () => {
    await folder.write('i.npy', writeNpy(new Uint8Array(24), [2, 3, 4]));
    await write('c.npy', [
      [0.5, 2],
      [-1, 3],
    ]);
    expect(await load({ train: 'i.npy', context: { columns: [0] } })).toMatchObject({ image: null, dimension: 11 });
    const { image, context, train } = await load({ train: 'i.npy', context: { values: { train: 'c.npy' } } });
    expect({ image, context }).toEqual({ image: [3, 4], context: { kind: 'values', size: 2 } });
    expect(rowsOf(train.context!)).toEqual([
      [0.5, 2],
      [-1, 3],
    ]);
    await write('d.npy', [[1]]);
    await folder.write('j.npy', writeNpy(new Uint8Array(12), [1, 3, 4]));
    await expect(
      load({ train: 'i.npy', test: 'j.npy', context: { values: { train: 'c.npy', test: 'd.npy' } } }),
    ).rejects.toThrow('d.npy: has 1 columns to condition on; those of the training rows (c.npy) have 2');
  });
});

describe('generated data', () => {
  it.each(generatorNames)('%s comes with every one of its labels, and the rows are the same with them', (name) => {
    const { matrix, labels } = generateLabelledRows(name, 400, 2);
    expect(matrix).toEqual(generateRows(name, 400, 2));
    expect(new Set(labels.values)).toEqual(new Set(generators[name].labels.keys()));
  });

  it('tells bars from stripes, and which Gaussian a point comes from', async () => {
    const bars = generateLabelledRows('bars-and-stripes', 500, 1);
    for (const [r, row] of rowsOf(bars.matrix).entries()) {
      const columnsAreWhole = row.every((value, i) => value === row[i % 4]);
      const rowsAreWhole = row.every((value, i) => value === row[4 * Math.floor(i / 4)]);
      expect(bars.labels.values[r] === 1 ? columnsAreWhole : rowsAreWhole).toBe(true);
    }
    const { train, context } = await load({ generate: 'eight-gaussians', rows: 500, context: { labels: 'own' } });
    expect(context).toMatchObject({ kind: 'labels', size: 8, names: { 7: 'Gaussian 8' } });
    const hits = rowsOf(train).filter(([x, y], r) => {
      const angle = (rowsOf(train.context!)[r]!.indexOf(1) * Math.PI) / 4;
      return Math.hypot(x! - 3 * Math.cos(angle), y! - 3 * Math.sin(angle)) < 4 * 0.35;
    });
    expect(hits.length).toBeGreaterThan(0.99 * train.rows);
  });

  it('may be conditioned on a column: p(x₂ | x₁)', async () => {
    const { dimension, train, context } = await load({ generate: 'two-moons', rows: 100, context: { columns: [0] } });
    expect({ dimension, context }).toEqual({ dimension: 1, context: { kind: 'values', size: 1 } });
    const plain = await load({ generate: 'two-moons', rows: 100 });
    expect(rowsOf(train).map(([y], r) => [rowsOf(train.context!)[r]![0], y])).toEqual(rowsOf(plain.train));
  });
});
