/** Texts in the characters of a run: numbers stand for the characters that it was trained on, whatever the text has now. */
import type { SplitName } from '../../spec/data.ts';
import { listCharacters } from '../../text/characters.ts';
import { plural } from '../../text/numbers.ts';
import { DataError, type Dataset, type Matrix } from '../dataset.ts';
import { loadText } from './textStream.ts';

/**
 * The rows of a text with the places of other characters as values; as they are where the characters are the same, and where
 * rows are no text.
 *
 * @param characters Those of the run, ascending.
 * @throws DataError when the text has a character that is none of them.
 */
export function codedAs(dataset: Dataset, characters: readonly string[]): Dataset {
  const { text } = dataset;
  if (!text || text.characters.join('') === characters.join('')) return dataset;
  const places = new Map(characters.map((character, place) => [character, place]));
  const unknown = text.characters.filter((character) => !places.has(character));
  if (unknown.length > 0) {
    throw new DataError(
      `${text.name}: has ${listCharacters(unknown)}, of which the run knows nothing: it was trained on a text of ` +
        `${plural(characters.length, 'character')} without ${unknown.length === 1 ? 'it' : 'them'}`,
    );
  }
  const coded = (matrix: Matrix): Matrix => {
    const values =
      characters.length <= 256 ? new Uint8Array(matrix.values.length) : new Float32Array(matrix.values.length);
    for (const [i, value] of matrix.values.entries()) values[i] = places.get(text.characters[value]!)!;
    return { ...matrix, values };
  };
  const held = (split: Exclude<SplitName, 'train'>) => dataset[split] && coded(dataset[split]);
  return {
    ...dataset,
    train: coded(dataset.train),
    validation: held('validation'),
    test: held('test'),
    text: { ...text, characters },
  };
}

/**
 * All rows of another text than the experiment's, in the characters of a run.
 * @throws DataError as {@link loadText} and {@link codedAs} do.
 */
export async function textRows(
  place: string,
  o: { readonly baseFolder: string; readonly length: number; readonly characters: readonly string[] },
): Promise<Matrix> {
  const spec = { text: place, length: o.length, split: { train: 1, validation: 0, test: 0 } };
  return codedAs(await loadText(spec, { baseFolder: o.baseFolder, scored: true }), o.characters).train;
}
