/** How a text file is laid out, from its first lines: small, so that the editor can ask without loading the readers. */
import type { ByteReader } from './bytes.ts';
import { DataError } from './dataset.ts';

/** How a text file is cut into cells. */
export interface TextLayout {
  /** The character between cells; `null` for any run of blanks. */
  readonly delimiter: string | null;
  readonly columns: number;
  /** Names of the columns when the first row has them. */
  readonly names: readonly string[] | null;
}

const SAMPLE_BYTES = 1 << 16;
/** Eight million columns of one digit; without a limit a line that never ends would fill the memory. */
export const LONGEST_LINE_BYTES = 1 << 24;
const DELIMITERS = [';', '\t', '|', ','];

/** What the first lines of a text file tell. @throws DataError when they are no table of numbers. */
export async function readTextLayout(reader: ByteReader, where: string): Promise<TextLayout> {
  const lines = await firstLines(reader, where);
  const [line] = lines;
  if (line === undefined) throw new DataError(`${where}: holds no row of numbers`);
  const delimiter = delimiterOf(lines.slice(0, 20));
  const cells = delimiter === null ? line.trim().split(/\s+/) : splitCells(line, delimiter);
  const isHeader = cells.every((cell) => /\p{L}/u.test(cell) && numberOf(cell) === null && !isMissing(cell));
  return { delimiter, columns: cells.length, names: isHeader ? cells.map((cell) => cell.trim()) : null };
}

/** Numbers of the first lines, as far as they are whole rows of numbers; names of columns are left out. */
export async function firstRows(reader: ByteReader, { delimiter, columns, names }: TextLayout): Promise<number[][]> {
  const lines = (await firstLines(reader, '')).slice(names === null ? 0 : 1);
  const rows: number[][] = [];
  for (const line of lines) {
    const cells = delimiter === null ? line.trim().split(/\s+/) : splitCells(line, delimiter);
    const numbers = cells.map(numberOf);
    if (numbers.length !== columns || numbers.includes(null)) break;
    rows.push(numbers.map((value) => value!));
  }
  return rows;
}

/** Whole lines from the start of the file that are neither blank nor comments: one at least, if there is one. */
async function firstLines(reader: ByteReader, where: string): Promise<string[]> {
  for (let size = SAMPLE_BYTES; size <= LONGEST_LINE_BYTES; size *= 4) {
    const sample = await reader.peek(size);
    if (sample.includes(0)) throw new DataError(`${where}: is not text in UTF-8 (it holds zero bytes)`);
    // A character may be cut in two where the sample ends: streaming mode keeps silent about that.
    const text = decode(new TextDecoder('utf-8', { fatal: true }), sample, where);
    const all = text.split(/\r\n|\n|\r/);
    const ended = sample.length < size;
    const lines = (ended ? all : all.slice(0, -1)).filter((line) => line.trim() !== '' && !isComment(line));
    if (ended || lines.length > 0) return lines;
  }
  throw new DataError(`${where}: its first line has more than ${LONGEST_LINE_BYTES} bytes; no table of numbers has`);
}

/**
 * The first delimiter that all lines have; else the first that the first line has; else blanks. Papa Parse's own guess
 * takes the comma of decimals (1,5;2,5) for the delimiter, so commas come last.
 */
function delimiterOf(lines: readonly string[]): string | null {
  return (
    DELIMITERS.find((delimiter) => lines.every((line) => line.includes(delimiter))) ??
    DELIMITERS.find((delimiter) => lines[0]!.includes(delimiter)) ??
    null
  );
}

/** Cells of one line, quotes taken off; enough for a first look (reading is Papa Parse's task). */
function splitCells(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let quoted = false;
  let cell = '';
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  return [...cells, cell];
}

export function isComment(line: string): boolean {
  return line.startsWith('#');
}

export function isMissing(cell: string): boolean {
  return /^\s*(|\?|na|n\/a|nan|null|none|[+-]?inf(inity)?)\s*$/i.test(cell);
}

/** The number that a cell holds, or null: stricter than Number(), which takes '' for 0 and knows 0x10. */
export function numberOf(cell: string): number | null {
  const value = Number(cell);
  if (!Number.isFinite(value) || /^\s*([+-]?0[xXbBoO]|$)/.test(cell)) return null;
  return value;
}

export function decode(decoder: TextDecoder, bytes: Uint8Array | undefined, where: string): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch {
    throw new DataError(`${where}: is not text in UTF-8; save it as UTF-8`);
  }
}
