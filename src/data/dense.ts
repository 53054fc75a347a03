/** Turns the bytes of a dense array of numbers (npy, idx) into rows, checking sizes first and every value after. */
import { sizeOf } from '../runs/arrays.ts';
import type { ByteReader } from './bytes.ts';
import { DataError } from './dataset.ts';
import type { ElementType } from './elements.ts';
import { compact, largestFloat, type ShapedMatrix } from './matrix.ts';

/** What the header of a dense array says. */
export interface DenseHeader {
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** Whether the first axis runs fastest (Fortran order). */
  readonly columnMajor: boolean;
}

/** Rows and columns of a shape once every axis but the first is flattened. */
export function rowsAndColumns(shape: readonly number[]): { rows: number; columns: number } {
  const [rows = 0, ...rest] = shape;
  return { rows, columns: sizeOf(rest) };
}

/** `[50000, 784]` */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/**
 * @param where Names file and array in messages.
 * @param limitBytes The most that may be allocated.
 * @param missing Whether NaN may stand for a value that is not there.
 * @throws DataError for an array without rows or columns, too large, cut short, too long, or with a value that is no
 * finite 32-bit float.
 */
export async function readDense(
  reader: ByteReader,
  header: DenseHeader,
  where: string,
  limitBytes: number,
  missing = false,
): Promise<ShapedMatrix> {
  const { shape, type } = header;
  const { rows, columns } = rowsAndColumns(shape);
  if (shape.length === 0) throw new DataError(`${where}: holds a single number; rows of numbers are needed`);
  if (rows === 0 || columns === 0) throw new DataError(`${where}: is empty, its shape is ${shapeText(shape)}`);
  const count = rows * columns;
  const asBytes = type.name === 'uint8' || type.name === 'bool';
  checkSize(count * (asBytes ? 1 : 4), shape, type, where, limitBytes);
  if (count * type.bytes > reader.atMost) {
    throw new DataError(
      `${where}: is truncated; ${type.name} of shape ${shapeText(shape)} has ${count * type.bytes} bytes, ` +
        `the file holds at most ${reader.atMost}`,
    );
  }
  const values = asBytes ? new Uint8Array(count) : new Float32Array(count);
  const placeOf = placement(header, rows, columns);
  let done = 0;
  for await (const block of reader.items(type.bytes, count)) {
    if (asBytes && placeOf === null && type.name === 'uint8') values.set(block, done);
    else fill(values, block, done, type, placeOf, columns, where, missing);
    done += block.length / type.bytes;
  }
  if (done < count) {
    throw new DataError(
      `${where}: is truncated; its header promises ${count} values of shape ${shapeText(shape)}, it holds ${done}`,
    );
  }
  if ((await reader.peek(1)).length > 0) {
    throw new DataError(`${where}: goes on after the ${count} values that its header promises; the file is damaged`);
  }
  return { rows, columns, shape, values: values instanceof Float32Array ? compact(values) : values };
}

function checkSize(bytes: number, shape: readonly number[], type: ElementType, where: string, limit: number): void {
  if (bytes <= limit) return;
  throw new DataError(
    `${where}: ${type.name} of shape ${shapeText(shape)} takes ${gibibytes(bytes)} in memory; at most ` +
      `${gibibytes(limit)} are read. Keep fewer rows, or save whole numbers up to 255 as uint8`,
  );
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toPrecision(3)} GiB`;
}

type Place = (index: number) => number;

/** Where the file's element `index` goes in row-major rows; null where it stays. */
function placement({ shape, columnMajor }: DenseHeader, rows: number, columns: number): Place | null {
  if (!columnMajor || shape.length < 2) return null;
  // In Fortran order the file runs through the rows, then through the other axes, the second one fastest.
  const axes = shape.slice(1);
  const columnOf = Int32Array.from({ length: columns }, (_, i) => {
    let column = 0;
    let left = i;
    let stride = columns;
    for (const size of axes) {
      stride /= size;
      column += (left % size) * stride;
      left = Math.floor(left / size);
    }
    return column;
  });
  return (index) => (index % rows) * columns + columnOf[Math.floor(index / rows)]!;
}

function fill(
  values: Uint8Array | Float32Array,
  block: Uint8Array,
  first: number,
  type: ElementType,
  placeOf: Place | null,
  columns: number,
  where: string,
  missing: boolean,
): void {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const items = block.length / type.bytes;
  for (let i = 0; i < items; i++) {
    const value = type.read(view, i * type.bytes);
    const at = placeOf === null ? first + i : placeOf(first + i);
    // Also true of NaN.
    if (!(Math.abs(value) <= largestFloat) && !(missing && Number.isNaN(value))) {
      const place = `row ${Math.floor(at / columns) + 1}, column ${(at % columns) + 1}`;
      throw new DataError(
        Number.isFinite(value)
          ? `${where}, ${place}: ${value} does not fit a 32-bit float (at most 3.4e38)`
          : `${where}, ${place}: is ${value}; every value must be a finite number`,
      );
    }
    values[at] = value;
  }
}
