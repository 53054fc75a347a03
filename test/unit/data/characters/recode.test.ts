import { describe, expect, it } from 'vitest';
import { codedAs, textRows } from '../../../../src/data/characters/recode.ts';
import { loadText } from '../../../../src/data/characters/textStream.ts';
import { DataError } from '../../../../src/data/dataset.ts';
import { temporaryFolder } from '../files.ts';

const folder = temporaryFolder();
const spec = { text: 'a.txt', length: 2, split: { train: 0.5, validation: 0.25, test: 0.25 } };

describe('a text in the characters of a run', () => {
  it('has their places for values, in every split', async () => {
    await folder.write('a.txt', 'bdbdddbb');
    const dataset = await loadText(spec, { baseFolder: folder.path });
    expect(Array.from(dataset.train.values)).toEqual([0, 1, 0, 1]);
    const coded = codedAs(dataset, ['a', 'b', 'c', 'd']);
    expect(Array.from(coded.train.values)).toEqual([1, 3, 1, 3]);
    expect(Array.from(coded.validation!.values)).toEqual([3, 3]);
    expect(Array.from(coded.test!.values)).toEqual([1, 1]);
    expect(coded.text!.characters).toEqual(['a', 'b', 'c', 'd']);
    // Nothing is copied where nothing changes.
    expect(codedAs(dataset, ['b', 'd'])).toBe(dataset);
  });

  it('counts in floats beyond 256 characters', async () => {
    await folder.write('a.txt', 'bdbdddbb');
    const many = ['b', 'd', ...Array.from({ length: 300 }, (_, i) => String.fromCodePoint(0x4e00 + i))];
    const { train } = codedAs(await loadText(spec, { baseFolder: folder.path }), many);
    expect(train.values).toBeInstanceOf(Float32Array);
  });

  it('names what the run knows nothing of', async () => {
    await folder.write('a.txt', 'bdbdddb\n');
    const dataset = await loadText(spec, { baseFolder: folder.path });
    const act = () => codedAs(dataset, ['a', 'b']);
    expect(act).toThrow(DataError);
    expect(act).toThrow(
      'a.txt: has line break and “d”, of which the run knows nothing: it was trained on a text of 2 characters without them',
    );
  });

  it('is read whole, of another file than the experiment’s', async () => {
    await folder.write('other.txt', 'ddbbd');
    const rows = await textRows('other.txt', { baseFolder: folder.path, length: 2, characters: ['a', 'b', 'd'] });
    expect(rows.rows).toBe(2);
    expect(Array.from(rows.values)).toEqual([2, 2, 1, 1]);
  });

  it('may have a single character, and has to fill a row', async () => {
    const options = { baseFolder: folder.path, length: 3, characters: ['a', 'b', 'd'] };
    await folder.write('dull.txt', 'bbbb');
    expect(Array.from((await textRows('dull.txt', options)).values)).toEqual([1, 1, 1]);
    await folder.write('short.txt', 'ab');
    await expect(textRows('short.txt', options)).rejects.toThrow(
      'short.txt: has 2 characters, less than a single row of the 3 that the model reads ("length"): take more text',
    );
  });
});
