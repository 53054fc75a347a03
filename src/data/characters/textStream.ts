/** From `"text": …` to rows: files to one stream of characters, cut in order into splits and rows. */
import { textCuts, textPlaces, type TextCut, type TextSpec } from '../../spec/dataText.ts';
import type { SplitName } from '../../spec/data.ts';
import { characterName } from '../../text/characters.ts';
import { formatCount, plural } from '../../text/numbers.ts';
import { DataError, type Dataset, type Matrix } from '../dataset.ts';
import { DEFAULT_LIMIT_BYTES } from '../read.ts';
import { checkShares, splitNames } from '../split.ts';
import { findFiles } from './textFiles.ts';
import { readFiles } from './readText.ts';

/** What each split is called in sentences. */
const splitWords: Readonly<Record<SplitName, string>> = {
  train: 'training',
  validation: 'validation',
  test: 'test',
};

/**
 * Rows of T characters, D = T, each value the place of its character among those of the whole text. Nothing is drawn: rows
 * stand in the order of the text, row i + 1 following on from row i.
 *
 * @throws DataError naming the file and what is wrong with it; a text of one character; splits too short for a row.
 */
export async function loadText(
  spec: TextSpec,
  o: {
    readonly baseFolder: string;
    readonly limitBytes?: number;
    /** Whether the text is only to be scored, by a model that knows other characters as well: any will do. */
    readonly scored?: boolean;
  },
): Promise<Dataset> {
  const places = textPlaces(spec);
  const name = namesText(places);
  checkShares(spec.split, name);
  const found = await findFiles(places, o.baseFolder);
  const { characters, values, files, notes } = await readFiles(found, o.limitBytes ?? DEFAULT_LIMIT_BYTES);
  if (values.length === 0) {
    const why = files.length === 0 && found.files.length === 0 ? 'no text file is in there' : 'the text is empty';
    throw new DataError(`${name}: ${why}${notes.length === 0 ? '' : `. ${notes.join(' ')}`}`);
  }
  const { scored = false } = o;
  if (characters.length < 2 && !scored) {
    throw new DataError(
      `${name}: every one of its ${plural(values.length, 'character')} is ${characterName(characters[0]!)}; there is nothing ` +
        'to predict in a text of one character',
    );
  }
  const cuts = textCuts(values.length, spec);
  const matrices = Object.fromEntries(
    splitNames.map((split) => [split, rowsOf(values, cuts[split], { split, spec, name, of: values.length, scored })]),
  ) as Record<SplitName, Matrix | null>;
  return {
    dimension: spec.length,
    image: null,
    train: matrices.train!,
    validation: matrices.validation,
    test: matrices.test,
    text: {
      characters,
      name,
      files,
      length: values.length,
      splits: Object.fromEntries(splitNames.map((split) => [split, matrices[split] && cuts[split]])) as Record<
        SplitName,
        TextCut | null
      >,
      notes: [...notes, ...leftovers(cuts, spec, values.length)],
    },
  };
}

interface Where {
  readonly split: SplitName;
  readonly spec: TextSpec;
  readonly name: string;
  /** Characters in all. */
  readonly of: number;
  readonly scored: boolean;
}

/** Rows of one split, in the text's own memory; null for a share of 0. */
function rowsOf(
  values: Matrix['values'],
  { from, characters, rows }: TextCut,
  { split, spec: { length, split: shares }, name, of, scored }: Where,
): Matrix | null {
  if (shares[split] === 0) return null;
  if (rows === 0) {
    if (scored) {
      throw new DataError(
        `${name}: has ${plural(of, 'character')}, less than a single row of the ${length} that the model reads ("length"): take more text`,
      );
    }
    const other = split === 'train' ? 'a larger share' : 'a larger share, or 0 to do without';
    throw new DataError(
      `${name}: ${shares[split]} of ${plural(of, 'character')} is ${formatCount(characters)} for ${splitWords[split]}, less ` +
        `than a single row of ${length} ("length"): take more text, shorter rows or ${other}`,
    );
  }
  return { rows, columns: length, values: values.subarray(from, from + rows * length) };
}

/** What of the text is not used, in words. */
function leftovers(cuts: Readonly<Record<SplitName, TextCut>>, { length, split }: TextSpec, of: number): string[] {
  const ends = splitNames.filter((name) => split[name] > 0 && cuts[name].left > 0);
  const used = splitNames.reduce((end, name) => Math.max(end, cuts[name].from + cuts[name].characters), 0);
  const parts = ends.map((name) => `${formatCount(cuts[name].left)} at the end of the ${splitWords[name]} text`);
  return [
    ...(parts.length === 0 ? [] : [`Characters that fill no row of ${length} are not used: ${parts.join(', ')}.`]),
    ...(used === of
      ? []
      : [`The shares of split leave ${plural(of - used, 'character')} at the end of the text unused.`]),
  ];
}

/** "input.txt", "src and notes.txt", "a.txt, b.txt and 3 others". */
function namesText(places: readonly string[]): string {
  if (places.length <= 2) return places.join(' and ');
  return places.length === 3
    ? `${places[0]!}, ${places[1]!} and ${places[2]!}`
    : `${places[0]!}, ${places[1]!} and ${places.length - 2} others`;
}
