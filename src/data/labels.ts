/** Labels that rows are shown by and no model is given: read from files or taken out of the rows, made classes 0 … K − 1. */
import { resolve } from 'node:path';
import Papa from 'papaparse';
import type { SplitName } from '../spec/data.ts';
import { MOST_CLASSES } from '../spec/dataContext.ts';
import { parseLocation } from '../spec/location.ts';
import { suggestion } from '../spec/nearest.ts';
import { openDataFile, type ByteReader } from './bytes.ts';
import { DataError, type Labels, type Matrix } from './dataset.ts';
import { withFormat } from './format.ts';
import { readMatrix } from './read.ts';
import { decode, numberOf, readTextLayout } from './textLayout.ts';

/** Labels as they stand in the file, one a row: whole numbers, or words. */
export interface RawLabels {
  readonly values: readonly number[] | readonly string[];
  /** Names them in messages. */
  readonly where: string;
}

export interface LabelOptions {
  readonly baseFolder: string;
  readonly limitBytes?: number;
  /** The rows that they are labels of: how many, and what they are called. */
  readonly rows: number;
  readonly of: string;
}

/**
 * One label for each of the rows. Of a text with several columns `file#name` picks one by its header; a header of one column
 * is left out.
 * @throws DataError naming the file, how many labels and rows there are, and the row and value that is no label.
 */
export async function readLabels(location: string, o: LabelOptions): Promise<RawLabels> {
  const { file: name, array } = parseLocation(location);
  const file = await openDataFile(resolve(o.baseFolder, name), name);
  const words = await withFormat(file, (format, reader) =>
    format === 'text' ? readWords(reader, { where: name, column: array, rows: o.rows }) : Promise.resolve(null),
  );
  const values = words ?? (await readNumbers(location, o));
  if (values.length !== o.rows) {
    throw new DataError(
      `${location}: has ${values.length} labels; ${o.of}, whose rows they are of, has ${o.rows} rows`,
    );
  }
  return { values: wholeOrWords(values, location), where: location };
}

/** Labels among the columns of the rows. @throws DataError when there is no such column, or a label is no whole number. */
export function labelsOfColumn({ rows, columns, values }: Matrix, column: number, where: string): RawLabels {
  if (column >= columns) {
    throw new DataError(
      `${where}: has ${columns} columns, 0 … ${columns - 1}; there is no column ${column} to take labels from`,
    );
  }
  const own = Array.from({ length: rows }, (_, row) => values[row * columns + column]!);
  return { values: wholeOrWords(own, `${where}, column ${column + 1}`), where };
}

async function readNumbers(location: string, { baseFolder, limitBytes }: LabelOptions): Promise<number[]> {
  const { columns, values } = await readMatrix(location, baseFolder, limitBytes === undefined ? {} : { limitBytes });
  if (columns !== 1) {
    throw new DataError(`${location}: has ${columns} columns; labels are one a row, a whole number or a word`);
  }
  return Array.from(values);
}

interface WordsOptions {
  readonly where: string;
  /** Header of the column, or null for the only one. */
  readonly column: string | null;
  readonly rows: number;
}

/** Cells of one column of a text. */
async function readWords(reader: ByteReader, { where, column, rows }: WordsOptions): Promise<string[]> {
  const { delimiter, columns } = await readTextLayout(reader, where);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  for await (const bytes of reader.rest()) text += decode(decoder, bytes, where);
  text += decode(decoder, undefined, where);
  // Without a delimiter a line is a label, blanks and all.
  const separator = delimiter ?? (column === null ? '\n' : ' ');
  const lines = text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const table =
    separator === '\n'
      ? lines.map((line) => [unquoted(line.trim())])
      : Papa.parse<string[]>(lines.join('\n'), { delimiter: separator, newline: '\n' }).data.map((row) =>
          row.map((cell) => cell.trim()),
        );
  const [header, ...rest] = table as [string[], ...string[][]];
  if (column !== null) {
    const at = header.indexOf(column);
    if (at < 0) {
      const listed = header.map((one) => `"${one}"`).join(', ');
      throw new DataError(`${where}: has no column "${column}"${suggestion(column, header)}; there are ${listed}`);
    }
    return rest.map((row) => row[at] ?? '');
  }
  if (separator !== '\n') {
    throw new DataError(
      `${where}: has ${columns} columns; labels are one a row: pick a column by its header, as in "${where}#${header[0]!}"`,
    );
  }
  // A header is told by what it is not: a number among numbers, or by one line too many.
  const words = table.map(([cell]) => cell!);
  const isHeader =
    words.length > 1 &&
    numberOf(words[0]!) === null &&
    (words.slice(1).every((word) => numberOf(word) !== null) || words.length === rows + 1);
  return isHeader ? words.slice(1) : words;
}

