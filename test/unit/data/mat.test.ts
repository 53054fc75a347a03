/** MATLAB's files, as SciPy writes them. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/data/dataset.ts';
import { describeFile } from '../../../src/data/describe.ts';
import { readMatrix } from '../../../src/data/read.ts';
import { temporaryFolder, unpacked } from './files.ts';
import { matFiles } from './matFiles.ts';

const folder = temporaryFolder();
const write = (name: string) => folder.write(`${name}.mat`, unpacked(matFiles[name]!));
const read = (location: string, limitBytes?: number) =>
  readMatrix(location, folder.path, limitBytes === undefined ? {} : { limitBytes });

async function failure(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error instanceof DataError ? error.message : '';
}

const types = Object.keys(matFiles).filter((name) => /^(u?int|float)\d+$/.test(name));

describe('mat files', () => {
  it.each(types)('of %s are read, by rows and by columns', async (type) => {
    const file = await write(type);
    const rows = await read(`${file}#x`);
    expect(rows).toMatchObject({ rows: 2, columns: 3, shape: [2, 3] });
    expect([...rows.values]).toEqual([0, 1, 2, 3, 4, 5]);
    const columns = await read(`${file}#x'`);
    expect(columns).toMatchObject({ rows: 3, columns: 2, shape: [3, 2] });
    expect([...columns.values]).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it('are read compressed, gzipped, and of true and false', async () => {
    const file = await write('compressed');
    expect([...(await read(`${file}#x`)).values]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...(await read(`${file}#y`)).values]).toEqual([0.5, 1.5]);
    await folder.write('twice.mat', gzipSync(unpacked(matFiles['uint8']!)));
    expect([...(await read('twice.mat#x')).values]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...(await read(`${await write('flag')}#x`)).values]).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it('are read with what they hold beside, matrices of several axes too', async () => {
    const file = await write('several');
    expect([...(await read(`${file}#x`)).values]).toEqual([0, 1, 2, 3, 4, 5]);
    const images = await read(`${file}#images`);
    expect(images).toMatchObject({ rows: 2, columns: 12, shape: [2, 3, 4] });
    expect([...images.values]).toEqual(Array.from({ length: 24 }, (_, i) => i));
    const turned = await read(`${file}#images'`);
    expect(turned).toMatchObject({ rows: 4, columns: 6, shape: [4, 3, 2] });
    expect([...turned.values].slice(0, 6)).toEqual([0, 12, 4, 16, 8, 20]);
    for (const [name, what] of [
      ['text', 'holds text'],
      ['cells', 'is a cell array'],
      ['sparse', 'is a sparse matrix; save full(x)'],
      ['complex', 'holds complex numbers; save real(x) or abs(x)'],
      ['s', 'is a structure'],
    ] as const) {
      expect(await failure(read(`${file}#${name}`))).toBe(
        `several.mat#${name}: ${what}; a matrix of numbers is needed`,
      );
    }
  });

  it('are refused where the location says too little, or what is not there', async () => {
    const file = await write('compressed');
    expect(await failure(read(file))).toBe(
      'compressed.mat: say which variable holds the rows, and whether a row is one of its rows or one of its columns: ' +
        "compressed.mat#x or compressed.mat#x'",
    );
    expect(await failure(read(`${file}#z`))).toContain(
      `compressed.mat: has no variable "z"; there are "x", "x'", "y", "y'"`,
    );
    expect(await failure(read(`${file}#x`, 5))).toContain('compressed.mat#x: uint8 of shape [2, 3] takes');
  });

  it('are refused when they are cut short or damaged, whatever sizes they claim', async () => {
    const whole = unpacked(matFiles['float64']!);
    for (const [bytes, words] of [
      [whole.slice(0, 100), 'is truncated within its header'],
      [whole.slice(0, 132), 'is truncated'],
      [whole.slice(0, 200), 'is truncated'],
    ] as const) {
      await folder.write('cut.mat', bytes);
      expect(await failure(read('cut.mat#x'))).toContain(words);
    }
    const changed = (at: number, value: number, from = whole) => {
      const bytes = Uint8Array.from(from);
      new DataView(bytes.buffer).setUint32(at, value, true);
      return bytes;
    };
    for (const [bytes, words] of [
      // The element's length, a length of the shape, the length of what kind it is.
      [changed(132, 0xfffffff0), 'a variable is to have 4294967280 bytes'],
      [changed(160, 0x7fffffff), 'is damaged'],
      [changed(140, 0x00ffffff), 'the kind of a variable is to have 16777215 bytes'],
      [changed(126, 0x20205858), 'its byte order is "XX"'],
    ] as const) {
      await folder.write('damaged.mat', bytes);
      expect(await failure(read('damaged.mat#x'))).toContain(words);
    }
    const compressed = unpacked(matFiles['compressed']!);
    await folder.write('zlib.mat', changed(150, 0xffffffff, compressed));
    expect(await failure(read('zlib.mat#x'))).toMatch(/zlib\.mat.*(truncated|damaged)/);
  });

  it('are described by their headers, each matrix both ways', async () => {
    const { arrays, problem } = await describeFile(`${folder.path}/${await write('several')}`);
    expect(problem).toBeNull();
    expect(arrays.map(({ name, rows, columns, dtype }) => [name, rows, columns, dtype])).toEqual([
      ['images', 2, 12, 'uint8'],
      ["images'", 4, 6, 'uint8'],
      ['x', 2, 3, 'uint8'],
      ["x'", 3, 2, 'uint8'],
    ]);
  });

  it('of version 7.3 are refused with what to do', async () => {
    await folder.write('new.mat', new TextEncoder().encode('MATLAB 7.3 MAT-file, Platform: GLNXA64'.padEnd(200)));
    expect(await failure(read('new.mat#x'))).toBe(
      "new.mat: is a MATLAB file of version 7.3, which is HDF5; in MATLAB, save('x.mat', 'name', '-v7')",
    );
  });
});
