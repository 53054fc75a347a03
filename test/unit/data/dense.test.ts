import fc from 'fast-check';
import { zipSync } from 'fflate';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/data/dataset.ts';
import { writeNpy } from '../../../src/data/npy.ts';
import { writeNpz } from '../../../src/data/npz.ts';
import { readMatrix } from '../../../src/data/read.ts';
import { idxBytes, temporaryFolder, unpacked } from './files.ts';
import { numpyFiles, numpyOthers } from './numpyFiles.ts';

const folder = temporaryFolder();
const read = (location: string, limitBytes?: number) =>
  readMatrix(location, folder.path, limitBytes === undefined ? {} : { limitBytes });
const readOther = async (name: string) => read(await folder.write(`${name}.npy`, unpacked(numpyOthers[name]!)));

/** What went wrong; a DataError always. */
async function failure(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error instanceof DataError ? error.message : '';
}

describe('npy files of NumPy', () => {
  it.each(Object.keys(numpyFiles))('of type %s are read', async (type) => {
    const name = await folder.write(
      `${type.slice(1)}-${type.startsWith('>') ? 'big' : 'little'}.npy`,
      unpacked(numpyFiles[type]!),
    );
    const expected = type === '|b1' ? [0, 1, 1, 1, 1, 1] : [0, 1, 2, 3, 4, 5];
    const matrix = await read(name);
    expect([...matrix.values]).toEqual(expected);
    // Whole numbers up to 255 stay bytes, whatever they were.
    expect(matrix).toMatchObject({ rows: 2, columns: 3, shape: [2, 3] });
    expect(matrix.values).toBeInstanceOf(Uint8Array);
  });

  it('are read in Fortran order', async () => {
    for (const name of ['fortran', 'fortran-bytes']) {
      expect([...(await readOther(name)).values]).toEqual([0, 1, 2, 3, 4, 5]);
    }
    const images = await readOther('fortran3');
    expect(images).toMatchObject({ rows: 2, columns: 12, shape: [2, 3, 4] });
    expect([...images.values]).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  it('are read in versions 2 and 3, with one axis, and with values that are no bytes', async () => {
    expect([...(await readOther('version2')).values]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...(await readOther('version3')).values]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await readOther('one-axis')).toMatchObject({ rows: 3, columns: 1 });
    expect((await readOther('negative')).values).toEqual(Float32Array.of(-1, 300));
  });

  it.each([
    ['scalar', /^scalar\.npy: holds a single number; rows of numbers are needed/],
    ['no-rows', /no-rows\.npy: is empty, its shape is \[0, 3\]/],
    ['complex', /complex\.npy: holds complex numbers \(dtype '<c16'\); save it as numbers, such as array\.astype/],
    ['strings', /strings\.npy: holds text \(dtype '<U1'\)/],
    ['records', /records\.npy: is an array of records/],
    ['objects', /objects\.npy: holds Python objects, which are pickled code and never loaded \(dtype '\|O'\)/],
    ['nan', /nan\.npy, row 2, column 2: is NaN; every value must be a finite number/],
    ['infinity', /infinity\.npy, row 2, column 2: is -Infinity; every value must be a finite number/],
    ['huge', /huge\.npy, row 1, column 2: 1e\+40 does not fit a 32-bit float/],
  ])('that hold what cannot be used are refused: %s', async (name, message) => {
    expect(await failure(readOther(name))).toMatch(message);
  });
});

describe('npz files of NumPy', () => {
  it('give the array that is asked for', async () => {
    const name = await folder.write('two.npz', unpacked(numpyOthers.npz!));
    expect(await read(`${name}#train`)).toEqual({
      rows: 2,
      columns: 3,
      shape: [2, 3],
      values: Uint8Array.of(0, 1, 2, 3, 4, 5),
    });
    expect([...(await read(`${name}#test`)).values]).toEqual([0, 1, 2]);
    const packed = await folder.write('packed.npz', unpacked(numpyOthers['npz-compressed']!));
    expect(await read(`${packed}#train`)).toMatchObject({ rows: 100, columns: 3 });
    expect(await read(`${packed}#images`)).toMatchObject({ rows: 2, columns: 20, shape: [2, 4, 5] });
  });

  it('need no name when there is one array, and may be gzipped as well', async () => {
    const bytes = unpacked(numpyOthers['npz-one']!);
    expect(await read(await folder.write('one.npz', bytes))).toMatchObject({ rows: 2, columns: 2 });
    expect(await read(await folder.write('one.npz.gz', gzipSync(bytes)))).toMatchObject({ rows: 2, columns: 2 });
  });

  it('name their arrays when there is no such one', async () => {
    const name = await folder.write('names.npz', unpacked(numpyOthers.npz!));
    expect(await failure(read(`${name}#tran`))).toBe(
      'names.npz: has no array "tran" (did you mean "train"?); there are "train", "test"',
    );
    expect(await failure(read(name))).toBe('names.npz: holds 2 arrays, "train", "test"; pick one: names.npz#train');
    const empty = await folder.write('none.npz', zipSync({ 'readme.txt': Uint8Array.of(65) }));
    expect(await failure(read(empty))).toMatch(/none\.npz: is a zip archive without any array/);
  });

  it('are refused when damaged: cut off, altered, or lying about their sizes', async () => {
    const whole = writeNpz({
      a: { values: Uint8Array.from({ length: 3000 }, (_, i) => (i * i * 2654435761) >>> 24), shape: [100, 30] },
    });
    expect(await failure(read(await folder.write('cut.npz', whole.subarray(0, 500))))).toMatch(
      /cut\.npz: the archive is truncated or damaged/,
    );
    const altered = Uint8Array.from(whole);
    altered[600]! ^= 1;
    expect(await failure(read(await folder.write('altered.npz', altered)))).toMatch(
      /altered\.npz#a: (is damaged; its checksum|the archive is truncated or damaged)/,
    );
    // A stored entry whose bytes were changed can only be told by its checksum.
    const stored = zipSync({ 'a.npy': [writeNpy(Uint8Array.of(1, 2, 3, 4), [2, 2]), { level: 0 }] });
    const at = stored.indexOf(10, 30) + 1;
    expect([...stored.subarray(at, at + 4)]).toEqual([1, 2, 3, 4]);
    stored[at] = 9;
    expect(await failure(read(await folder.write('stored.npz', stored)))).toMatch(
      /stored\.npz#a: is damaged; its checksum/,
    );
    // The size that the archive's directory states for the entry, 24 bytes into its record.
    const liar = Uint8Array.from(whole);
    const record = Buffer.from(liar).indexOf('PK\x01\x02', 0, 'latin1');
    new DataView(liar.buffer).setUint32(record + 24, 0x7fffffff, true);
    expect(await failure(read(await folder.write('liar.npz', liar)))).toMatch(
      /liar\.npz#a: the archive is truncated or damaged/,
    );
  });
});

describe('sizes', () => {
  const claiming = (shape: readonly number[]) => {
    const bytes = writeNpy(new Float64Array(2), [2]);
    const text = Buffer.from(bytes.subarray(10, 128)).toString('latin1');
    const claimed =
      text
        .replace('(2,)', `(${shape.join(', ')})`)
        .trimEnd()
        .padEnd(117) + '\n';
    bytes.set(Buffer.from(claimed, 'latin1'), 10);
    return bytes;
  };

  it('are checked before anything is allocated', async () => {
    const name = await folder.write('claims.npy', claiming([1000000, 1000000]));
    expect(await failure(read(name))).toMatch(
      /claims\.npy: float64 of shape \[1000000, 1000000\] takes 3\.73e\+3 GiB in memory; at most 4\.00 GiB are read/,
    );
    expect(await failure(read(await folder.write('claims2.npy', claiming([10000, 1000]))))).toMatch(
      /claims2\.npy: is truncated; float64 of shape \[10000, 1000\] has 80000000 bytes, the file holds at most 144/,
    );
  });

  it('of gzipped files are bounded by what deflate can pack', async () => {
    const bomb = gzipSync(claiming([100000, 1000]));
    expect(await failure(read(await folder.write('bomb.npy.gz', bomb)))).toMatch(/bomb\.npy\.gz: is truncated/);
    const plausible = gzipSync(claiming([100, 4]));
    expect(await failure(read(await folder.write('short.npy.gz', plausible)))).toMatch(
      /short\.npy\.gz: is truncated; its header promises 400 values of shape \[100, 4\], it holds 2/,
    );
  });

  it('may be limited', async () => {
    const name = await folder.write('limited.npy', writeNpy(new Float32Array(100), [10, 10]));
    expect(await failure(read(name, 399))).toMatch(
      /limited\.npy: float32 of shape \[10, 10\] takes .* at most .* are read/,
    );
    expect(await read(name, 400)).toMatchObject({ rows: 10 });
  });

  it('must be those of the header', async () => {
    const bytes = writeNpy(Float32Array.of(1.5, 2.5), [2, 1]);
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(await failure(read(await folder.write('longer.npy', longer)))).toMatch(
      /longer\.npy: goes on after the 2 values that its header promises/,
    );
    for (const length of [3, 9, 40]) {
      expect(await failure(read(await folder.write('cut.npy', bytes.subarray(0, length))))).toMatch(/^cut\.npy: is /);
    }
    expect(await failure(read(await folder.write('cut.npy', bytes.subarray(0, bytes.length - 1))))).toMatch(
      /truncated/,
    );
  });
});

describe('npy headers', () => {
  const withHeader = (header: string, version = 1) => {
    const bytes = new Uint8Array(10 + header.length + 6);
    bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, header.length & 0xff, header.length >> 8]);
    bytes.set(Buffer.from(header, 'latin1'), 10);
    return bytes;
  };
  it('of other writers are understood', async () => {
    const header = `{"shape":(2L,3L),"fortran_order":False,"descr":"|u1"}\n`;
    expect(await read(await folder.write('old.npy', withHeader(header)))).toMatchObject({ rows: 2, columns: 3 });
  });
  it('that make no sense are refused', async () => {
    expect(await failure(read(await folder.write('v9.npy', withHeader('', 9))))).toMatch(
      /is npy version 9\.0; 1\.0 to 3\.0/,
    );
    expect(await failure(read(await folder.write('odd.npy', withHeader('{"a": 1}'))))).toMatch(
      /odd\.npy: its npy header cannot be understood: \{"a": 1\}/,
    );
    const long = withHeader('', 2);
    long.set([0xff, 0xff, 0xff, 0x7f], 8);
    expect(await failure(read(await folder.write('long.npy', long)))).toMatch(/header claims 2147483647 bytes/);
  });
});