const unquoted = (cell: string) => (/^".*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell);

/** All whole numbers, or all words. @throws DataError for a label that is neither. */
function wholeOrWords(values: readonly (number | string)[], where: string): readonly number[] | readonly string[] {
  const numbers = values.map((value) => (typeof value === 'number' ? value : numberOf(value)));
  const wordAt = numbers.findIndex((value) => value === null);
  if (wordAt >= 0) {
    const empty = values.findIndex((value) => value === '');
    if (empty >= 0) throw new DataError(`${where}, row ${empty + 1}: is empty; every row has a label`);
    return values.map(String);
  }
  const wrong = numbers.findIndex((value) => !Number.isInteger(value));
  if (wrong >= 0) {
    throw new DataError(`${where}, row ${wrong + 1}: is ${values[wrong]!}; labels are whole numbers or words`);
  }
  return numbers as number[];
}

/**
 * Classes 0 … K − 1 of the labels of all splits: those of `names`, in their order, else the labels that there are, from the
 * smallest, words by the alphabet.
 * @throws DataError for a label that is none of `names`, and for very many classes.
 */
export function classified(
  splits: Readonly<Record<SplitName, RawLabels | null>>,
  names: readonly string[] | undefined,
): Labels {
  const given = Object.values(splits).filter((one) => one !== null);
  const words = given.some(({ values }) => typeof values[0] === 'string');
  const found = new Set(given.flatMap(({ values }) => [...new Set<number | string>(values)]));
  if (found.size > MOST_CLASSES) {
    throw new DataError(
      `${given[0]!.where}: has ${found.size} different labels; at most ${MOST_CLASSES} are told apart`,
    );
  }
  const sorted = [...found].sort((a, b) =>
    words ? String(a).localeCompare(String(b), 'en', { numeric: true }) : Number(a) - Number(b),
  );
  const classes = names ?? sorted.map(String);
  const numbers = new Map<number | string, number>(
    names === undefined ? sorted.map((label, i) => [label, i]) : names.map((name, i) => [words ? name : i, i] as const),
  );
  const classOf = (label: number | string, row: number, where: string): number => {
    const own = numbers.get(label);
    if (own !== undefined) return own;
    const right = words
      ? `"names" has ${classes
          .slice(0, 8)
          .map((one) => `"${one}"`)
          .join(', ')}${classes.length > 8 ? ' …' : ''}`
      : `"names" has ${classes.length}, for the labels 0 … ${classes.length - 1}`;
    throw new DataError(`${where}, row ${row + 1}: is ${typeof label === 'string' ? `"${label}"` : label}; ${right}`);
  };
  const of = (raw: RawLabels | null) =>
    raw && Int32Array.from([...raw.values].map((label: number | string, row) => classOf(label, row, raw.where)));
  return {
    train: of(splits.train) ?? new Int32Array(0),
    validation: of(splits.validation),
    test: of(splits.test),
    count: classes.length,
    names: classes,
  };
}

/** Classes as a column, to be dealt out as the rows are. */
export const columnOf = (classes: Int32Array): Matrix => ({
  rows: classes.length,
  columns: 1,
  values: Float32Array.from(classes),
});
