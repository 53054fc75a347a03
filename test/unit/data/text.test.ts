import fc from 'fast-check';
import Papa from 'papaparse';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/data/dataset.ts';
import { readMatrix } from '../../../src/data/read.ts';
import { temporaryFolder } from './files.ts';

const folder = temporaryFolder();
const read = async (content: string | Uint8Array, name = 'table.csv', limitBytes = 2 ** 30) =>
  readMatrix(await folder.write(name, content), folder.path, { limitBytes });

async function failure(content: string | Uint8Array, limitBytes?: number): Promise<string> {
  const error: unknown = await read(content, 'table.csv', limitBytes).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error instanceof DataError ? error.message : '';
}

describe('text tables', () => {
  it.each([
    ['commas', '0,1,2\n3,4,5\n'],
    ['no line end at the end', '0,1,2\n3,4,5'],
    ['Windows line ends', '0,1,2\r\n3,4,5\r\n'],
    ['old Macintosh line ends', '0,1,2\r3,4,5\r'],
    ['semicolons', '0;1;2\n3;4;5\n'],
    ['tabs', '0\t1\t2\n3\t4\t5\n'],
    ['bars', '0|1|2\n3|4|5\n'],
    ['single blanks', '0 1 2\n3 4 5\n'],
    ['runs of blanks, before and after too', '  0   1 2  \n 3 4\t 5\n\n'],
    ['a header', 'a,b,c\n0,1,2\n3,4,5\n'],
    ['a header in quotes', '"a, first","b","c"\n0,1,2\n3,4,5\n'],
    ['a header between blanks', 'a b c\n0 1 2\n3 4 5\n'],
    ['quoted numbers', '"0","1","2"\n"3","4","5"\n'],
    ['blanks around numbers', ' 0, 1 ,2\n3 ,4,5\n'],
    ['blank lines and comments', '# from a script\n\n0,1,2\n   \n# half way\n3,4,5\n\n'],
    ['comments between blanks', '# 2 x 3\n0 1 2\n# more\n3 4 5\n'],
    ['a byte order mark', '\ufeff0,1,2\n3,4,5\n'],
    ['decimals', '0.0,1.,2e0\n+3,0.4e1,50e-1\n'],
  ])('are read with %s', async (_what, text) => {
    const expected = { rows: 2, columns: 3, shape: [2, 3], values: Uint8Array.of(0, 1, 2, 3, 4, 5) };
    expect(await read(text)).toEqual(expected);
    expect(await read(gzipSync(text), 'table.amat.gz')).toEqual(expected);
  });

  it('may have rows longer than the first look at the file', async () => {
    const row = Array.from({ length: 70_000 }, (_, i) => i % 10);
    expect(await read(`# wide\n${row.join(' ')}\n${row.join(' ')}\n`)).toMatchObject({ rows: 2, columns: 70_000 });
    expect(await read(row.join(','))).toMatchObject({ rows: 1, columns: 70_000 });
  });

  it('become floats where a value is no byte', async () => {
    expect((await read('1 2\n3 -0.5\n')).values).toEqual(Float32Array.of(1, 2, 3, -0.5));
    expect((await read('1,2\n3,256\n')).values).toEqual(Float32Array.of(1, 2, 3, 256));
  });

  it('may have a single column', async () => {
    expect(await read('1\n0\n1\n')).toMatchObject({ rows: 3, columns: 1 });
  });

  it.each<[string, string, RegExp]>([
    ['a ragged row', '1,2,3\n4,5\n', /^table\.csv, row 2 \(line 2\): has 2 columns; the first row has 3$/],
    ['a row too long', '1 2\n3 4 5\n', /row 2 \(line 2\): has 3 columns; the first row has 2/],
    ['a row unlike the header', 'a,b\n1,2,3\n', /row 1 \(line 2\): has 3 columns; the header has 2/],
    ['a word', '# c\n\n1,2\n3,x\n', /row 2 \(line 4\), column 2: "x" is not a number/],
    [
      'a word under a name',
      'age,income\n1,2\n3,high\n',
      /row 2 \(line 3\), column 2 \("income"\): "high" is not a number/,
    ],
    ['an empty cell', '1,2\n3,\n', /row 2 \(line 2\), column 2: is empty; every cell must be a finite number/],
    ['a missing value', '1,2\n?,3\n', /row 2 \(line 2\), column 1: is "\?"; every cell must be a finite number/],
    ['NA', '1 2\nNA 3\n', /column 1: is "NA"; every cell must be a finite number/],
    ['NaN', '1,2\nnan,3\n', /column 1: is "nan"/],
    ['infinity', '1,2\n3,-inf\n', /column 2: is "-inf"/],
    ['a number too large', '1,2\n3,1e39\n', /column 2: 1e39 does not fit a 32-bit float/],
    ['hexadecimal', '1,2\n3,0x10\n', /column 2: "0x10" is not a number/],
    ['decimal commas', '1,5;2,5\n3,5;4,5\n', /"1,5" is not a number \(decimals are written with a point\)/],
    ['missing in the first row', '1,NA\n3,4\n', /row 1 \(line 1\), column 2: is "NA"/],
    ['words beside numbers in the first row', '1,a\n3,4\n', /row 1 \(line 1\), column 2: "a" is not a number/],
    ['nothing but a header', 'a,b\n', /^table\.csv: holds no row of numbers$/],
    ['nothing but comments', '# a\n\n', /^table\.csv: holds no row of numbers$/],
    ['a quote left open', '1,2\n"3,4\n', /^table\.csv, line 2: quoted field/],
  ])('name file, row and column of %s', async (_what, text, message) => {
    expect(await failure(text)).toMatch(message);
  });

  it('must be UTF-8', async () => {
    expect(await failure(Uint8Array.of(0x61, 0xe9, 0x0a, 0x31, 0x0a))).toBe(
      'table.csv: is not text in UTF-8; save it as UTF-8',
    );
  });

  it('are limited in memory', async () => {
    const text = '1.5 2.5\n'.repeat(40_000);
    expect(await failure(text, 262_144)).toMatch(
      /table\.csv: takes more than 0\.000244 GiB in memory; keep fewer rows/,
    );
    expect(await read(text, 'table.csv', 640_000)).toMatchObject({ rows: 40_000 });
  });

  it('whose lines never end are refused before they fill the memory', async () => {
    const endless = Buffer.alloc(18 * 2 ** 20, '1');
    expect(await failure(endless)).toMatch(/its first line has more than 16777216 bytes/);
    expect(await failure(Buffer.concat([Buffer.from('1,2\n'), endless]))).toMatch(/has a line of more than 16777216/);
  });

  it('longer than one block are read whole, wherever lines and characters are cut', async () => {
    const row = (i: number) => [i % 7, i % 3, i % 255];
    const rows = 150_000;
    const expected = Array.from({ length: rows }, (_, i) => row(i)).flat();
    for (const [separator, end] of [
      [',', '\r\n'],
      [' ', '\n'],
    ] as const) {
      const text = Array.from({ length: rows }, (_, i) => row(i).join(separator)).join(end);
      expect(text.length).toBeGreaterThan(2 ** 20);
      const matrix = await read(text);
      expect(matrix.rows).toBe(rows);
      expect(Buffer.compare(matrix.values as Uint8Array, Uint8Array.from(expected))).toBe(0);
    }
  });

  it('come back from csv as other programs write it', async () => {
    const number = fc.oneof(
      fc.integer({ min: -1000, max: 1000 }),
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, 1),
    );
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((columns) =>
        fc.array(fc.array(number, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 8 }),
      );
    const options = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t'),
      newline: fc.constantFrom('\n', '\r\n'),
      quotes: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(table, options, async (rows, o) => {
        const matrix = await read(Papa.unparse(rows, o));
        expect(matrix.shape).toEqual([rows.length, rows[0]!.length]);
        expect(Array.from(matrix.values, (v) => v + 0)).toEqual(rows.flat().map((v) => Math.fround(v) + 0));
      }),
      { numRuns: 100 },
    );
  });
});