describe('idx files', () => {
  it('are read in every type, gzipped or not', async () => {
    const bigEndian = (
      width: number,
      set: (view: DataView, at: number, value: number) => void,
      ...values: number[]
    ) => {
      const bytes = new Uint8Array(width * values.length);
      for (const [i, value] of values.entries()) set(new DataView(bytes.buffer), i * width, value);
      return bytes;
    };
    const cases: [number, Uint8Array, number[]][] = [
      [0x08, Uint8Array.of(1, 255), [1, 255]],
      [0x09, Uint8Array.of(1, 255), [1, -1]],
      [
        0x0b,
        bigEndian(
          2,
          (view, at, v) => {
            view.setInt16(at, v);
          },
          300,
          -2,
        ),
        [300, -2],
      ],
      [
        0x0c,
        bigEndian(
          4,
          (view, at, v) => {
            view.setInt32(at, v);
          },
          70000,
          -2,
        ),
        [70000, -2],
      ],
      [
        0x0d,
        bigEndian(
          4,
          (view, at, v) => {
            view.setFloat32(at, v);
          },
          0.5,
          -2,
        ),
        [0.5, -2],
      ],
      [
        0x0e,
        bigEndian(
          8,
          (view, at, v) => {
            view.setFloat64(at, v);
          },
          0.5,
          -2,
        ),
        [0.5, -2],
      ],
    ];
    for (const [type, values, expected] of cases) {
      const bytes = idxBytes(type, [2, 1], values);
      expect([...(await read(await folder.write(`t${type}-ubyte`, bytes))).values]).toEqual(expected);
      expect([...(await read(await folder.write(`t${type}.gz`, gzipSync(bytes)))).values]).toEqual(expected);
    }
    const images = idxBytes(
      0x08,
      [2, 2, 3],
      Uint8Array.from({ length: 12 }, (_, i) => i),
    );
    expect(await read(await folder.write('images-idx3-ubyte', images))).toMatchObject({
      rows: 2,
      columns: 6,
      shape: [2, 2, 3],
    });
  });

  it('are refused when cut off or lying', async () => {
    const bytes = idxBytes(0x08, [2, 3], new Uint8Array(6));
    expect(await failure(read(await folder.write('c-ubyte', bytes.subarray(0, 7))))).toMatch(
      /c-ubyte: is truncated within/,
    );
    expect(await failure(read(await folder.write('c-ubyte', bytes.subarray(0, 15))))).toMatch(
      /c-ubyte: is truncated; /,
    );
    const liar = idxBytes(0x0e, [4294967295, 4294967295], new Uint8Array(6));
    expect(await failure(read(await folder.write('l-ubyte', liar)))).toMatch(
      /takes .* GiB in memory; at most 4\.00 GiB/,
    );
  });
});

