import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { textStamp } from '../../../../src/data/characters/describeText.ts';
import { describeFile } from '../../../../src/data/describe.ts';
import { temporaryFolder } from '../files.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder.path, name);

describe('facts of a text', () => {
  it('counts characters and not bytes, and says whether the last line ends', async () => {
    await folder.write('a.txt', 'caf\u00e9\r\n');
    expect(await describeFile(at('a.txt'), 'text')).toEqual({
      exists: true,
      arrays: [],
      text: { characters: 5, distinct: ['\n', 'a', 'c', 'f', 'é'], endsLine: true },
      problem: null,
    });
    await folder.write('src/one.txt', 'ab');
    await folder.write('src/two.txt', 'c');
    expect((await describeFile(at('src'), 'text')).text).toEqual({
      characters: 4,
      distinct: ['\n', 'a', 'b', 'c'],
      endsLine: false,
    });
  });

  it('is not a table of numbers, unless it is taken for one', async () => {
    await folder.write('digits.txt', '0 1\n1 0\n');
    expect((await describeFile(at('digits.txt'))).arrays).toHaveLength(1);
    expect((await describeFile(at('digits.txt'), 'text')).arrays).toEqual([]);
  });

  it('tells what is wrong, as training would', async () => {
    await folder.write('old.txt', Buffer.from('caf\xe9', 'latin1'));
    expect(await describeFile(at('old.txt'), 'text')).toMatchObject({
      exists: true,
      problem:
        'old.txt, line 1, byte 3: is no UTF-8: it ends within a character, behind 0xE9 (in Latin-1 it is “é”). Save the file as UTF-8',
    });
    expect(await describeFile(at('none.txt'), 'text')).toMatchObject({
      exists: false,
      problem: expect.stringContaining('none.txt: there is no such file') as string,
    });
  });

  it('says nothing of what takes longer than a moment to read', async () => {
    await folder.write('long.txt', 'abcdefgh'.repeat(1_200_000));
    await folder.write('zipped.txt.gz', gzipSync(Buffer.alloc(80_000_000, 'ab')));
    for (const name of ['long.txt', 'zipped.txt.gz']) {
      expect(await describeFile(at(name), 'text')).toEqual({ exists: true, arrays: [], problem: null });
    }
  });

  it('is known anew when a file in a folder changes, which the folder itself does not show', async () => {
    await folder.write('changing/inner/a.txt', 'ab');
    const before = await textStamp(at('changing'));
    expect(await textStamp(at('changing'))).toBe(before);
    await folder.write('changing/inner/a.txt', 'cd');
    await utimes(at('changing/inner/a.txt'), 1, 1);
    expect(await textStamp(at('changing'))).not.toBe(before);
    expect(await textStamp(at('missing'))).toBeNull();
  });
});
