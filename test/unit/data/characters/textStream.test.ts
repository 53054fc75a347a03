import fc from 'fast-check';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findFiles } from '../../../../src/data/characters/textFiles.ts';
import { DataError, type Dataset, type Matrix } from '../../../../src/data/dataset.ts';
import { loadDataset } from '../../../../src/data/load.ts';
import { dataSpec } from '../../../../src/spec/data.ts';
import { temporaryFolder } from '../files.ts';

const folder = temporaryFolder();
const WHOLE = { train: 1, validation: 0, test: 0 };

const load = (spec: object, limitBytes?: number): Promise<Dataset> =>
  loadDataset(dataSpec.parse(spec), {
    baseFolder: folder.path,
    seed: 1,
    ...(limitBytes !== undefined && { limitBytes }),
  });

async function failure(spec: object, limitBytes?: number): Promise<string> {
  const error: unknown = await load(spec, limitBytes).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message;
}

/** The rows as strings again. */
function rowsOf({ text }: Dataset, { rows, columns, values }: Matrix): string[] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns), (value) => text!.characters[value]!).join(''),
  );
}

/** The whole text that comes of a file with this content. */
async function textOf(content: string | Uint8Array): Promise<string> {
  await folder.write('whole.txt', content);
  const { train, text } = await load({ text: 'whole.txt', length: 1, split: WHOLE });
  return Array.from(train.values, (value) => text!.characters[value]!).join('');
}

