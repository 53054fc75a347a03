/**
 * MATLAB's MAT-files of level 5, versions 5 to 7 (MathWorks, "MAT-File Format", 2024): matrices of numbers, compressed or
 * not, in either byte order. Own code: the one library that there is comes under the GPL and believes the sizes it reads.
 *
 * MATLAB keeps observations in columns as often as in rows, and nothing in a file tells which; so a location says it, as
 * MATLAB itself does: `faces.mat#ff` has a row for every row of `ff`, `faces.mat#ff'` for every column.
 */
import { createInflate } from 'node:zlib';
import { sizeOf } from '../runs/arrays.ts';
import { suggestion } from '../spec/nearest.ts';
import { messageOf } from '../text/messageOf.ts';
import { ByteReader, MAX_DEFLATE_RATIO } from './bytes.ts';
import { DataError } from './dataset.ts';
import { type DenseHeader, readDense } from './dense.ts';
import { elementType, type ElementType } from './elements.ts';
import type { ShapedMatrix } from './matrix.ts';

/** How a file begins. */
export const MAT_MAGIC = 'MATLAB 5.0';

const HEADER_BYTES = 128;
const PIECE_BYTES = 1 << 20;
/** More than any matrix has; and more than any name. */
const [MAX_AXES, MAX_NAME_BYTES] = [64, 4096];

const [MATRIX, COMPRESSED] = [14, 15];

/** Types of the elements of a file, by their code. */
const elementKinds: ReadonlyMap<number, readonly [kind: string, bytes: number]> = new Map([
  [1, ['i', 1]],
  [2, ['u', 1]],
  [3, ['i', 2]],
  [4, ['u', 2]],
  [5, ['i', 4]],
  [6, ['u', 4]],
  [7, ['f', 4]],
  [9, ['f', 8]],
  [12, ['i', 8]],
  [13, ['u', 8]],
]);

/** Classes of variables that are no plain numbers. */
const otherClasses: Readonly<Record<number, string>> = {
  1: 'is a cell array',
  2: 'is a structure',
  3: 'is an object',
  4: 'holds text',
  5: 'is a sparse matrix; save full(x)',
  16: 'is a function',
  17: 'is an object',
};

/** A variable whose values are still to be read. */
interface Variable {
  readonly name: string;
  /** Why it is no matrix of plain numbers; null where it is. */
  readonly problem: string | null;
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** Its values, the first axis fastest. */
  readonly values: ByteReader;
}

/**
 * One matrix.
 * @param array Its name, with `'` behind it for the transposed; null where the location names none.
 * @throws DataError naming the file, the variable, what was found and what would be right.
 */
export async function readMat(
  reader: ByteReader,
  array: string | null,
  o: { readonly file: string; readonly limitBytes: number; readonly missing: boolean },
): Promise<ShapedMatrix> {
  const { file, limitBytes, missing } = o;
  const transposed = array?.endsWith("'") ?? false;
  const wanted = transposed ? array!.slice(0, -1) : array;
  const names: string[] = [];
  for await (const variable of variables(reader, file)) {
    names.push(variable.name);
    if (variable.name !== wanted) continue;
    const where = `${file}#${array}`;
    if (variable.problem !== null) throw new DataError(`${where}: ${variable.problem}; a matrix of numbers is needed`);
    return readDense(variable.values, headerOf(variable, transposed), where, limitBytes, missing);
  }
  const listed = names.flatMap((one) => [`"${one}"`, `"${one}'"`]).join(', ');
  if (names.length === 0) throw new DataError(`${file}: holds no variables`);
  if (wanted === null) {
    throw new DataError(
      `${file}: say which variable holds the rows, and whether a row is one of its rows or one of its columns: ` +
        `${file}#${names[0]!} or ${file}#${names[0]!}'`,
    );
  }
  throw new DataError(`${file}: has no variable "${wanted}"${suggestion(wanted, names)}; there are ${listed}`);
}

/** Names and headers of all matrices of numbers, each as it is and transposed, and with how many bytes they begin. @throws DataError */
export async function matHeaders(
  reader: ByteReader,
  file: string,
  look: number,
): Promise<{ readonly name: string; readonly header: DenseHeader; readonly beginning: Uint8Array }[]> {
  const found = [];
  for await (const variable of variables(reader, file)) {
    if (variable.problem !== null) continue;
    const beginning = await variable.values.beginning(look);
    for (const [suffix, transposed] of [
      ['', false],
      ["'", true],
    ] as const) {
      found.push({ name: `${variable.name}${suffix}`, header: headerOf(variable, transposed), beginning });
    }
  }
  return found;
}

/** Values lie with the first axis fastest: transposed they are rows one after the other. */
function headerOf({ shape, type }: Variable, transposed: boolean): DenseHeader {
  return { shape: transposed ? shape.toReversed() : shape, type, columnMajor: !transposed };
}

interface Element {
  readonly type: number;
  readonly bytes: number;
  /** Of a small element, which lies in its own tag. */
  readonly inside: Uint8Array | null;
}

