import { gzipSync } from 'node:zlib';
import { decode } from 'fast-png';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeFile } from '../../../src/data/describe.ts';
import { encodePngGrid } from '../../../src/data/png.ts';
import { idxBytes, temporaryFolder, unpacked } from './files.ts';
import { numpyFiles, numpyOthers } from './numpyFiles.ts';

const folder = temporaryFolder();
const facts = async (name: string, content: string | Uint8Array) =>
  describeFile(join(folder.path, await folder.write(name, content)));

describe('describeFile', () => {
  it('tells arrays, shapes and types from headers', async () => {
    expect(await facts('a.npy', unpacked(numpyFiles['>f8']!))).toEqual({
      exists: true,
      arrays: [{ name: null, shape: [2, 3], rows: 2, columns: 3, dtype: 'float64' }],
      problem: null,
    });
    const npz = unpacked(numpyOthers['npz-compressed']!);
    const arrays = [
      { name: 'train', shape: [100, 3], rows: 100, columns: 3, dtype: 'uint8' },
      { name: 'images', shape: [2, 4, 5], rows: 2, columns: 20, dtype: 'float32' },
    ];
    expect((await facts('a.npz', npz)).arrays).toEqual(arrays);
    expect((await facts('a.npz.gz', gzipSync(npz))).arrays).toEqual(arrays);
    expect((await facts('i.gz', gzipSync(idxBytes(8, [5, 2, 2], new Uint8Array(20))))).arrays).toEqual([
      { name: null, shape: [5, 2, 2], rows: 5, columns: 4, dtype: 'uint8' },
    ]);
    expect((await facts('t.csv', 'a,b,c\n1,2,3\n')).arrays).toEqual([
      { name: null, shape: null, rows: null, columns: 3, dtype: 'text' },
    ]);
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
    const png = decode(encodePngGrid({ values, height: 2, width: 2, count: 3 }));
    expect(png).toMatchObject({ width: 5, height: 5, channels: 1, depth: 8 });
    expect([...png.data]).toEqual([
      ...[1, 2, 128, 11, 12],
      ...[3, 4, 128, 13, 14],
      ...[128, 128, 128, 128, 128],
      ...[21, 22, 128, 128, 128],
      ...[23, 24, 128, 128, 128],
    ]);
    expect(decode(encodePngGrid({ values, height: 2, width: 2, count: 3, across: 3 }))).toMatchObject({ width: 8 });
  });

  it('refuses sizes that do not agree', () => {
    expect(() => encodePngGrid({ values: new Uint8Array(5), height: 2, width: 2, count: 1 })).toThrow(RangeError);
  });
});