describe('files', () => {
  it('that are not there are named with what is near', async () => {
    await folder.write('digits.npz', unpacked(numpyOthers.npz!));
    expect(await failure(read('digit.npz#train'))).toBe(
      'digit.npz: there is no such file; in its folder there is "digits.npz"',
    );
    expect(await failure(read('sub/other.csv'))).toMatch(
      /sub\/other\.csv: there is no such file; looked for .*other\.csv/,
    );
    expect(await failure(read('.'))).toMatch(/is a folder; name a file in it/);
    expect(await failure(read('digits.npz/x'))).toMatch(/there is no such file/);
    expect(await failure(read('a\0b.npy'))).toMatch(/cannot be read/);
  });

  it('of other formats are refused with a way out', async () => {
    const of = async (name: string, start: string, rest = '') =>
      failure(read(await folder.write(name, Buffer.from(start + rest, 'latin1'))));
    expect(await of('a.mat', 'MATLAB 7.3 MAT-file')).toMatch(/a MATLAB file of version 7\.3.+'-v7'/);
    expect(await of('a.h5', '\x89HDF\r\n\x1a\n')).toMatch(/HDF5/);
    expect(await of('a.pkl', '\x80\x04\x95')).toMatch(/a Python pickle, which is code and never loaded/);
    expect(await of('a.csv', '\xff\xfe1\x00')).toMatch(/UTF-16; save it as UTF-8/);
    expect(await of('a.bin', 'abc\0def')).toMatch(/is of no format that is read: npy, npz, idx, mat, csv/);
    expect(await of('a.npy', '')).toMatch(/a\.npy: the file is empty/);
    expect(await failure(read(await folder.write('e.npy.gz', gzipSync(''))))).toMatch(/e\.npy\.gz: the file is empty/);
  });

  it('with one array take no name', async () => {
    const name = await folder.write('plain.npy', writeNpy(Uint8Array.of(1), [1, 1]));
    expect(await failure(read(`${name}#train`))).toBe('plain.npy: holds one array; leave out "#train"');
  });

  it('whose gzip stream is damaged say so', async () => {
    const whole = gzipSync(
      writeNpy(
        Uint8Array.from({ length: 999 }, (_, i) => (i * i * 2654435761) >>> 24),
        [333, 3],
      ),
    );
    expect(await failure(read(await folder.write('g.npy.gz', whole.subarray(0, 400))))).toMatch(
      /g\.npy\.gz: the gzip stream breaks off; the file is truncated/,
    );
    const altered = Uint8Array.from(whole);
    altered[altered.length - 6]! ^= 0xff;
    expect(await failure(read(await folder.write('h.npy.gz', altered)))).toMatch(
      /h\.npy\.gz: the gzip stream is damaged/,
    );
  });
});