/** Each variable in turn; its values are gone once the next one is asked for. */
async function* variables(reader: ByteReader, file: string): AsyncGenerator<Variable, void, void> {
  const header = await reader.take(HEADER_BYTES);
  if (header.length < HEADER_BYTES) throw new DataError(`${file}: is truncated within its header`);
  const order = String.fromCharCode(header[126]!, header[127]!);
  if (order !== 'IM' && order !== 'MI') {
    throw new DataError(`${file}: is no MAT-file that can be read: its byte order is "${order}", not "IM" or "MI"`);
  }
  const le = order === 'IM';
  while ((await reader.peek(1)).length > 0) {
    const { type, bytes, inside } = await tagOf(reader, le, file);
    if (inside !== null) continue;
    if (bytes > reader.atMost) {
      throw new DataError(`${file}: is damaged; a variable is to have ${bytes} bytes, the file holds ${reader.atMost}`);
    }
    const element = new ByteReader(portion(reader, bytes), bytes);
    if (type === MATRIX) yield* variableOf(element, le, file);
    if (type === COMPRESSED) {
      const unpacked = new ByteReader(inflated(element, file), bytes * MAX_DEFLATE_RATIO);
      try {
        const inner = await tagOf(unpacked, le, file);
        if (inner.type === MATRIX) yield* variableOf(unpacked, le, file);
      } finally {
        await unpacked.close();
      }
    }
    for await (const _ of element.rest());
  }
}

async function* variableOf(reader: ByteReader, le: boolean, file: string): AsyncGenerator<Variable, void, void> {
  const read = async (most: number, what: string) => {
    const tag = await tagOf(reader, le, file);
    if (tag.bytes > most) {
      throw new DataError(`${file}: is damaged; ${what} of a variable is to have ${tag.bytes} bytes`);
    }
    return { type: tag.type, bytes: tag.inside ?? (await padded(reader, tag.bytes, file)) };
  };
  const { bytes: flags } = await read(8, 'the kind');
  if (flags.length < 8) throw new DataError(`${file}: is damaged; a variable has no kind`);
  const word = viewOf(flags).getUint32(0, le);
  const sizes = await read(4 * MAX_AXES, 'the shape');
  const view = viewOf(sizes.bytes);
  const shape = Array.from({ length: Math.floor(sizes.bytes.length / 4) }, (_, i) => view.getInt32(4 * i, le));
  const name = new TextDecoder('latin1').decode((await read(MAX_NAME_BYTES, 'the name')).bytes);
  const where = `${file}#${name}`;
  if (shape.length < 2 || shape.some((size) => size < 0)) {
    throw new DataError(`${where}: is damaged; its shape is [${shape.join(', ')}]`);
  }
  const none = elementType('u', 1, le)!;
  const other = (problem: string): Variable => ({ name, problem, shape, type: none, values: nothing() });
  const kind = otherClasses[word & 0xff];
  if (kind !== undefined) return yield other(kind);
  if ((word & 0xff) < 6 || (word & 0xff) > 15) return yield other(`is of an unknown class (${word & 0xff})`);
  if ((word & 0x800) !== 0) return yield other('holds complex numbers; save real(x) or abs(x)');
  const tag = await tagOf(reader, le, where);
  const known = elementKinds.get(tag.type);
  const type = known && elementType(known[0], known[1], le);
  if (!type) return yield other(`has values of an unknown type (${tag.type})`);
  if (tag.bytes !== sizeOf(shape) * type.bytes) {
    throw new DataError(
      `${where}: is damaged; ${type.name} of shape [${shape.join(', ')}] has ${sizeOf(shape) * type.bytes} bytes, not ${tag.bytes}`,
    );
  }
  const values = tag.inside
    ? new ByteReader(once(tag.inside), tag.bytes)
    : new ByteReader(portion(reader, tag.bytes), Math.min(tag.bytes, reader.atMost));
  yield { name, problem: null, shape, type, values };
}

/** Eight bytes: a type and a length, or, of an element of up to four bytes, those themselves. */
async function tagOf(reader: ByteReader, le: boolean, where: string): Promise<Element> {
  const bytes = await reader.take(8);
  if (bytes.length < 8) throw new DataError(`${where}: is truncated`);
  const view = viewOf(bytes);
  const first = view.getUint32(0, le);
  const small = first >>> 16;
  if (small === 0) return { type: first, bytes: view.getUint32(4, le), inside: null };
  if (small > 4) throw new DataError(`${where}: is damaged; an element of at most 4 bytes is to have ${small}`);
  return { type: first & 0xffff, bytes: small, inside: bytes.slice(4, 4 + small) };
}

/** Elements begin at multiples of eight bytes. */
async function padded(reader: ByteReader, bytes: number, where: string): Promise<Uint8Array> {
  const whole = Math.ceil(bytes / 8) * 8;
  const taken = await reader.take(whole);
  if (taken.length < bytes) throw new DataError(`${where}: is truncated`);
  return taken.slice(0, bytes);
}

/** The next so many bytes of a reader, or as many as there are. */
async function* portion(reader: ByteReader, bytes: number): AsyncGenerator<Uint8Array, void, void> {
  for (let left = bytes; left > 0;) {
    const piece = await reader.take(Math.min(left, PIECE_BYTES));
    if (piece.length === 0) return;
    left -= piece.length;
    yield piece;
  }
}

async function* inflated(reader: ByteReader, where: string): AsyncGenerator<Uint8Array, void, void> {
  const inflate = createInflate({ chunkSize: PIECE_BYTES });
  const feeding = (async () => {
    for await (const piece of reader.rest()) {
      if (inflate.destroyed) return;
      if (!inflate.write(piece)) await new Promise((resolve) => inflate.once('drain', resolve).once('close', resolve));
    }
    if (!inflate.destroyed) inflate.end();
  })();
  try {
    for await (const piece of inflate) yield piece as Uint8Array;
  } catch (error) {
    throw new DataError(`${where}: a compressed variable is truncated or damaged (${messageOf(error)})`);
  } finally {
    inflate.destroy();
    await feeding.catch(() => undefined);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}

const nothing = () => new ByteReader(once(new Uint8Array(0)), 0);

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
