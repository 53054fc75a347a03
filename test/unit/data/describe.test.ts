import { gzipSync } from 'node:zlib';
import { decode } from 'fast-png';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeFile } from '../../../src/data/describe.ts';
import { writeNpy } from '../../../src/data/npy.ts';
import { writeNpz } from '../../../src/data/npz.ts';
import { encodePngGrid } from '../../../src/data/png.ts';
import { idxBytes, temporaryFolder, unpacked } from './files.ts';
import { numpyFiles, numpyOthers } from './numpyFiles.ts';

const folder = temporaryFolder();
const facts = async (name: string, content: string | Uint8Array) =>
  describeFile(join(folder.path, await folder.write(name, content)));
/** Without what is said of the values. */
const headers = async (name: string, content: string | Uint8Array) => {
  const { arrays, ...rest } = await facts(name, content);
  return { ...rest, arrays: arrays.map(({ values: _, ...header }) => header) };
};

describe('describeFile', () => {
  it('tells arrays, shapes and types from headers', async () => {
    expect(await headers('a.npy', unpacked(numpyFiles['>f8']!))).toEqual({
      exists: true,
      arrays: [{ name: null, shape: [2, 3], rows: 2, columns: 3, dtype: 'float64' }],
      problem: null,
    });
    const npz = unpacked(numpyOthers['npz-compressed']!);
    const arrays = [
      { name: 'train', shape: [100, 3], rows: 100, columns: 3, dtype: 'uint8' },
      { name: 'images', shape: [2, 4, 5], rows: 2, columns: 20, dtype: 'float32' },
    ];
    expect((await headers('a.npz', npz)).arrays).toEqual(arrays);
    expect((await headers('a.npz.gz', gzipSync(npz))).arrays).toEqual(arrays);
    expect((await headers('i.gz', gzipSync(idxBytes(8, [5, 2, 2], new Uint8Array(20))))).arrays).toEqual([
      { name: null, shape: [5, 2, 2], rows: 5, columns: 4, dtype: 'uint8' },
    ]);
    expect((await headers('t.csv', 'a,b,c\n1,2,3\n')).arrays).toEqual([
      { name: null, shape: null, rows: null, columns: 3, dtype: 'text' },
    ]);
  });

  it('looks at the values with which every array begins', async () => {
    const cell = (row: number, column: number, value: number) => ({ row, column, value });
    const valuesOf = async (name: string, content: string | Uint8Array) =>
      (await facts(name, content)).arrays[0]?.values;
    const rows = writeNpy(Float32Array.of(0, 1, 1, 0.5, 7, 2), [2, 3]);
    const expected = {
      ...{ notBinary: cell(1, 0, 0.5), notLevel: cell(1, 0, 0.5), notUnit: cell(1, 1, 7) },
      ...{ largest: cell(1, 1, 7), grey: false },
    };
    expect(await valuesOf('v.npy', rows)).toEqual(expected);
    expect(await valuesOf('v.npy.gz', gzipSync(rows))).toEqual(expected);
    expect(await valuesOf('v.csv', 'a,b,c\n0,1,1\n0.5,7,2\n')).toEqual(expected);
    expect(
      await valuesOf('v.npz', writeNpz({ x: { values: Float32Array.of(0, 1, 1, 0.5, 7, 2), shape: [2, 3] } })),
    ).toEqual(expected);
    expect(await valuesOf('b.idx', idxBytes(8, [2, 2], Uint8Array.of(0, 1, 1, 200)))).toEqual({
      ...{ notBinary: cell(1, 1, 200), notLevel: null, notUnit: cell(1, 1, 200), largest: cell(1, 1, 200), grey: true },
    });
    // The last of many values is too far away.
    const many = new Float32Array(200_000);
    many[199_999] = 0.5;
    expect(await valuesOf('m.npy', writeNpy(many, [200_000, 1]))).toMatchObject({ notBinary: null });
  });

  it('reads no further than the header', async () => {
    const bytes = unpacked(numpyFiles['<f8']!);
    expect((await facts('cut.npy', bytes.subarray(0, 130))).problem).toBeNull();
  });

  it('says what is wrong instead of failing', async () => {
    expect(await describeFile(join(folder.path, 'a.npx'))).toEqual({
      exists: false,
      arrays: [],
      problem: expect.stringMatching(/^a\.npx: there is no such file; in its folder there is "a\.np[yz]"$/) as string,
    });
    const objects = await facts('o.npy', unpacked(numpyOthers.objects!));
    expect(objects).toMatchObject({ exists: true, arrays: [] });
    expect(objects.problem).toMatch(/^o\.npy: holds Python objects/);
  });
});

describe('encodePngGrid', () => {
  it('puts images side by side with a line between them', () => {
    const values = Uint8Array.of(1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24);
    const png = decode(encodePngGrid({ values, image: [2, 2], count: 3 }));
    expect(png).toMatchObject({ width: 5, height: 5, channels: 1, depth: 8 });
    expect([...png.data]).toEqual([
      ...[1, 2, 128, 11, 12],
      ...[3, 4, 128, 13, 14],
      ...[128, 128, 128, 128, 128],
      ...[21, 22, 128, 128, 128],
      ...[23, 24, 128, 128, 128],
    ]);
    expect(decode(encodePngGrid({ values, image: [2, 2], count: 3, across: 3 }))).toMatchObject({ width: 8 });
  });

  it('puts red, green and blue side by side as colours', () => {
    const values = Uint8Array.of(255, 0, 1, 0, 255, 2, 9, 8, 7, 6, 5, 4);
    const png = decode(encodePngGrid({ values, image: [1, 2, 3], count: 2, across: 1 }));
    expect(png).toMatchObject({ width: 2, height: 3, channels: 3 });
    expect([...png.data]).toEqual([255, 0, 1, 0, 255, 2, ...Array(6).fill(128), 9, 8, 7, 6, 5, 4]);
  });

  it('refuses sizes that do not agree', () => {
    expect(() => encodePngGrid({ values: new Uint8Array(5), image: [2, 2], count: 1 })).toThrow(RangeError);
  });
});
