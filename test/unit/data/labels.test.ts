/** Labels that rows are shown by and no model is given: from files of every kind, from columns, with their rows through splits. */
import { describe, expect, it } from 'vitest';
import type { Dataset, Matrix } from '../../../src/data/dataset.ts';
import { loadDataset } from '../../../src/data/load.ts';
import { writeNpy } from '../../../src/data/npy.ts';
import { writeNpz } from '../../../src/data/npz.ts';
import { dataSpec } from '../../../src/spec/data.ts';
import { idxBytes, temporaryFolder } from './files.ts';

const folder = temporaryFolder();
const load = (spec: unknown, seed = 1) => loadDataset(dataSpec.parse(spec), { baseFolder: folder.path, seed });
const column = (values: readonly number[]) => writeNpy(Float32Array.from(values), [values.length, 1]);
const named = ({ labels }: Dataset, split: 'train' | 'validation' | 'test' = 'train') =>
  labels?.[split] && Array.from(labels[split], (one) => labels.names![one]);
const valuesOf = (matrix: Matrix | null) => [...matrix!.values];

describe('files of labels', () => {
  it.each<[string, string, string | Uint8Array, readonly string[]]>([
    ['npy', 'l.npy', column([7, -1, 7, 30]), ['7', '-1', '7', '30']],
    [
      'npz',
      'l.npz#y',
      writeNpz({ x: { values: Uint8Array.of(0), shape: [1] }, y: { values: Uint8Array.of(3, 1, 2, 1), shape: [4] } }),
      ['3', '1', '2', '1'],
    ],
    ['idx, as MNIST has them', 'l.idx', idxBytes(8, [4], Uint8Array.of(5, 0, 4, 1)), ['5', '0', '4', '1']],
    ['csv of numbers', 'n.csv', '2\n0\n1\n0\n', ['2', '0', '1', '0']],
    ['csv with a header', 'h.csv', 'digit\n2\n0\n1\n0\n', ['2', '0', '1', '0']],
    [
      'words',
      'w.txt',
      'Iris setosa\r\n"virginica"\nIris setosa\nversicolor\n',
      ['Iris setosa', 'virginica', 'Iris setosa', 'versicolor'],
    ],
    [
      'words with a header',
      'v.csv',
      'species\nsetosa\nvirginica\nsetosa\nsetosa\n',
      ['setosa', 'virginica', 'setosa', 'setosa'],
    ],
    [
      'a column of several',
      'm.csv#species',
      'id,species,width\n1,setosa,2.5\n2,"a, b",3\n3,setosa,1\n4,virginica,2\n',
      ['setosa', 'a, b', 'setosa', 'virginica'],
    ],
    ['blanks between', 'b.txt#kind', 'id kind\n1 x10\n2 x9\n3 x10\n4 x1\n', ['x10', 'x9', 'x10', 'x1']],
  ])('%s', async (_, location, content, expected) => {
    await folder.write('x.npy', column([0.5, 1.5, 2.5, 3.5]));
    await folder.write(location.replace(/#.*/, ''), content);
    const dataset = await load({ train: 'x.npy', labels: { train: location } });
    expect(named(dataset)).toEqual(expected);
    // No model is given them.
    expect([dataset.context, dataset.train.context, dataset.dimension]).toEqual([undefined, undefined, 1]);
  });

  it('have the same classes in every split, in the order of numbers and of the alphabet', async () => {
    await folder.write('x.npy', column([1, 2, 3]));
    await folder.write('v.npy', column([4, 5]));
    await folder.write('l.csv', 'b10\nb9\nb10\n');
    await folder.write('m.csv', 'a\nb9\n');
    const spec = { train: 'x.npy', validation: 'v.npy', test: 'v.npy' };
    const dataset = await load({ ...spec, labels: { train: 'l.csv', validation: 'm.csv' } });
    expect(dataset.labels).toEqual({
      ...{ train: Int32Array.of(2, 1, 2), validation: Int32Array.of(0, 1), test: null },
      ...{ count: 3, names: ['a', 'b9', 'b10'] },
    });
  });

  it('may be named, which gives their order', async () => {
    await folder.write('x.npy', column([1, 2, 3]));
    await folder.write('i.npy', column([2, 0, 2]));
    await folder.write('w.csv', 'cat\ndog\ncat\n');
    const of = (file: string, names: readonly string[]) => load({ train: 'x.npy', labels: { train: file, names } });
    expect((await of('i.npy', ['a', 'b', 'c'])).labels).toMatchObject({ train: Int32Array.of(2, 0, 2), count: 3 });
    expect((await of('w.csv', ['dog', 'cat'])).labels).toMatchObject({ train: Int32Array.of(1, 0, 1), count: 2 });
    await expect(of('i.npy', ['a', 'b'])).rejects.toThrow('i.npy, row 1: is 2; "names" has 2, for the labels 0 … 1');
    await expect(of('w.csv', ['cat', 'hog'])).rejects.toThrow('w.csv, row 2: is "dog"; "names" has "cat", "hog"');
  });

  it('are refused where they do not fit, with files and counts', async () => {
    await folder.write('x.npy', column([1, 2, 3]));
    const refused = async (file: string, content: string | Uint8Array) => {
      await folder.write(file.replace(/#.*/, ''), content);
      await load({ train: 'x.npy', labels: { train: file } });
    };
    await expect(refused('few.npy', column([0, 1]))).rejects.toThrow(
      'few.npy: has 2 labels; x.npy, whose rows they are of, has 3 rows',
    );
    await expect(refused('many.csv', 'a\nb\nc\nd\ne\n')).rejects.toThrow('many.csv: has 5 labels; x.npy');
    await expect(refused('half.npy', column([0, 0.5, 1]))).rejects.toThrow(
      'half.npy, row 2: is 0.5; labels are whole numbers or words',
    );
    await expect(refused('wide.npy', writeNpy(Uint8Array.of(0, 1, 0, 1, 1, 0), [3, 2]))).rejects.toThrow(
      'wide.npy: has 2 columns; labels are one a row',
    );
    const table = 'id,kind\n1,a\n2,b\n3,a\n';
    await expect(refused('t.csv', table)).rejects.toThrow('pick a column by its header, as in "t.csv#id"');
    await expect(refused('t.csv#kin', table)).rejects.toThrow(
      't.csv: has no column "kin" (did you mean "kind"?); there are "id", "kind"',
    );
    await expect(refused('gap.csv#kind', 'id,kind\n1,a\n2,\n3,a\n')).rejects.toThrow('gap.csv#kind, row 2: is empty');
    await expect(load({ train: 'x.npy', labels: { train: 'nowhere.npy' } })).rejects.toThrow('nowhere.npy');
  });
});

describe('labels of one source', () => {
  const N = 40;
  const rows = Array.from({ length: N }, (_, i) => i);

  it('go where their rows go', async () => {
    await folder.write('all.npy', column(rows));
    await folder.write('of.npy', column(rows.map((i) => i % 3)));
    const dataset = await load({ source: 'all.npy', labels: { source: 'of.npy' } }, 5);
    for (const split of ['train', 'validation', 'test'] as const) {
      expect(named(dataset, split)).toEqual(valuesOf(dataset[split]).map((i) => String(i % 3)));
    }
    expect(valuesOf(dataset.train)).not.toEqual(rows.slice(0, 32));
  });

  it('may be a column, which is taken out of the rows, beside columns that are conditioned on', async () => {
    const cells = rows.flatMap((i) => [100 + i, i % 4, 200 + i, 300 + i]);
    await folder.write('table.npy', writeNpy(Float32Array.from(cells), [N, 4]));
    const dataset = await load({ source: 'table.npy', labels: { column: 1, names: ['p', 'q', 'r', 's'] } }, 5);
    expect([dataset.dimension, dataset.image]).toEqual([3, null]);
    const first = (matrix: Matrix | null) => valuesOf(matrix).filter((_, i) => i % 3 === 0);
    for (const split of ['train', 'validation', 'test'] as const) {
      expect(named(dataset, split)).toEqual(first(dataset[split]).map((value) => 'pqrs'[(value - 100) % 4]));
    }
    const both = await load({ source: 'table.npy', labels: { column: 1 }, context: { columns: [2] } }, 5);
    expect([both.dimension, both.train.context!.columns]).toEqual([2, 1]);
    expect([...both.train.values.subarray(0, 2)].map((value) => Math.floor(value / 100))).toEqual([1, 3]);
    expect(both.train.context!.values[0]! - both.train.values[0]!).toBe(100);
    // One column may be both.
    const same = await load({ source: 'table.npy', labels: { column: 1 }, context: { labelColumn: 1 } }, 5);
    expect([same.dimension, same.context!.size, same.labels!.count]).toEqual([3, 4, 4]);
    await folder.write('c.npy', column(rows));
    const file = await load({ source: 'table.npy', labels: { column: 1 }, context: { values: 'c.npy' } }, 5);
    expect([file.dimension, file.train.context!.values[0]]).toEqual([3, file.train.values[0]! - 100]);
    await expect(load({ source: 'table.npy', labels: { column: 4 } })).rejects.toThrow(
      'table.npy: has 4 columns, 0 … 3; there is no column 4 to take labels from',
    );
    await expect(load({ source: 'table.npy', labels: { column: 1 }, context: { columns: [0, 2, 3] } })).rejects.toThrow(
      'all 4 columns are labels or conditioned on',
    );
  });

  it('stay those of the generator where rows are generated', async () => {
    const { labels, validation } = await load({ generate: 'two-moons', rows: 100 }, 3);
    expect(labels!.names).toEqual(['lower moon', 'upper moon']);
    expect(labels!.validation).toHaveLength(validation!.rows);
  });
});