describe('text as rows', () => {
  it('is cut in its order, characters by their code points, left-overs told', async () => {
    await folder.write('letters.txt', 'abcdefghijklmnopqrstuvwxyzabcd');
    const dataset = await load({ text: 'letters.txt', length: 4, split: { train: 0.5, validation: 0.3, test: 0.2 } });
    expect(dataset.dimension).toBe(4);
    expect(dataset.image).toBeNull();
    expect(rowsOf(dataset, dataset.train)).toEqual(['abcd', 'efgh', 'ijkl']);
    expect(rowsOf(dataset, dataset.validation!)).toEqual(['pqrs', 'tuvw']);
    expect(rowsOf(dataset, dataset.test!)).toEqual(['yzab']);
    expect(dataset.train.values).toBeInstanceOf(Uint8Array);
    expect(Array.from(dataset.train.values.subarray(0, 4))).toEqual([0, 1, 2, 3]);
    const { characters, name, files, length, splits, notes } = dataset.text!;
    expect(characters.join('')).toBe('abcdefghijklmnopqrstuvwxyz');
    expect({ name, files, length }).toEqual({
      name: 'letters.txt',
      files: [{ name: 'letters.txt', characters: 30 }],
      length: 30,
    });
    expect(splits).toEqual({
      train: { from: 0, characters: 15, rows: 3, left: 3 },
      validation: { from: 15, characters: 9, rows: 2, left: 1 },
      test: { from: 24, characters: 6, rows: 1, left: 2 },
    });
    expect(notes).toEqual([
      'Characters that fill no row of 4 are not used: 3 at the end of the training text, 1 at the end of the validation text, 2 at the end of the test text.',
    ]);
  });

  it('leaves splits of share 0 out, and what the shares leave', async () => {
    await folder.write('ten.txt', 'abcdefghij');
    const { train, validation, test, text } = await load({
      text: 'ten.txt',
      length: 2,
      split: { train: 0.4, validation: 0, test: 0.4 },
    });
    expect([train.rows, validation, test!.rows]).toEqual([2, null, 2]);
    expect(text!.splits.validation).toBeNull();
    // Characters of what is not used belong to the vocabulary all the same.
    expect(text!.characters).toHaveLength(10);
    expect(text!.notes).toEqual(['The shares of split leave 2 characters at the end of the text unused.']);
  });

  it('loses nothing of any text, whatever it is cut into', async () => {
    const letters = fc.constantFrom('a', 'b', '\n', 'é', 'e\u0301', '世', '😀', '👩‍🔬', '\u{10ffff}');
    await fc.assert(
      fc.asyncProperty(fc.array(letters, { minLength: 2 }), fc.integer({ min: 1, max: 5 }), async (list, length) => {
        const text = `ab${list.join('')}`;
        const points = Array.from(text);
        fc.pre(points.length >= length);
        await folder.write('any.txt', text);
        const dataset = await load({ text: 'any.txt', length, split: WHOLE });
        const used = Math.floor(points.length / length) * length;
        expect(rowsOf(dataset, dataset.train).join('')).toBe(points.slice(0, used).join(''));
        expect(dataset.text!.characters).toEqual(
          [...new Set(points)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('counts places of more than 256 characters in floats', async () => {
    // Descending, so that every place changes when the last, and least, has come.
    const points = Array.from({ length: 3000 }, (_, i) => String.fromCodePoint(0x4e00 + 2999 - i));
    await folder.write('many.txt', points.join(''));
    const dataset = await load({ text: 'many.txt', length: 100, split: WHOLE });
    expect(dataset.train.values).toBeInstanceOf(Float32Array);
    expect(rowsOf(dataset, dataset.train).join('')).toBe(points.join(''));
    expect(dataset.train.values[0]).toBe(2999);
  });
});

describe('reading text', () => {
  it('takes a code point for a character, not a UTF-16 unit, and tells of combining marks', async () => {
    await folder.write('marks.txt', 'e\u0301😀e\u0301😀');
    const { train, text } = await load({ text: 'marks.txt', length: 6, split: WHOLE });
    expect(text!.characters).toEqual(['e', '\u0301', '😀']);
    expect(Array.from(train.values)).toEqual([0, 1, 2, 0, 1, 2]);
    expect(text!.notes).toEqual([
      '2 combining marks, accents and the like behind their letter, are characters of their own.',
    ]);
  });

  it('reads line ends as \\n, however they are written, also where a piece of the file ends', async () => {
    expect(await textOf('a\r\nb\rc\nd\r\n\r\ne\r')).toBe('a\nb\nc\nd\n\ne\n');
    // Files come in pieces of a mebibyte: here one ends between \r and \n, and one within a character.
    const long = `${'x'.repeat((1 << 20) - 1)}\r\ny${'z'.repeat((1 << 20) - 5)}é`;
    expect(await textOf(long)).toBe(long.replace('\r\n', '\n'));
    const { text } = await load({ text: 'whole.txt', length: 1, split: WHOLE });
    expect(text!.notes).toEqual(['1 line end written \\r\\n or \\r is read as \\n.']);
  });

  it('takes a byte order mark off, and leaves the same character elsewhere', async () => {
    expect(await textOf('\ufeffab\ufeffc')).toBe('ab\ufeffc');
    const { text } = await load({ text: 'whole.txt', length: 1, split: WHOLE });
    expect(text!.notes).toEqual(['A byte order mark is taken off whole.txt.']);
  });

  it('counts the characters of each file, those of one without any text as none', async () => {
    await folder.write('parts/a.txt', 'abc');
    await folder.write('parts/b.txt', '\ufeff');
    await folder.write('parts/c.txt', 'bca');
    const { text } = await load({ text: ['parts/a.txt', 'parts/b.txt', 'parts/c.txt'], length: 1, split: WHOLE });
    expect(text!.length).toBe(7);
    expect(text!.files).toEqual([
      { name: 'parts/a.txt', characters: 4 },
      { name: 'parts/c.txt', characters: 3 },
    ]);
  });

  it('unpacks gzip', async () => {
    expect(await textOf(gzipSync('hello, hello'))).toBe('hello, hello');
  });

  it('tells of characters that an earlier conversion lost', async () => {
    await folder.write('lost.txt', 'caf\ufffd');
    expect((await load({ text: 'lost.txt', length: 1, split: WHOLE })).text!.notes).toEqual([
      'U+FFFD, which stands for characters that were lost in a conversion, occurs 1 time.',
    ]);
  });

  it.each([
    [
      'Latin-1',
      Buffer.from('one\r\ntwo\ncaf\xe9!\n', 'latin1'),
      'bad.txt, line 3, byte 12: is no UTF-8: the byte 0xE9 begins a character that 0x21 does not go on with (in Latin-1 it is “é”). Save the file as UTF-8',
    ],
    [
      'a character that breaks off at the end',
      Buffer.from([0x61, 0x0a, 0xe2, 0x82]),
      'bad.txt, line 2, byte 2: is no UTF-8: it ends within a character, behind 0xE2 (in Latin-1 it is “â”). Save the file as UTF-8',
    ],
    ['a zero byte', Buffer.from('ab\0c'), 'bad.txt, line 1, byte 2: is no text: it holds a zero byte'],
    ['UTF-16', Buffer.from('\ufeffab', 'utf16le'), 'bad.txt: is text in UTF-16; save it as UTF-8'],
    [
      'an array of numbers',
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      'bad.txt: is an array of numbers (npy), no text; it belongs under "source" or "train"',
    ],
    ['nothing', Buffer.from(''), 'bad.txt: the file is empty'],
    [
      'a byte order mark alone',
      Buffer.from('\ufeff'),
      'bad.txt: the text is empty. A byte order mark is taken off bad.txt.',
    ],
    [
      'one character',
      Buffer.from('aaaa'),
      'bad.txt: every one of its 4 characters is “a”; there is nothing to predict in a text of one character',
    ],
  ])('refuses %s', async (_, bytes, message) => {
    await folder.write('bad.txt', bytes);
    expect(await failure({ text: 'bad.txt', length: 1 })).toBe(message);
  });

  it('counts bytes and lines over all pieces of a large file', async () => {
    const lines = 'line\r\n'.repeat(200_000);
    await folder.write('bad.txt', Buffer.concat([Buffer.from(lines), Buffer.from([0xff])]));
    expect(await failure({ text: 'bad.txt' })).toMatch(/^bad\.txt, line 200001, byte 1,200,000: is no UTF-8/);
  });

  it('names what is missing, with a name that is near', async () => {
    await folder.write('corpus.txt', 'ab');
    expect(await failure({ text: 'corpsu.txt' })).toBe(
      'corpsu.txt: there is no such file; in its folder there is "corpus.txt"',
    );
  });

  it('refuses what does not fit in memory before any of it is read, and what turns out not to', async () => {
    await folder.write('big.txt', 'ab'.repeat(600));
    expect(await failure({ text: 'big.txt' }, 1000)).toMatch(
      /^big\.txt: 1 file of .* \(the largest is big\.txt\) take more than .* in memory; name fewer$/,
    );
    await folder.write('zipped.txt', gzipSync('ab'.repeat(6000)));
    expect(await failure({ text: 'zipped.txt' }, 1000)).toMatch(/^zipped\.txt: the text takes more than .* in memory/);
    // Within the limit as bytes, and beyond it once there are more than 256 characters.
    const many = Array.from({ length: 300 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('');
    await folder.write('wide.txt', many);
    expect(await failure({ text: 'wide.txt' }, 1000)).toMatch(/^wide\.txt: the text takes more than/);
    expect((await load({ text: 'wide.txt', length: 10, split: WHOLE }, 4000)).train.rows).toBe(30);
  });
});

describe('splits of a text', () => {
  it('refuses one that is too short for a row, with what would be right', async () => {
    await folder.write('short.txt', 'ab'.repeat(150));
    expect(await failure({ text: 'short.txt' })).toBe(
      'short.txt: 0.1 of 300 characters is 30 for validation, less than a single row of 64 ("length"): take more text, shorter rows or a larger share, or 0 to do without',
    );
    expect(await failure({ text: 'short.txt', length: 400 })).toBe(
      'short.txt: 0.8 of 300 characters is 240 for training, less than a single row of 400 ("length"): take more text, shorter rows or a larger share',
    );
    expect(await failure({ text: 'short.txt', length: 3, split: { train: 0.99, validation: 0.2 } })).toMatch(
      /the shares of split add up to 1\.29/,
    );
    expect(await failure({ text: 'short.txt', length: 3, split: { train: 0 } })).toMatch(/no row to train on/);
  });
});

describe('text of folders', () => {
  it('reads text files by their paths and tells what it leaves out', async () => {
    await folder.write('src/b.txt', 'second');
    await folder.write('src/a/z.txt', 'first\n');
    await folder.write('src/c.txt', 'third');
    await folder.write('src/empty.txt', '');
    await folder.write('src/.hidden', 'no');
    await folder.write('src/.git/config', 'no');
    await folder.write('src/node_modules/x/index.js', 'no');
    await folder.write('src/logo.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]));
    await folder.write('src/packed.gz', gzipSync('no'));
    await folder.write('src/my.lens.json', '{}');
    await folder.write('src/runs/my/one/run.json', '{}');
    await folder.write('src/runs/my/one/metrics.jsonl', '{}');
    await symlink(join(folder.path, 'src'), join(folder.path, 'src', 'round'));
    const dataset = await load({ text: 'src/', length: 1, split: WHOLE });
    expect(rowsOf(dataset, dataset.train).join('')).toBe('first\nsecond\nthird');
    expect(dataset.text!.files).toEqual([
      { name: 'src/a/z.txt', characters: 6 },
      { name: 'src/b.txt', characters: 7 },
      { name: 'src/c.txt', characters: 5 },
    ]);
    const [left, ...rest] = dataset.text!.notes;
    for (const part of [
      '2 hidden (',
      'src/.git',
      'src/.hidden',
      '1 folder of installed packages (src/node_modules)',
      '1 symbolic link (src/round)',
      '1 experiment (src/my.lens.json)',
      '1 folder of a run (src/runs/my/one)',
      '2 binary (src/logo.png, src/packed.gz)',
    ]) {
      expect(left).toContain(part);
    }
    expect(rest).toEqual(['A line end is put between files where the first has none: 1 time.']);
  });

  it('sorts by code units, whatever the language of the machine', async () => {
    for (const name of ['Z.txt', 'a.txt', 'B.txt', 'ä.txt']) await folder.write(`sorted/${name}`, 'xy');
    const { files } = await findFiles(['sorted'], folder.path);
    expect(files.map(({ name }) => name)).toEqual(['sorted/B.txt', 'sorted/Z.txt', 'sorted/a.txt', 'sorted/ä.txt']);
  });

  it('reads several places in the order they are named', async () => {
    await folder.write('one.txt', 'one\n');
    await folder.write('more/two.txt', 'two\n');
    const dataset = await load({ text: ['one.txt', 'more', 'letters.txt'], length: 1, split: WHOLE });
    expect(rowsOf(dataset, dataset.train).join('')).toBe('one\ntwo\nabcdefghijklmnopqrstuvwxyzabcd');
    expect(dataset.text!.name).toBe('one.txt, more and letters.txt');
    expect(dataset.text!.notes).toEqual([]);
  });

  it('refuses a file that is read twice, by whatever name', async () => {
    await folder.write('twice/a.txt', 'abc');
    expect(await failure({ text: ['twice', './twice/a.txt'] })).toBe(
      './twice/a.txt: ./twice/a.txt would be read twice, for "twice" and for "./twice/a.txt", and text that is trained on would be there again to be scored; name it once',
    );
  });

  it('names the file in it that is no UTF-8', async () => {
    await folder.write('mixed/good.txt', 'good');
    await folder.write('mixed/old.c', Buffer.from('// caf\xe9\n', 'latin1'));
    expect(await failure({ text: 'mixed' })).toMatch(/^mixed\/old\.c, line 1, byte 6: is no UTF-8/);
  });

  it('says so where there is no text at all', async () => {
    await mkdir(join(folder.path, 'nothing'));
    expect(await failure({ text: 'nothing' })).toBe('nothing: no text file is in there');
    await folder.write('pictures/a.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]));
    expect(await failure({ text: 'pictures' })).toBe(
      'pictures: the text is empty. Left out of folders: 1 binary (pictures/a.png).',
    );
  });

  it('stops at more files than any text has', async () => {
    for (const name of ['1', '2', '3']) await folder.write(`crowd/${name}`, 'xy');
    await expect(findFiles(['crowd'], folder.path, 2)).rejects.toThrow(
      'crowd: holds more than 2 files; name a folder within it',
    );
  });
});
