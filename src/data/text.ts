/**
 * Tables of numbers in text: csv and its relatives through Papa Parse, columns between blanks (amat, the output of
 * numpy.savetxt) by a scan of the line. Read block by block; bytes are kept as bytes.
 */
import Papa from 'papaparse';
import type { ByteReader } from './bytes.ts';
import { DataError } from './dataset.ts';
import { largestFloat, type ShapedMatrix } from './matrix.ts';
import {
  decode,
  isComment,
  isMissing,
  LONGEST_LINE_BYTES,
  numberOf,
  readTextLayout,
  type TextLayout,
} from './textLayout.ts';

/**
 * @param missing Whether cells may be empty, or say that there is no value: NaN.
 * @throws DataError naming `where`, the line and column, the value found and what would be right.
 */
export async function readText(
  reader: ByteReader,
  where: string,
  limitBytes: number,
  missing = false,
): Promise<ShapedMatrix> {
  const layout = await readTextLayout(reader, where);
  const table = new Table(layout, where, limitBytes, missing);
  for await (const block of lineBlocks(reader, where)) table.add(block);
  return table.finish();
}

/** Text in blocks that end where a line ends, without their last line end, so that each splits into whole lines. */
async function* lineBlocks(reader: ByteReader, where: string): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let heldReturn = '';
  for await (const bytes of reader.rest()) {
    // \r\n may be cut in two: a \r at the end waits for what follows.
    let text = heldReturn + decode(decoder, bytes, where);
    heldReturn = text.endsWith('\r') ? '\r' : '';
    text = rest + text.slice(0, text.length - heldReturn.length).replace(/\r\n?/g, '\n');
    const end = text.lastIndexOf('\n');
    rest = text.slice(end + 1);
    if (rest.length > LONGEST_LINE_BYTES) {
      throw new DataError(
        `${where}: has a line of more than ${LONGEST_LINE_BYTES} characters; no table of numbers has`,
      );
    }
    if (end >= 0) yield text.slice(0, end);
  }
  rest += decode(decoder, undefined, where);
  if (rest !== '') yield rest;
}

/** Rows of cells, one for each line of the block. */
function parseBlock(block: string, delimiter: string, where: string, firstLine: number): string[][] {
  const { data, errors } = Papa.parse<string[]>(block, { delimiter, newline: '\n' });
  const [error] = errors;
  if (error !== undefined) {
    throw new DataError(`${where}, line ${firstLine + (error.row ?? 0)}: ${error.message.toLowerCase()}`);
  }
  return data;
}

/** Collects the rows of a table. */
class Table {
  readonly #layout: TextLayout;
  readonly #where: string;
  readonly #limitBytes: number;
  readonly #missing: boolean;
  #values: Uint8Array | Float32Array = new Uint8Array(1 << 16);
  #length = 0;
  #rows = 0;
  /** Lines before the block that is being read. */
  #lines = 0;
  #headerSeen: boolean;

  constructor(layout: TextLayout, where: string, limitBytes: number, missing: boolean) {
    this.#layout = layout;
    this.#where = where;
    this.#limitBytes = limitBytes;
    this.#missing = missing;
    this.#headerSeen = layout.names === null;
  }

  add(block: string): void {
    if (this.#layout.delimiter === null) this.#addBlankSeparated(block);
    else this.#addSeparated(block, this.#layout.delimiter);
  }

  finish(): ShapedMatrix {
    const { columns } = this.#layout;
    if (this.#rows === 0) throw new DataError(`${this.#where}: holds no row of numbers`);
    return { rows: this.#rows, columns, shape: [this.#rows, columns], values: this.#values.slice(0, this.#length) };
  }

  #addSeparated(block: string, delimiter: string): void {
    for (const cells of parseBlock(block, delimiter, this.#where, this.#lines + 1)) {
      this.#lines += 1;
      const blank = cells.length === 1 && cells[0]!.trim() === '';
      if (blank || isComment(cells[0]!)) continue;
      if (!this.#headerSeen) {
        this.#headerSeen = true;
        continue;
      }
      this.#makeRoom();
      for (const [column, cell] of cells.entries()) this.#push(cell, column);
      this.#endRow(cells.length);
    }
  }

  #addBlankSeparated(block: string): void {
    for (const line of block.split('\n')) {
      this.#lines += 1;
      if (isComment(line)) continue;
      let column = 0;
      for (let at = 0; at < line.length;) {
        // Blanks and tabs; a line of nothing else is no row.
        if (line.charCodeAt(at) <= 32) {
          at += 1;
          continue;
        }
        let end = at + 1;
        while (end < line.length && line.charCodeAt(end) > 32) end += 1;
        if (this.#headerSeen) {
          if (column === 0) this.#makeRoom();
          this.#push(line.slice(at, end), column);
        }
        column += 1;
        at = end;
      }
      if (column === 0) continue;
      if (this.#headerSeen) this.#endRow(column);
      this.#headerSeen = true;
    }
  }

  /** Room for one more row. */
  #makeRoom(): void {
    const needed = this.#length + this.#layout.columns;
    if (needed <= this.#values.length) return;
    const length = Math.max(needed, this.#values.length * 2);
    const bytes = needed * this.#values.BYTES_PER_ELEMENT;
    if (bytes > this.#limitBytes) {
      const limit = (this.#limitBytes / 2 ** 30).toPrecision(3);
      throw new DataError(`${this.#where}: takes more than ${limit} GiB in memory; keep fewer rows`);
    }
    const larger = this.#values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
    larger.set(this.#values);
    this.#values = larger;
  }

  #push(cell: string, column: number): void {
    // Cells beyond the table's width are counted, and refused when the row ends.
    if (column >= this.#layout.columns) return;
    const code = cell.charCodeAt(0);
    // Binary data is most of what there is: one digit needs no parser.
    const value = cell.length === 1 && code >= 48 && code <= 57 ? code - 48 : this.#parse(cell, column);
    // Values that are no bytes turn the whole table into floats.
    if (this.#values instanceof Uint8Array && (value & 0xff) !== value) this.#values = Float32Array.from(this.#values);
    this.#values[this.#length + column] = value;
  }

  #parse(cell: string, column: number): number {
    const value = numberOf(cell);
    if (value !== null && Math.abs(value) <= largestFloat) return value;
    if (this.#missing && isMissing(cell) && !/inf/i.test(cell)) return NaN;
    const name = this.#layout.names?.[column];
    const place = `${this.#where}, row ${this.#rows + 1} (line ${this.#lines}), column ${column + 1}`;
    const named = name === undefined ? place : `${place} ("${name}")`;
    const shown = cell.length > 40 ? `${cell.slice(0, 40)}…` : cell;
    if (value !== null) throw new DataError(`${named}: ${shown} does not fit a 32-bit float (at most 3.4e38)`);
    if (isMissing(cell)) {
      const found = cell.trim() === '' ? 'is empty' : `is "${shown.trim()}"`;
      throw new DataError(`${named}: ${found}; every cell must be a finite number: leave the row out or fill the cell`);
    }
    const comma = /^[+-]?\d+,\d+$/.test(cell.trim()) ? ' (decimals are written with a point)' : '';
    throw new DataError(`${named}: "${shown}" is not a number${comma}`);
  }

  #endRow(cells: number): void {
    const { columns, names } = this.#layout;
    if (cells !== columns) {
      throw new DataError(
        `${this.#where}, row ${this.#rows + 1} (line ${this.#lines}): has ${cells} columns; ` +
          `${names === null ? 'the first row' : 'the header'} has ${columns}`,
      );
    }
    this.#rows += 1;
    this.#length += columns;
  }
}