describe('writing', () => {
  const arrays = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })).chain(([rows, columns]) => {
    const size = { minLength: rows * columns, maxLength: rows * columns };
    const finite = { noNaN: true, noDefaultInfinity: true };
    return fc
      .oneof(
        fc.uint8Array(size),
        fc.int32Array({ ...size, min: -(2 ** 24), max: 2 ** 24 }),
        fc.float32Array({ ...size, ...finite }),
        fc.float64Array({ ...size, ...finite, min: -3e38, max: 3e38 }),
      )
      .map((values) => ({ values, shape: [rows, columns] }));
  });

  it('npy and reading it back gives the same numbers', async () => {
    await fc.assert(
      fc.asyncProperty(arrays, async ({ values, shape }) => {
        const matrix = await read(await folder.write('trip.npy', writeNpy(values, shape)));
        expect(matrix.shape).toEqual(shape);
        // Negative zeros become zeros where everything is whole.
        expect([...matrix.values].map((v) => v + 0)).toEqual(Array.from(values, (v) => Math.fround(v) + 0));
      }),
      { numRuns: 60 },
    );
  });

  it('npz and reading it back gives the same numbers', async () => {
    await fc.assert(
      fc.asyncProperty(arrays, arrays, async (a, b) => {
        const name = await folder.write('trip.npz', writeNpz({ a, 'b c': b }));
        expect([...(await read(`${name}#a`)).values].map((v) => v + 0)).toEqual(
          Array.from(a.values, (v) => Math.fround(v) + 0),
        );
        expect((await read(`${name}#b c`)).shape).toEqual(b.shape);
      }),
      { numRuns: 30 },
    );
  });

  it('gives the same bytes each time, data aligned to 64', () => {
    const bytes = writeNpy(Float32Array.of(1, 2), [2]);
    expect((bytes.length - 8) % 64).toBe(0);
    expect(Buffer.from(bytes.subarray(10, 70)).toString('latin1')).toMatch(/^\{'descr': '<f4', .*'shape': \(2,\), \}/);
    const arrays = { a: { values: Uint8Array.of(1, 2), shape: [2, 1] } };
    expect(writeNpz(arrays)).toEqual(writeNpz(arrays));
    expect(() => writeNpy(new Uint8Array(3), [2, 2])).toThrow('3 values do not fill an array of shape [2, 2]');
  });

  it('survives damage anywhere with nothing but DataErrors', async () => {
    const whole = writeNpz({ a: { values: Float32Array.of(0.5, 1, 2, 3), shape: [2, 2] } });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.integer({ min: 0, max: whole.length }),
        async (at, value, length) => {
          const damaged = Uint8Array.from(whole).subarray(0, length);
          if (at < length) damaged[at] = value;
          const name = await folder.write('damaged.npz', damaged);
          const error: unknown = await read(`${name}#a`).then(
            () => null,
            (reason: unknown) => reason,
          );
          if (error !== null) expect(error).toBeInstanceOf(DataError);
        },
      ),
      { numRuns: 100 },
    );
  });
});
